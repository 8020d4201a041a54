"""All reads of one connection in turn, and the one position that says where each stands."""

__all__ = ["Reading"]

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

import msgspec

from andon.connectors.sql.looks import Look
from andon.connectors.sql.outbox import Box
from andon.core.connector import Item, Position
from andon.core.errors import SettingsError
from andon.core.faults import UNREADABLE


class _Place(msgspec.Struct, frozen=True, gc=False):
    n: int
    """Counts what was said, so that no two items have one position."""
    reads: dict[str, Any] = {}


_encode = msgspec.json.Encoder().encode


class Reading:
    """Goes round the reads. What is remembered holds while every item said was also committed."""

    def __init__(self, looks: Sequence[Look | Box], *, poll: float, sweep: float) -> None:
        self._looks = looks
        self._poll = poll
        self._sweep = sweep
        self._n = 0
        self._said: Position | None = None
        """Position of the last item; none while it had none, for nobody knows its fate then."""
        self._places: dict[str, Any] = {}
        self._latest: Item | None = None
        self._sweep_at = 0.0

    async def items(self, after: Position) -> AsyncIterator[Item]:
        """News of all reads, then on as it comes."""
        clock = asyncio.get_running_loop().time
        if after != self._said:
            self._begin_at(after)
            self._sweep_at = clock() + self._sweep
        await self.committed(after)
        while True:
            async for page in self._round(sweeps=clock() >= self._sweep_at):
                for item in page:
                    # Without a position it has none to be committed at: nobody knows its fate.
                    self._said, self._latest = item.position, item
                    yield item
            if clock() >= self._sweep_at:
                self._sweep_at = clock() + self._sweep
            await asyncio.sleep(self._poll)

    async def committed(self, position: Position) -> None:
        """Takes off the outbox rows that are in the log now."""
        place = _place(position)
        for look in self._looks:
            if isinstance(look, Box):
                await look.take_off(place.reads.get(look.name))

    def _begin_at(self, after: Position) -> None:
        place = _place(after)
        self._n, self._said, self._latest = place.n, after, None
        for look in self._looks:
            look.begin_at(place.reads.get(look.name))
        self._places = self._stand()

    async def _round(self, *, sweeps: bool) -> AsyncIterator[Iterable[Item]]:
        for look in self._looks:
            async for page in look.news(self._says(look)):
                self._places = self._stand()
                yield page
        if sweeps:
            for look in self._looks:
                if isinstance(look, Look) and look.sweeps:
                    async for page in look.sweep(self._says(look)):
                        self._places = self._stand()
                        yield page
        if self._latest is not None and (stand := self._stand()) != self._places:
            # A place that became safe by waiting travels with a repeat; the log keeps it once.
            self._places = stand
            says = self._says(self._looks[-1])
            yield [msgspec.structs.replace(self._latest, position=says())]

    def _says(self, look: Look | Box) -> Callable[[], Position]:
        """The position of its next item; of all reads only this one went on."""

        def position() -> Position:
            if (kept := look.kept) is not None:
                self._places[look.name] = kept
            self._n += 1
            return _encode(_Place(self._n, self._places)).decode()

        return position

    def _stand(self) -> dict[str, Any]:
        return {look.name: kept for look in self._looks if (kept := look.kept) is not None}


def _place(position: Position) -> _Place:
    try:
        return msgspec.json.decode(position, type=_Place) if position else _Place(0)
    except UNREADABLE as error:
        raise SettingsError(
            f"The position {position[:80]!r} is none of this connector's. Was the connection's"
            " name used for another kind of system? Give this one another name."
        ) from error
