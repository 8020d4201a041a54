"""Reading one feed by OData 4's delta links."""

__all__ = ["DeltaReader"]

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

from andon.connectors._memory import Memory
from andon.connectors.odata.asking import Asking
from andon.connectors.odata.feeds import Seen, short
from andon.connectors.odata.refusals import StatusError
from andon.connectors.odata.rows import FeedShape, Row, gone, row_item
from andon.core.connector import Item

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
        self._there = Memory(looks=1)

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
            self._there.begin()
        while True:
            page = await self._asking.asked(url, {"prefer": prefer})
            behind = self._asking.below(page.next or page.delta or url)
            told = [_removed(raw) or row_item(self.shape, raw) for raw in page.rows]
            await self._there.look_up([row.name for row in told if isinstance(row, Row)])
            for number, one in enumerate(told, start=1):
                # The mark moves with a page's last row: a page is recorded whole or read again.
                mark = behind if number == len(told) else (link and url)
                if isinstance(one, str):
                    item = await self._dropped(one, url)
                else:
                    item = self._noted(one)
                if item is not None:
                    yield Seen(item, mark)
            if page.next is None:
                break
            url = link = behind
        if page.delta is None:
            raise self._asking.untracked()
        self.stands_at = behind
        if prefer.startswith("odata.track"):
            async for some in self._there.gone():
                for lost in some:
                    yield Seen(gone(self.shape, lost.ident, lost.digest), self.stands_at)
            await asyncio.to_thread(self._there.end)

    async def _dropped(self, address: str, url: str) -> Item | None:
        if not self.shape.feed.removed:
            return None
        name = _name_in(address)
        await asyncio.to_thread(self._there.drop, name)
        return gone(self.shape, name, short(url))

    def _noted(self, row: Row) -> Item | None:
        matters = bool(self.shape.feed.removed)
        return None if matters and not self._there.note(row.name, short(row.item.key)) else row.item


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
