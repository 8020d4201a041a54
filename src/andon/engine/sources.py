"""Which sources this worker reads: a source belongs to one session, by its advisory lock."""

__all__ = ["Sources"]

from collections.abc import Iterable

import asyncpg

from andon.engine.background import Background
from andon.engine.clock import Clock
from andon.engine.connections import InUse
from andon.engine.plan import Plan, reads
from andon.engine.sessions import Control, closed
from andon.engine.source import ReadSource
from andon.store.connect import connect

_CLASS = 40_211

_FREE = """
select name from unnest($2::text[]) as t(name)
where not exists (
  select from pg_locks k
  where k.locktype = 'advisory' and k.granted and k.objsubid = 2 and k.classid::bigint = $1
    and k.objid::bigint = (hashtext(t.name)::bigint & 4294967295)
    and k.database = (select oid from pg_database where datname = current_database()))
"""


class Sources:
    """Taken when nobody has them, each with a session of its own; kept until the worker ends."""

    def __init__(
        self,
        plan: Plan,
        dsn: str,
        mark: str,
        clock: Clock,
        control: Control,
        background: Background,
    ) -> None:
        self._plan = plan
        self._dsn = dsn
        self._mark = mark
        self._clock = clock
        self._control = control
        self._background = background
        self._sessions: list[asyncpg.Connection] = []

    async def take(self, connections: Iterable[InUse]) -> None:
        """Begins to read what nobody reads. A session is opened only for a source that looks free;
        the lock decides."""
        mine = {
            one.wired.name: one
            for one in connections
            if one.source is None and reads(one.wired.connector)
        }
        if not mine:
            return
        free = await self._control(lambda db: db.fetch(_FREE, _CLASS, list(mine)))
        for row in free:
            await self._begin(mine[row["name"]])

    async def _begin(self, one: InUse) -> None:
        name = one.wired.name
        db = await connect(self._dsn, f"andon-source {self._mark} {name}"[:60])
        self._sessions.append(db)  # before anything is asked of it: `close` may come meanwhile
        if not await db.fetchval("select pg_try_advisory_lock($1, hashtext($2))", _CLASS, name):
            self._sessions.remove(db)
            await closed(db)  # another worker was faster
            return
        one.source = ReadSource(self._plan, one.wired, db, self._clock, one.health)
        one.let_go()
        self._background.soon(one.source.run())

    async def close(self) -> None:
        """Lets others read them."""
        for session in self._sessions:
            await closed(session)
