"""What an iterator gives, as many at a time as came while the last ones were worked on."""

__all__ = ["Coming"]

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from typing import cast

from andon.core.connector import Item

_MOST = 200
_MOST_BYTES = 1 << 20


class Coming:
    """Nothing is lost of what it has read ahead: 200 items or a megabyte, and the one more with
    which it became that."""

    def __init__(self, items: AsyncIterator[Item]) -> None:
        self._items = items
        self._read: list[Item] = []
        self._bytes = 0
        self._some = asyncio.Event()
        self._room = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    async def within(self, seconds: float) -> Sequence[Item]:
        """All that came, waited for as long; nothing after that. What the iterator raises is
        raised behind what it gave before."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_on())
            self._reading.add_done_callback(lambda _: self._some.set())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._some.wait()
        came, self._read, self._bytes = self._read, [], 0
        if not came and self._reading.done():
            self._reading.result()
        if not self._reading.done():
            self._some.clear()
        self._room.set()
        return came

    async def _read_on(self) -> None:
        async for item in self._items:
            self._read.append(item)
            self._bytes += len(item.raw)
            self._some.set()
            if len(self._read) >= _MOST or self._bytes >= _MOST_BYTES:
                self._room.clear()
                await self._room.wait()

    async def aclose(self) -> None:
        """Reads no further, and closes the iterator."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
            if not self._reading.cancelled():
                self._reading.exception()  # whoever stops reading does not want to know
        await cast("AsyncGenerator[Item, None]", self._items).aclose()
