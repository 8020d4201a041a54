"""Reading one feed by OData 4's delta links."""

__all__ = ["DeltaReader"]

from collections.abc import AsyncIterator
from typing import Any, cast

from andon.connectors.odata.asking import Asking
from andon.connectors.odata.feeds import Seen, short
from andon.connectors.odata.refusals import StatusError
from andon.connectors.odata.rows import FeedShape, gone, row_item

_GONE = 410


class DeltaReader:
    """Goes from link to link. Where rows that are gone matter, it remembers which rows there are,
    so that a link that is not known any more costs a full reading and no news."""

    found_by_sweep = 0
    """A link misses nothing, so there is no full look."""

    def __init__(self, asking: Asking) -> None:
        self.shape: FeedShape = asking.shape
        self.stands_at = ""
        """The newest link, also where it brought nothing."""
        self._asking = asking
        self._known: dict[str, bytes] = {}

    async def changes(self, mark: str) -> AsyncIterator[Seen]:
        """From the link last given; from the beginning where there is none, or it has expired."""
        try:
            async for seen in self._linked(self.stands_at or mark):
                yield seen
            return
        except StatusError as error:
            if error.status != _GONE:
                raise self._asking.refused(error) from error
        self.stands_at = ""
        async for seen in self._linked(""):
            yield seen

    async def sweep(self, mark: str) -> AsyncIterator[Seen]:
        """Nothing: links tell everything."""
        for seen in ():
            yield Seen(seen, mark)

    async def _linked(self, link: str) -> AsyncIterator[Seen]:
        url = link or self._asking.tracked()
        prefer = f"odata.maxpagesize={self._asking.size}"
        if not link:
            prefer = f"odata.track-changes,{prefer}"
        there: set[str] = set()
        while True:
            page = await self._asking.asked(url, {"prefer": prefer})
            behind = self._asking.below(page.next or page.delta or url)
            for number, raw in enumerate(page.rows, start=1):
                # The mark moves with a page's last row: a page is recorded whole or read again.
                mark = behind if number == len(page.rows) else (link and url)
                if (seen := self._seen(raw, url, there, mark)) is not None:
                    yield seen
            if page.next is None:
                break
            url = link = behind
        if page.delta is None:
            raise self._asking.untracked()
        self.stands_at = behind
        for seen in self._missing(there) if prefer.startswith("odata.track") else ():
            yield seen

    def _seen(self, raw: Any, url: str, there: set[str], mark: str) -> Seen | None:
        removed = _removed(raw)
        matters = bool(self.shape.feed.removed)
        if removed is not None:
            name = _name_in(removed)
            self._known.pop(name, None)
            return Seen(gone(self.shape, name, short(url).hex()), mark) if matters else None
        row = row_item(self.shape, raw)
        state = short(row.item.key)
        if matters:
            there.add(row.name)
            if self._known.get(row.name) == state:
                return None
            self._known[row.name] = state
        return Seen(row.item, mark)

    def _missing(self, there: set[str]) -> list[Seen]:
        """What was known before a full reading and was not found in it."""
        names = sorted(self._known.keys() - there)
        return [
            Seen(gone(self.shape, name, self._known.pop(name).hex()), self.stands_at)
            for name in names
        ]


def _name_in(address: str) -> str:
    """The row's keys inside `https://host/Set('1')`."""
    inner = address.rpartition("(")[2].rstrip(")")
    return ",".join(part.rpartition("=")[2].strip("'") for part in inner.split(","))


def _removed(raw: Any) -> str | None:
    """The address of a row that is gone, in the words of OData 4.0 or 4.01."""
    match raw:
        case {"@removed": _, **rest}:
            fields = cast("dict[str, Any]", rest)
            return str(fields.get("@id") or fields.get("@odata.id") or fields.get("id") or "")
        case {"reason": str(), "id": str(address)}:
            return address
        case _:
            return None
