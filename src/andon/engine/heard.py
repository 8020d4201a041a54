"""When a system that calls us was last at a door: the only sign of life it gives."""

__all__ = ["Heard"]

import asyncio
import time
from contextlib import suppress

import asyncpg

from andon.engine.clock import Clock

_AT_MOST_EVERY = 1.0


class Heard:
    """Writes it down once a second at most, and never in the way of an answer."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", clock: Clock) -> None:
        self._pool = pool
        self._clock = clock
        self._written: dict[str, float] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def from_(self, name: str) -> None:
        """A request of this connection was let in."""
        now = time.monotonic()
        if now - self._written.get(name, -_AT_MOST_EVERY) < _AT_MOST_EVERY:
            return
        self._written[name] = now
        task = asyncio.create_task(self._write(name))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write(self, name: str) -> None:
        # Lost is at most a second's age; whether the database is there is said elsewhere.
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await self._pool.execute(
                "update connection_state set last_ok_at = $2 where name = $1",
                name,
                self._clock.now(),
            )
