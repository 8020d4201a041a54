"""Threads of one connection: a share that hangs stops no other connection."""

__all__ = ["Threads"]

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_MOST = 8


class Threads:
    """A few, begun when needed. One that hangs in a call is left to itself."""

    def __init__(self, name: str) -> None:
        self._name = f"files-{name}"
        self._pool = ThreadPoolExecutor(_MOST, thread_name_prefix=self._name)

    async def do(self, act: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Calls it in a thread. A cancel does not wait for it, and drops it if it has not begun."""
        call = partial(act, *args, **named)
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    async def steps(self, work: Iterator[T], most: int) -> AsyncIterator[list[T]]:
        """An iterator that blocks, so many at a time: nobody waits long for a cancel. It lives in
        one thread from its first step to its close: lxml spoils the memory of the whole process
        when a parser that one thread began is fed or ended by another."""
        only = ThreadPoolExecutor(1, thread_name_prefix=f"{self._name}-steps")
        loop = asyncio.get_running_loop()
        try:
            while batch := await loop.run_in_executor(only, lambda: list(islice(work, most))):
                yield batch
        finally:
            only.submit(_closed, work)  # after the step that may be under way
            only.shutdown(wait=False)

    def close(self) -> None:
        """Idle threads end, what has not begun never does."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _closed(work: Iterator[object]) -> None:
    close = getattr(work, "close", None)
    if close is not None:
        close()
