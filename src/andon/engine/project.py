"""What the log means now: beliefs, subjects and sync lag, folded in batches by SQL."""

__all__ = ["Project"]

import asyncio

import asyncpg

from andon.store.sql import query

_LOCK = 40_220


class Project:
    """Folds the log; one process at a time does, by a session lock."""

    def __init__(self, db: asyncpg.Connection, *, most: int = 4_000) -> None:
        self._db = db
        self._most = most
        self._wake = asyncio.Event()
        self._after: int | None = None

    def hint(self) -> None:
        """There may be new records."""
        self._wake.set()

    async def run(self) -> None:
        """Folds until cancelled."""
        while True:
            try:
                async with asyncio.timeout(1.0):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            while await self.once() >= self._most:
                pass
            await asyncio.sleep(0.02)  # let a batch gather; readers see it within this time

    async def once(self) -> int:
        """Folds one batch; how many records it held. 0 when another process folds."""
        if self._after is None and not await self._begin():
            return 0
        after = self._after or 0
        last = await self._db.fetchval(
            "select max(position) from (select position from log where position > $1"
            " order by position limit $2) t",
            after,
            self._most,
        )
        if last is None:
            return 0
        async with self._db.transaction():
            await self._db.execute(query("project"), after, last)
            await self._db.execute(query("lag"), after, last)
            await self._db.execute("update position set at = $1 where name = 'project'", last)
            await self._db.execute("select pg_notify('andon_changed', '')")
        self._after = int(last)
        return int(last) - after

    async def _begin(self) -> bool:
        if not await self._db.fetchval("select pg_try_advisory_lock($1)", _LOCK):
            return False
        await self._db.execute("insert into position values ('project', 0) on conflict do nothing")
        self._after = int(await self._db.fetchval("select at from position where name = 'project'"))
        return True
