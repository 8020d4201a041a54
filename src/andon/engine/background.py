"""Work beside a worker's loops, and whatever ends the worker."""

__all__ = ["Background"]

import asyncio
from collections.abc import Coroutine
from typing import Any


class Background:
    """A source that stops by a defect must not stop in silence: the worker ends and says why."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[None]] = set()
        self._broken: asyncio.Queue[BaseException] = asyncio.Queue()

    def soon(self, work: Coroutine[Any, Any, None]) -> None:
        """Does it from now on; if it fails, the worker ends."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def broken(self, error: BaseException) -> None:
        """The worker cannot go on."""
        self._broken.put_nowait(error)

    async def until_broken(self) -> None:
        """Raises what first made going on impossible."""
        raise await self._broken.get()

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broken(error)
