"""The next item of an iterator, waited for as long as there is nothing else to do."""

__all__ = ["Coming"]

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import cast

from andon.core.connector import Item


class Coming:
    """The next item of an iterator, or None when it does not come in time. Nothing is lost."""

    def __init__(self, items: AsyncIterator[Item]) -> None:
        self._items = items
        self._next: asyncio.Future[Item] | None = None

    async def within(self, seconds: float) -> Item | None:
        """None after so many seconds."""
        if self._next is None:
            self._next = asyncio.ensure_future(anext(self._items))
        done, _ = await asyncio.wait({self._next}, timeout=seconds)
        if not done:
            return None
        coming, self._next = self._next, None
        return coming.result()

    async def aclose(self) -> None:
        """Stops waiting, and closes the iterator."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait({self._next})
            if not self._next.cancelled():
                self._next.exception()  # whoever stops reading does not want to know
        await cast("AsyncGenerator[Item, None]", self._items).aclose()
