"""What changed in Tryton, by polling: overlapping windows, and a full look now and then."""

__all__ = ["Changes", "Version", "Watched", "overlapping"]

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from andon.connectors.tryton.speech import Speech, TrytonTime, typed
from andon.core.connector import Item, Position

_PAGE = 200
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


class Changes:
    """One source's reading. Remembers what it yielded inside the overlap, and no more."""

    def __init__(
        self,
        speech: Speech,
        watched: Sequence[Watched],
        overlap: timedelta,
        *,
        crowd: int = 20_000,
    ) -> None:
        self._speech = speech
        self._watched = watched
        self._overlap = overlap
        self._yielded: dict[str, datetime] = {}
        self._newest = _FIRST
        self._crowd = self._room = crowd
        """With so many it is worth its while to forget some in the midst of a pass."""

    async def since(self, after: Position) -> AsyncIterator[Item]:
        """One pass over everything that changed. Only its last item carries the new position.

        A pass that breaks off is made again from where it began, so nothing between is skipped.
        """
        start = overlapping(after, self._overlap)
        held: Item | None = None
        self._newest = start
        for watched in self._watched:
            async for version, item in self._rows(watched, watched.relevant, start):
                if held is not None:
                    yield held
                held = item
                self._newest = max(self._newest, version.last_modified_at.instant())
        if held is not None:
            position = max(self._newest.isoformat(), after)
            yield msgspec.structs.replace(held, position=position)
        self._forget(self._newest - self._overlap)

    async def sweep(self) -> AsyncIterator[Item]:
        """A full look at what is under way, whenever it changed."""
        for watched in self._watched:
            async for _, item in self._rows(watched, watched.open, _FIRST):
                yield item

    async def _rows(
        self, watched: Watched, domain: Sequence[Any], start: datetime
    ) -> AsyncIterator[tuple[Version, Item]]:
        limit = _PAGE
        while True:
            page = await self._page(watched, domain, start, limit)
            fresh = [(v, raw) for v, raw in page if _key(watched, v) not in self._yielded]
            rows = [raw for _, raw in fresh]
            if rows and watched.completed is not None:
                rows = await watched.completed(self._speech, rows)
            for (version, _), raw in zip(fresh, rows, strict=True):
                self._yielded[_key(watched, version)] = version.last_modified_at.instant()
                yield version, _item(watched, version, raw)
            if len(page) < limit:
                return
            # More rows than a page share one instant, or all of a page were known: look further.
            last = page[-1][0].last_modified_at.instant()
            limit = _PAGE if fresh and last > start else limit * 2
            start = last
            if len(self._yielded) >= self._room:
                # Neither this pass nor the next one reads anything before that again.
                self._forget(min(start, self._newest - self._overlap))

    async def _page(
        self, watched: Watched, domain: Sequence[Any], start: datetime, limit: int
    ) -> list[tuple[Version, bytes]]:
        rows = await self._speech.search(
            watched.model,
            [["last_modified_at", ">=", typed(start)], *domain],
            list[msgspec.Raw],
            [*watched.fields, "_timestamp"],
            order=[["last_modified_at", "ASC"], ["id", "ASC"]],
            limit=limit,
        )
        return [(msgspec.json.decode(raw, type=Version), bytes(raw)) for raw in rows]

    def _forget(self, before: datetime) -> None:
        self._yielded = {key: at for key, at in self._yielded.items() if at >= before}
        self._room = len(self._yielded) + self._crowd


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
