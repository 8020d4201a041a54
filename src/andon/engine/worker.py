"""One worker process: it owns lanes, advances their runs, delivers, reads sources and projects."""

__all__ = ["Worker"]

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from uuid import uuid4

import asyncpg

from andon.core.connector import Sink, Source
from andon.core.errors import AttentionError, TransientError
from andon.engine.advance import Advance
from andon.engine.cases import outage
from andon.engine.clock import Clock
from andon.engine.deliver import Deliver
from andon.engine.health import Health
from andon.engine.lanes import RENEW_EVERY, Lease, mark
from andon.engine.parcel import Parcel
from andon.engine.plan import Plan, Wired
from andon.engine.project import Project
from andon.engine.source import ReadSource
from andon.store.advance import Batch
from andon.store.connect import connect
from andon.store.migrate import require_supported
from andon.store.sql import query

_log = logging.getLogger(__name__)
_SOURCE_CLASS = 40_211


class Worker:
    """Stateless: it may be killed at any time, and others take over what it owned."""

    def __init__(self, plan: Plan, dsn: str, clock: Clock) -> None:
        self._plan = plan
        self._dsn = dsn
        self._clock = clock
        self._delivers: dict[str, Deliver] = {}
        self._sources: dict[str, ReadSource] = {}
        self._healths: dict[str, Health] = {}
        self._paused: set[str] = set()
        self._aliases: dict[tuple[str, str], str] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._wished = asyncio.Event()
        self._stopping = asyncio.Event()
        self._broken: asyncio.Queue[BaseException] = asyncio.Queue()
        self._leaving: set[int] = set()

    def stop(self) -> None:
        """Asks the worker to end after what it is doing."""
        self._stopping.set()

    async def run(self) -> None:
        """Works until stopped. Raises when its database session is lost:
        start a new worker then."""
        session = uuid4()
        self._mark = mark(session)
        control = await connect(self._dsn, f"andon-control {self._mark}")
        try:
            await require_supported(control)
        except BaseException:
            await control.close()
            raise
        writing = await connect(self._dsn, "andon-worker")
        listening = await connect(self._dsn, f"andon-listen {self._mark}")
        projecting = await connect(self._dsn, f"andon-project {self._mark}")
        self._control = control
        self._control_lock = asyncio.Lock()
        self._lease = Lease(session, writing, control, self._plan.name)
        self._advance = Advance(
            self._plan,
            writing,
            self._clock,
            hand_over=lambda parcel: self._delivers[parcel.wired.name].put(parcel),
            unpark=lambda name, key: self._delivers[name].unpark(key),
            drop=lambda name, key: self._delivers[name].drop(key),
        )
        self._project = Project(projecting)
        await self._lease.begin()
        await self._begin_connections()
        await listening.add_listener("andon_log", self._hint)
        await listening.add_listener("andon_connections", self._look_at_wishes)
        await self._take_lanes()
        loops = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("advance", self._advance.run()),
                ("project", self._project.run()),
                ("lease", self._keep_lease()),
                ("timers", self._ring()),
                ("wishes", self._wishes()),
                ("stop", self._until_stopped()),
                ("background", self._until_broken()),
            )
        ]
        try:
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await self._close(
                [*loops, *self._background], [writing, control, listening, projecting]
            )

    async def _until_stopped(self) -> None:
        await self._stopping.wait()

    async def _until_broken(self) -> None:
        raise await self._broken.get()

    def _hint(self, *_: object) -> None:
        self._advance.hint()
        self._project.hint()

    async def _close(
        self, tasks: list[asyncio.Task[None]], sessions: list[asyncpg.Connection]
    ) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(2), self._advance.alone:  # a batch under way may end
                for task in tasks:
                    task.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(deliver.close() for deliver in self._delivers.values()))
        try:
            async with asyncio.timeout(2):
                await self._advance.last()  # what was answered is written before we go
                await self._remember_lanes()
                await self._lease.end()
        except Exception as error:
            _log.debug("left without a last commit: %s", error)
        closing = [wired.connector.close() for wired in self._plan.connections.values()]
        await asyncio.gather(
            *closing, *(s.close(timeout=1) for s in sessions), return_exceptions=True
        )

    # -- connections --------------------------------------------------------------------------

    async def _begin_connections(self) -> None:
        wired = list(self._plan.connections.values())
        kinds = [type(w.connector).__name__.lower() for w in wired]
        await self._control.execute(
            query("connections"),
            [w.name for w in wired],
            [w.site for w in wired],
            kinds,
            [" ".join(w.faces) for w in wired],
            self._clock.now(),
        )
        for one in wired:
            health = Health(self._clock, self._said(one.name))
            self._healths[one.name] = health
            if isinstance(one.connector, Sink):
                self._delivers[one.name] = Deliver(
                    one,
                    clock=self._clock,
                    health=health,
                    report=self._advance.report,
                    saved=self._advance.saved,
                    may_call=self._lease.may_call,
                    local=self._local,
                )
                self._delivers[one.name].leaving = self._leaving
            if isinstance(one.connector, Sink | Source):
                await self._open(one, health)
        await self._stand_as_left()

    async def _stand_as_left(self) -> None:
        """An outage or a pause that began before this start goes on,
        until an answer or a person ends it."""
        async with self._control_lock:
            rows = await self._control.fetch("select name, wanted, state from connection_state")
        for row in rows:
            name: str = row["name"]
            if row["state"] != "running" and name in self._healths:
                self._healths[name].state = row["state"]
            if row["state"] == "paused" and row["wanted"] == "running":
                self._paused.add(name)  # resumed while no worker was there to see it
            self._wish(name, row["wanted"])

    async def _open(self, wired: Wired, health: Health) -> None:
        try:
            await wired.connector.open()
        except TransientError as error:
            health.lost(str(error))
        except AttentionError as error:
            health.needs_operator(str(error))

    def _said(self, name: str) -> Any:
        """A change of a connection's state is written once,
        with an exception that closes by itself."""

        def changed(state: str, error: str | None) -> None:
            def write(batch: Batch) -> None:
                cause = f"connection:{name}"
                if state == "running":
                    batch.add("settled", cause)
                else:
                    batch.raise_exception(outage(name, state, error or ""))

            self._advance.also(write)
            self._soon(self._write_state(name, state, error))

        return changed

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """A source that stops by a defect must not stop in silence:
        the worker ends and says why."""
        self._background.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._broken.put_nowait(error)

    async def _write_state(self, name: str, state: str, error: str | None) -> None:
        async with self._control_lock:
            await self._control.execute(
                "update connection_state set state = $2, reason = $3,"
                " last_error = coalesce($3, last_error), since = $4,"
                " wanted = case when $2 = 'paused' then 'paused' else wanted end"
                " where name = $1",
                name,
                state,
                error,
                self._clock.now(),
            )
            await self._control.execute("select pg_notify('andon_changed', '')")
        _log.warning("%s is %s%s", name, state, f": {error}" if error else "")

    async def _local(self, parcel: Parcel) -> str:
        """The target's own id of the subject: its issuer's id, else the alias it was taught."""
        issuer, _, local = parcel.subject.partition("/")[2].partition(":")
        if issuer == parcel.wired.name:
            return local
        async with self._control_lock:
            alias = await self._control.fetchval(
                "select local from alias where subject = $1 and system = $2 and kind = $3 limit 1",
                parcel.subject,
                parcel.wired.name,
                parcel.subject.partition("/")[0],
            )
        return alias or local

    def _look_at_wishes(self, *_: object) -> None:
        self._wished.set()

    async def _wishes(self) -> None:
        """People pause and resume connections through their rows."""
        while True:
            async with self._control_lock:
                rows = await self._control.fetch(
                    "select name, wanted, state, last_ok_at from connection_state"
                )
            for row in rows:
                self._wish(row["name"], row["wanted"])
            await self._note_health()
            try:
                async with asyncio.timeout(1.0):
                    await self._wished.wait()
            except TimeoutError:
                pass
            self._wished.clear()

    def _wish(self, name: str, wanted: str) -> None:
        deliver, source = self._delivers.get(name), self._sources.get(name)
        if wanted == "paused" and name not in self._paused:
            self._paused.add(name)
            if deliver:
                deliver.paused = True
            if source:
                source.pause()
            if name in self._healths:
                self._healths[name].state = "paused"
                self._soon(
                    self._write_state(
                        name, "paused", self._healths[name].last_error or "paused by a person"
                    )
                )
        elif wanted == "running" and name in self._paused:
            self._paused.discard(name)
            if name in self._healths:
                self._healths[name].seen()
            if deliver:
                deliver.resume()
            if source:
                source.resume()

    async def _note_health(self) -> None:
        seen = [(name, h.last_ok_at) for name, h in self._healths.items() if h.last_ok_at]
        if seen:
            async with self._control_lock:
                await self._control.execute(
                    "update connection_state c set last_ok_at = t.at"
                    " from unnest($1::text[], $2::timestamptz[]) as t(name, at)"
                    " where c.name = t.name and c.last_ok_at is distinct from t.at",
                    [name for name, _ in seen],
                    [at for _, at in seen],
                )

    # -- lanes -----------------------------------------------------------------------------------

    async def _take_lanes(self) -> None:
        """Takes free lanes and everything that lies in them."""
        async with self._advance.alone, self._control_lock:
            await self._lease.end_stopped()
            await self._give_back()
            taken, surplus = await self._lease.share()
            if taken:
                await self._advance.take(taken)
            if fresh := [lane for lane in surplus if lane not in self._leaving]:
                _log.info("another worker is there; it gets %s lanes", len(fresh))
                await self._advance.leave(fresh)
                self._leaving.update(fresh)
        await self._take_sources()

    async def _give_back(self) -> None:
        """Lets go of leaving lanes once their calls have ended and what came of them is written."""
        if not self._leaving:
            return
        await self._advance.batch()
        delivers = self._delivers.values()
        busy = self._advance.busy_lanes()
        free = {
            lane
            for lane in self._leaving
            if lane not in busy and not any(deliver.busy(lane) for deliver in delivers)
        }
        for deliver in delivers:
            deliver.forget(free)
        self._advance.empty(free)
        await self._lease.give_back(sorted(free))
        self._leaving -= free

    async def _take_sources(self) -> None:
        for name, wired in self._plan.connections.items():
            if name in self._sources or not isinstance(wired.connector, Source):
                continue
            db = await connect(self._dsn, f"andon-source {self._mark} {name}"[:60])
            if not await db.fetchval(
                "select pg_try_advisory_lock($1, hashtext($2))", _SOURCE_CLASS, name
            ):
                await db.close()
                continue
            source = ReadSource(self._plan, wired, db, self._clock, self._healths[name])
            self._sources[name] = source
            if name in self._paused:
                source.pause()
            self._soon(source.run())

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            async with self._control_lock:
                await self._lease.renew()
            await self._remember_lanes()
            await self._take_lanes()
            self._advance.count_spare(self._away)
            self._hint()

    def _away(self, name: str) -> bool:
        return name in self._healths and self._healths[name].state != "running"

    async def _remember_lanes(self) -> None:
        """Lanes' positions are written once a second;
        what is read again is known by its run's key."""
        async with self._advance.alone:
            await self._advance.remember(self._advance.lanes)

    async def _ring(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            async with self._control_lock:
                due = await self._control.fetch(
                    "select run, n, lane from timer where due_at <= $1"
                    " and lane = any($2::smallint[]) limit 500",
                    self._clock.now(),
                    self._advance.lanes,
                )
            if due:
                self._advance.ring([(row["run"], row["n"], row["lane"]) for row in due])
