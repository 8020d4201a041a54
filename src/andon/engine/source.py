"""Reading systems: one worker per source, resumed where the last commit stood."""

__all__ = ["ReadSource"]

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Any

import asyncpg

from andon.core.connector import Item, Source
from andon.core.errors import AttentionError, SettingsError, ThrottledError, TransientError
from andon.engine.clock import Clock
from andon.engine.health import Health
from andon.engine.keys import fitting
from andon.engine.mirrors import mirrors_of, previous, remember
from andon.engine.plan import Plan, Wired
from andon.engine.read import read_items
from andon.store.ingest import append_events, raise_exceptions

_log = logging.getLogger(__name__)
_MOST = 500
_GATHER = 0.02
_SLOWLY = 5.0
"""Seconds until a system that asks us to slow down, and not for how long, is asked again."""


class ReadSource:
    """Follows one source. Items, their mirrors and the position are one commit."""

    def __init__(
        self, plan: Plan, wired: Wired, db: asyncpg.Connection, clock: Clock, health: Health
    ) -> None:
        assert isinstance(wired.connector, Source)
        self._plan = plan
        self._wired = wired
        self._source: Source[Any] = wired.connector
        self._db = db
        self._clock = clock
        self._health = health
        self._go = asyncio.Event()
        self._go.set()

    def pause(self) -> None:
        """Reads nothing until resumed."""
        self._go.clear()

    def resume(self) -> None:
        """Goes on where the last commit stood."""
        self._go.set()

    async def run(self) -> None:
        """Reads until cancelled;
        an unreachable system is tried again, a refused login waits for a person."""
        while True:
            await self._go.wait()
            try:
                await self._follow()
            except ThrottledError as error:
                # It is there; it only says when to ask again.
                await asyncio.sleep(_SLOWLY if error.after is None else error.after)
            except TransientError as error:
                await asyncio.sleep(self._health.lost(str(error)).total_seconds())
            except AttentionError as error:
                self._health.needs_operator(str(error))
                self._go.clear()
            except (asyncpg.PostgresError, asyncpg.InterfaceError):
                raise
            except Exception as error:
                # A reader that fails for any other reason is tried again;
                # its case stays open till then.
                _log.error("reading %s failed", self._wired.name, exc_info=error)
                pause = self._health.lost(f"reading failed, {type(error).__name__}: {error}")
                await asyncio.sleep(pause.total_seconds())

    async def _follow(self) -> None:
        items = self._source.read(await self._after())
        batches = _batches(items)
        try:
            async for batch in batches:
                await self._record(batch)
                if (position := batch[-1].position) is not None:
                    await self._source.committed(position)
                self._health.seen()
                if not self._go.is_set():
                    return
        finally:
            await batches.aclose()  # first, since it is the one that asks for items
            await _close(items)

    async def _after(self) -> str:
        """Where the last commit stood; refused when it was a commit to another log."""
        row = await self._db.fetchrow(
            "select at, generation = log_generation() as ours from source_position"
            " where connection = $1",
            self._wired.name,
        )
        if row is None:
            return ""
        if not row["ours"]:
            raise SettingsError(
                f"{self._wired.name} cannot be read on: its position is of another generation of"
                " the log, so what was read after it may be missing. Nothing was read. Look at"
                " docs/running.md, Restoring; then run `andon log renew` and resume it."
            )
        return str(row["at"])

    async def _record(self, items: Sequence[Item]) -> None:
        items, now = fitting(items), self._clock.now()
        async with self._db.transaction():
            before = await previous(self._db, self._wired.name, mirrors_of(items))
            reading = read_items(self._wired, items, self._plan, now=now, previous=before)
            if reading.drafts:
                await append_events(self._db, reading.drafts, now=now)
            await raise_exceptions(self._db, reading.raised, now)
            await remember(self._db, self._wired.name, items, now)
            if items[-1].position is not None:
                await self._db.execute(
                    "insert into source_position values ($1, $2) on conflict (connection)"
                    " do update set at = excluded.at",
                    self._wired.name,
                    items[-1].position,
                )


async def _batches(items: AsyncIterator[Item]) -> AsyncGenerator[list[Item]]:
    """Items as they come, gathered for a moment, never more than a batch in memory."""
    queue: asyncio.Queue[Item | Exception | None] = asyncio.Queue(_MOST)

    async def fill() -> None:
        try:
            async for item in items:
                await queue.put(item)
            await queue.put(None)
        except Exception as error:
            await queue.put(error)

    task = asyncio.create_task(fill())
    try:
        while True:
            batch: list[Item] = []
            entry = await queue.get()
            await asyncio.sleep(_GATHER if queue.empty() else 0)
            while isinstance(entry, Item):
                batch.append(entry)
                if len(batch) == _MOST or queue.empty():
                    break
                entry = queue.get_nowait()
            if batch:
                yield batch
            if entry is None:
                return
            if isinstance(entry, Exception):
                raise entry
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _close(items: AsyncIterator[Item]) -> None:
    close = getattr(items, "aclose", None)
    if close is not None:
        await close()
