"""One look for many askers: a page counts all orders, and every open page wants that count."""

__all__ = ["Recent"]

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_KEPT = 200


class Recent(Generic[T]):
    """An answer younger than `within` seconds is given again; who asks meanwhile shares it."""

    def __init__(self, within: float) -> None:
        self._within = within
        self._kept: dict[Hashable, tuple[float, asyncio.Task[T]]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer for this key. A failed one is not kept."""
        kept = self._kept.get(key)
        if kept is None or kept[0] < time.monotonic() - self._within or _failed(kept[1]):
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = (time.monotonic(), asyncio.ensure_future(_asked(ask)))
            self._kept[key] = kept
        # A caller who leaves does not take the answer away from the others.
        return await asyncio.shield(kept[1])


async def _asked(ask: Callable[[], Awaitable[T]]) -> T:
    return await ask()


def _failed(task: "asyncio.Task[T]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
