"""Threads of one connection: a share that hangs stops no other connection."""

__all__ = ["Threads"]

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 8


class Threads:
    """A few, begun when needed. One that hangs in a call is left to itself."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(_MOST, thread_name_prefix=f"files-{name}")

    async def do(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Calls it in a thread. A cancel does not wait for it, and drops it if it has not begun."""
        call = partial(act, *args, **named)
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def steps(self, work: Iterator[T], most: int) -> AsyncIterator[list[T]]:
        """An iterator that blocks, so many at a time: nobody waits long for a cancel."""
        try:
            while batch := await self.do(lambda: list(islice(work, most))):
                yield batch
        finally:
            with suppress(ValueError):  # a step is under way in its thread; it ends by itself
                close = getattr(work, "close", None)
                if close is not None:
                    close()

    def close(self) -> None:
        """Idle threads end, what has not begun never does."""
        self._pool.shutdown(wait=False, cancel_futures=True)
