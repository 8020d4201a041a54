"""Group commit: whatever arrives while a commit is under way is the next commit."""

__all__ = ["Ingest", "TooBusyError"]

import asyncio
from collections import deque
from collections.abc import Sequence

import asyncpg
import msgspec

from andon.core.connector import Item
from andon.core.errors import TransientError
from andon.engine.clock import Clock
from andon.engine.keys import fitting
from andon.engine.mirrors import mirrors_of, previous, remember, turn
from andon.engine.plan import Plan, Wired
from andon.engine.read import Reading, read_items
from andon.store.connect import connect
from andon.store.ingest import Draft, append_events, raise_exceptions


class TooBusyError(TransientError):
    """More is waiting to be committed than this process may hold; come again in a second."""


class _Waiting(msgspec.Struct):
    """What waits to be committed. Items that are compared with what was said before are read only
    when it is their turn, in the same transaction."""

    done: asyncio.Future[list[Draft]]
    reading: Reading | None = None
    wired: Wired | None = None
    items: Sequence[Item] = ()


class Ingest:
    """Records what systems say. When `accept` returns, the items survive a kill at any point."""

    def __init__(self, plan: Plan, dsn: str, clock: Clock, *, most: int = 10_000) -> None:
        self._plan = plan
        self._dsn = dsn
        self._clock = clock
        self._most = most
        self._waiting: deque[_Waiting] = deque()
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
        items = fitting(items)
        if mirrors_of(items):
            return await self._take(_Waiting(_outcome(), wired=wired, items=items))
        reading = read_items(wired, items, self._plan, now=self._clock.now())
        return await self.record(reading)

    async def record(self, reading: Reading) -> list[Draft]:
        """Commits a reading together with others that wait."""
        return await self._take(_Waiting(_outcome(), reading))

    async def _take(self, waiting: _Waiting) -> list[Draft]:
        if self._room >= self._most:
            raise TooBusyError(
                "Too much waits to be committed. Nothing was taken; try again in a second."
            )
        self._waiting.append(waiting)
        self._room += 1
        self._arrived.set()
        return await waiting.done

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

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        db = await self._session()
        now = self._clock.now()
        readings = [one.reading for one in batch if one.reading is not None]
        drafts = [draft for reading in readings for draft in reading.drafts]
        read = len(readings) == len(batch) and not any(reading.raised for reading in readings)
        if read and all(draft.alone for draft in drafts):
            news = await append_events(db, drafts, now=now)
        else:
            async with db.transaction():
                readings = [one.reading or await self._compared(db, one) for one in batch]
                drafts = [draft for reading in readings for draft in reading.drafts]
                news = await append_events(db, drafts, now=now) if drafts else []
                raised = [one for reading in readings for one in reading.raised]
                await raise_exceptions(db, raised, now)
        fresh = {id(draft) for draft in news}
        for reading, one in zip(readings, batch, strict=True):
            if not one.done.done():
                one.done.set_result([draft for draft in reading.drafts if id(draft) in fresh])

    async def _compared(self, db: asyncpg.Connection, one: _Waiting) -> Reading:
        """Read with what was said before, which it becomes for the next."""
        assert one.wired is not None
        name, now = one.wired.name, self._clock.now()
        await turn(db, name)
        before = await previous(db, name, mirrors_of(one.items))
        reading = read_items(one.wired, one.items, self._plan, now=now, previous=before)
        await remember(db, name, one.items, now)
        return reading

    async def _one_by_one(
        self,
        batch: Sequence[_Waiting],
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
            if not entry.done.done():
                entry.done.set_exception(
                    TooBusyError(
                        f"It is not known to be committed ({type(error).__name__}). Send it again"
                        " under the same id; what was taken is known by it."
                    )
                )

    async def _session(self) -> asyncpg.Connection:
        if self._db is None or self._db.is_closed():
            self._db = await connect(self._dsn, "andon-ingest")
        return self._db


def _outcome() -> asyncio.Future[list[Draft]]:
    return asyncio.get_running_loop().create_future()
