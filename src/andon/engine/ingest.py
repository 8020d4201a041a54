"""Group commit: whatever arrives while a commit is under way is the next commit."""

__all__ = ["Ingest", "TooBusyError"]

import asyncio
from collections import deque
from collections.abc import Sequence

import asyncpg

from andon.core.connector import Item
from andon.core.errors import TransientError
from andon.engine.clock import Clock
from andon.engine.plan import Plan, Wired
from andon.engine.read import Reading, read_items
from andon.store.connect import connect
from andon.store.ingest import Draft, append_events, raise_exceptions


class TooBusyError(TransientError):
    """More is waiting to be committed than this process may hold; come again in a second."""


class Ingest:
    """Records what systems say. When `accept` returns, the items survive a kill at any point."""

    def __init__(self, plan: Plan, dsn: str, clock: Clock, *, most: int = 10_000) -> None:
        self._plan = plan
        self._dsn = dsn
        self._clock = clock
        self._most = most
        self._waiting: deque[tuple[Reading, asyncio.Future[list[Draft]]]] = deque()
        self._room = 0
        self._arrived = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._db: asyncpg.Connection | None = None

    async def open(self) -> None:
        """Connects and starts committing."""
        self._db = await connect(self._dsn, "andon-ingest")
        self._task = asyncio.create_task(self._commit(), name="ingest")

    async def close(self) -> None:
        """Commits what was accepted, then lets go."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._db:
            await self._db.close(timeout=1)

    async def accept(self, wired: Wired, items: Sequence[Item]) -> list[Draft]:
        """Maps and commits items; returns the drafts that were news. Raises TooBusyError."""
        reading = read_items(wired, items, self._plan, now=self._clock.now())
        return await self.record(reading)

    async def record(self, reading: Reading) -> list[Draft]:
        """Commits a reading together with others that wait."""
        if self._room >= self._most:
            raise TooBusyError(
                "Too much waits to be committed. Nothing was taken; try again in a second."
            )
        done: asyncio.Future[list[Draft]] = asyncio.get_running_loop().create_future()
        self._waiting.append((reading, done))
        self._room += 1
        self._arrived.set()
        return await done

    async def _commit(self) -> None:
        while True:
            await self._arrived.wait()
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), 500))]
            if not self._waiting:
                self._arrived.clear()
            if not batch:
                continue
            self._room -= len(batch)
            try:
                await self._write(batch)
            except Exception as error:  # whatever it is, the next batch must be written
                await self._one_by_one(batch, error)

    async def _write(self, batch: Sequence[tuple[Reading, asyncio.Future[list[Draft]]]]) -> None:
        drafts = [draft for reading, _ in batch for draft in reading.drafts]
        raised = [one for reading, _ in batch for one in reading.raised]
        db = await self._session()
        now = self._clock.now()
        plain = not raised and not any(d.links or d.aliases for d in drafts)
        if plain:
            news = await append_events(db, drafts, site=self._plan.site, now=now)
        else:
            async with db.transaction():
                news = (
                    await append_events(db, drafts, site=self._plan.site, now=now) if drafts else []
                )
                await raise_exceptions(db, raised, now)
        fresh = {id(draft) for draft in news}
        for reading, done in batch:
            if not done.done():
                done.set_result([draft for draft in reading.drafts if id(draft) in fresh])

    async def _one_by_one(
        self,
        batch: Sequence[tuple[Reading, asyncio.Future[list[Draft]]]],
        error: Exception,
    ) -> None:
        """One bad row must fail alone; a lost database fails all, and their senders come again."""
        for entry in batch:
            if len(batch) > 1 and not isinstance(error, OSError | asyncpg.InterfaceError):
                try:
                    await self._write([entry])
                    continue
                except Exception as own:
                    error = own
            if not entry[1].done():
                entry[1].set_exception(
                    TooBusyError(
                        f"It is not known to be committed ({type(error).__name__}). Send it again"
                        " under the same id; what was taken is known by it."
                    )
                )

    async def _session(self) -> asyncpg.Connection:
        if self._db is None or self._db.is_closed():
            self._db = await connect(self._dsn, "andon-ingest")
        return self._db
