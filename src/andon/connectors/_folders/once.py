"""Work that many wait for and that is done once."""

__all__ = ["Once"]

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any


class Once:
    """Whoever comes while it is under way waits for the same work. It goes on though the time of
    one of them ends: a folder that takes longer to list than a send may take is listed all the
    same. What failed is begun again by the next."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def __call__(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Returns when it is done, or raises what it raises."""
        task = self._under_way.get(name)
        if task is None:
            task = self._under_way[name] = asyncio.create_task(work())
            task.add_done_callback(lambda done: self._ended(name, done))
        await asyncio.shield(task)

    def _ended(self, name: str, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(name, None)
        if not task.cancelled():
            task.exception()  # there may be nobody left who waits for it

    async def close(self) -> None:
        """What is under way is given up."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
