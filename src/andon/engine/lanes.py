"""Who owns what: lanes and sources belong to one live database session each."""

__all__ = ["LANES", "RENEW_EVERY", "Lease", "mark"]

import logging
import os
import time
from uuid import UUID

import asyncpg

from andon.store.migrate import SCHEMA_VERSION

LANES = 64
_LANE_CLASS = 40_210
_LEASE = float(os.environ.get("ANDON_LEASE_S", "10"))
RENEW_EVERY = min(1.0, _LEASE / 5)

_log = logging.getLogger(__name__)


class Lease:
    """This worker's right to write and to call.

    The right itself is the session's advisory locks. The lease (database clock) is the fallback
    for a worker that is stopped, not dead: when it runs out, another worker ends the session.
    """

    def __init__(
        self, session: UUID, writing: asyncpg.Connection, control: asyncpg.Connection, name: str
    ) -> None:
        self.session = session
        self._writing = writing
        self._control = control
        self._name = name
        self._until = 0.0
        self.lanes: set[int] = set()
        self.died: set[int] = set()
        """Lanes whose worker before did not leave, but died with what it had in hand."""

    def left(self) -> float:
        """Seconds of the lease left, counted from before the renewal was asked for."""
        return self._until - time.clock_gettime(time.CLOCK_BOOTTIME)

    def may_call(self, timeout: float) -> bool:
        """Whether a call may begin: the locks stand and the lease has not run out.

        A call may outlast the lease; its outcome is then found out by the lane's next owner.
        """
        return self.left() > min(1.0, timeout, _LEASE / 4) and not self._writing.is_closed()

    async def begin(self) -> None:
        """Makes this worker known; others count it when they share lanes."""
        pid = await self._writing.fetchval("select pg_backend_pid()")
        asked = time.clock_gettime(time.CLOCK_BOOTTIME)
        await self._control.execute(
            "insert into worker (session, backend, name, version, lease_until, started_at)"
            " values ($1, $2, $3, $4, now() + make_interval(secs => $5), now())",
            self.session, pid, f"{self._name}:{os.getpid()}", SCHEMA_VERSION, _LEASE,
        )  # fmt: skip
        self._until = asked + _LEASE

    async def renew(self) -> None:
        """Renews the lease; raises ConnectionError when another worker has ended this session."""
        asked = time.clock_gettime(time.CLOCK_BOOTTIME)
        mine = await self._control.fetchval(
            "update worker set lease_until = now() + make_interval(secs => $2) where session = $1"
            " returning 1",
            self.session,
            _LEASE,
        )
        if mine is None or self._writing.is_closed():
            raise ConnectionError(
                "This worker's session was ended; its lanes belong to another one now."
            )
        self._until = asked + _LEASE

    async def end_stopped(self) -> int:
        """Ends the sessions of workers whose lease ran out, so that their lanes are free."""
        rows = await self._control.fetch(
            "delete from worker where lease_until < now() and session <> $1"
            " returning session, backend, name",
            self.session,
        )
        for row in rows:
            ended = await self._control.fetchval(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where (pid = $1 and application_name like 'andon-worker%')"
                " or application_name like 'andon-% ' || $2 || '%'",
                row["backend"],
                mark(row["session"]),
            )
            if ended:
                _log.warning(
                    "worker %s was silent past its lease; its lanes are taken over", row["name"]
                )
        return len(rows)

    async def share(self) -> tuple[list[int], list[int]]:
        """Takes free lanes up to a fair share; (taken, to give back)."""
        # A killed worker's row outlives it until its lease ends; its database session does not.
        workers = await self._control.fetchval(
            "select count(*) from worker w where lease_until > now() and exists (select from"
            " pg_stat_activity a where a.pid = w.backend and a.application_name = 'andon-worker')"
        )
        fair = -(-LANES // max(1, int(workers)))
        taken: list[int] = []
        if len(self.lanes) < fair:
            rows = await self._writing.fetch(
                "select lane from unnest($1::int[]) as t(lane)"
                " where pg_try_advisory_lock($2, lane) limit $3",
                [lane for lane in range(LANES) if lane not in self.lanes],
                _LANE_CLASS,
                fair - len(self.lanes),
            )
            taken = [int(row["lane"]) for row in rows]
            self.lanes.update(taken)
            await self._begin_lanes(taken)
        return taken, sorted(self.lanes)[fair:]

    async def _begin_lanes(self, lanes: list[int]) -> None:
        """A lane has a row while it is worked on; one that is there tells of a death."""
        rows = await self._writing.fetch(
            "select lane from lane where lane = any($1::smallint[])", lanes
        )
        self.died = {*(self.died - set(lanes)), *(row["lane"] for row in rows)}
        await self._writing.execute(
            "insert into lane select lane, now() from unnest($1::smallint[]) as t(lane)"
            " on conflict do nothing",
            lanes,
        )

    async def _end_lanes(self, lanes: list[int]) -> None:
        await self._writing.execute("delete from lane where lane = any($1::smallint[])", lanes)

    async def give_back(self, lanes: list[int]) -> None:
        """Lets lanes go; call when nothing of theirs is in memory any more."""
        await self._end_lanes(lanes)
        await self._writing.execute(
            "select pg_advisory_unlock($2, lane) from unnest($1::int[]) as t(lane)",
            lanes,
            _LANE_CLASS,
        )
        self.lanes.difference_update(lanes)

    async def end(self) -> None:
        """Takes this worker off the list; call when all it had in hand is written."""
        await self._end_lanes(sorted(self.lanes))
        await self._control.execute("delete from worker where session = $1", self.session)


def mark(session: UUID) -> str:
    """Stands in the names of a worker's database sessions, so that another can end them all."""
    return session.hex[:12]
