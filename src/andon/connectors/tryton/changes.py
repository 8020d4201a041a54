"""What changed in Tryton, by polling: overlapping windows, and a full look now and then."""

__all__ = ["Changes", "Place", "Version", "Watched", "overlapping"]

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from andon.connectors._memory import Yielded
from andon.connectors.tryton.speech import Speech, TrytonTime, rows_in, typed
from andon.core.connector import Item, Position

_PAGE = 200
_LARGEST_PAGE = 2000
_TICK = timedelta(microseconds=1)
"""No two of Tryton's times are closer."""
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)

Completed = Callable[[Speech, Sequence[bytes]], Awaitable[Sequence[bytes]]]


class Version(msgspec.Struct, frozen=True):
    """What tells one state of a record from the next: Tryton's own optimistic lock."""

    id: int
    timestamp: str = msgspec.field(name="_timestamp")
    last_modified_at: TrytonTime


class Watched(msgspec.Struct, frozen=True):
    """One model that is polled: its fields, and which rows matter at all."""

    model: str
    fields: Sequence[str]
    relevant: Sequence[Any]
    open: Sequence[Any]
    """Rows still under way, which the full look reads again."""
    completed: Completed | None = None
    """Adds what a row only points at."""


def overlapping(after: Position, overlap: timedelta) -> datetime:
    """Where to read from: a transaction that began earlier may have committed later."""
    if not after:
        return _FIRST
    return datetime.fromisoformat(after) - overlap


Rows = Sequence[tuple[Version, bytes]]


class Place(msgspec.Struct, frozen=True):
    """Where a page begins: at a moment, or inside it behind an id, where one page does not hold
    all that changed at that moment."""

    since: datetime
    behind: int | None = None

    @property
    def domain(self) -> list[Any]:
        """What it asks for."""
        clauses: list[Any] = [["last_modified_at", ">=", typed(self.since)]]
        return clauses if self.behind is None else [*clauses, ["id", ">", self.behind]]

    def sure(self, page: Rows) -> Rows:
        """The rows of a page between which none is left out: behind an id those of the moment."""
        if self.behind is None:
            return page
        return [row for row in page if row[0].last_modified_at.instant() <= self.since]

    def beyond(self, page: Rows, limit: int) -> "Place | None":
        """Where the page behind this one begins; None after the last one."""
        rows = self.sure(page)
        if len(rows) < limit:
            return None if self.behind is None else Place(self.since + _TICK)
        last, _ = rows[-1]
        at = last.last_modified_at.instant()
        return Place(at) if at > self.since else Place(self.since, last.id)


class Changes:
    """One source's reading: a new one begins with an empty memory, for what was yielded before
    and not recorded must come again."""

    def __init__(
        self,
        speech: Speech,
        watched: Sequence[Watched],
        overlap: timedelta,
        *,
        complete: bool = False,
    ) -> None:
        self._speech = speech
        self._watched = watched
        self._overlap = overlap
        self._yielded = Yielded(complete=complete)

    @property
    def complete(self) -> bool:
        """Whether what a full look brings was missed by the looks before it."""
        return self._yielded.complete

    async def since(self, after: Position) -> AsyncIterator[Item]:
        """One pass over everything that changed. Only its last item carries the new position.

        A pass that breaks off is made again from where it began, so nothing between is skipped.
        """
        start = newest = overlapping(after, self._overlap)
        held: Item | None = None
        for watched in self._watched:
            rows = self._rows(watched, watched.relevant, start, self._yielded.news)
            async for version, item in rows:
                if held is not None:
                    yield held
                held = item
                newest = max(newest, version.last_modified_at.instant())
        if held is not None:
            position = max(newest.isoformat(), after)
            yield msgspec.structs.replace(held, position=position)
        await self._yielded.end_look()

    async def sweep(self) -> AsyncIterator[Item]:
        """A full look at what is under way, whenever it changed."""
        self._yielded.begin()
        for watched in self._watched:
            async for _, item in self._rows(watched, watched.open, _FIRST, self._yielded.missed):
                yield item
        await self._yielded.end()

    async def _rows(
        self,
        watched: Watched,
        domain: Sequence[Any],
        start: datetime,
        is_new: Callable[[str], bool],
    ) -> AsyncIterator[tuple[Version, Item]]:
        place: Place | None = Place(start)
        limit = _PAGE
        while place is not None:
            page = await self._page(watched, domain, place, limit)
            rows, place = place.sure(page), place.beyond(page, limit)
            await self._yielded.look_up([_key(watched, version) for version, _ in rows])
            fresh = [row for row in rows if is_new(_key(watched, row[0]))]
            async for one in self._completed(watched, fresh):
                yield one
            # What is known, and what one moment changed, may be a lot.
            longer = place is not None and (place.behind is not None or not fresh)
            limit = min(2 * limit, _LARGEST_PAGE) if longer else _PAGE

    async def _completed(self, watched: Watched, rows: Rows) -> AsyncIterator[tuple[Version, Item]]:
        """So many at a time that their ids have room in an address."""
        for first in range(0, len(rows), _PAGE):
            some = rows[first : first + _PAGE]
            bodies: Sequence[bytes] = [raw for _, raw in some]
            if watched.completed is not None:
                bodies = await watched.completed(self._speech, bodies)
            for (version, _), raw in zip(some, bodies, strict=True):
                yield version, _item(watched, version, raw)

    async def _page(
        self, watched: Watched, domain: Sequence[Any], place: Place, limit: int
    ) -> Rows:
        rows = await self._speech.search(
            watched.model,
            [*place.domain, *domain],
            list[msgspec.Raw],
            [*watched.fields, "_timestamp"],
            order=[["last_modified_at", "ASC"], ["id", "ASC"]],
            limit=limit,
        )
        return [(rows_in(raw, Version, watched.model), raw) for raw in map(bytes, rows)]


def _key(watched: Watched, version: Version) -> str:
    return f"{watched.model}/{version.id}/{version.timestamp}"


def _item(watched: Watched, version: Version, raw: bytes) -> Item:
    return Item(
        kind=watched.model,
        key=_key(watched, version),
        raw=raw,
        mirror=f"{watched.model}/{version.id}",
        occurred_at=version.last_modified_at.instant(),
    )
