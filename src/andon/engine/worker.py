"""One worker process: it owns lanes, advances their runs, delivers, reads sources and projects."""

__all__ = ["Worker"]

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from typing import Any
from uuid import uuid4

import asyncpg

from andon.core.connector import Sink
from andon.engine.advance import Advance
from andon.engine.clock import Clock
from andon.engine.connections import Connections
from andon.engine.deliver import Deliver
from andon.engine.lanes import RENEW_EVERY, Lease, mark
from andon.engine.parcel import Parcel
from andon.engine.plan import Plan, reads
from andon.engine.project import Project
from andon.engine.source import ReadSource
from andon.store.connect import connect
from andon.store.generation import notice_copy, require_own_positions
from andon.store.migrate import require_supported

_log = logging.getLogger(__name__)
_SOURCE_CLASS = 40_211


class Worker:
    """Stateless: it may be killed at any time, and others take over what it owned."""

    def __init__(self, plan: Plan, dsn: str, clock: Clock) -> None:
        self._plan = plan
        self._dsn = dsn
        self._clock = clock
        self._loops: list[asyncio.Task[None]] = []
        self._background: set[asyncio.Task[None]] = set()
        self._wished = asyncio.Event()
        self._held = asyncio.Event()
        self._stopping = asyncio.Event()
        self._broken: asyncio.Queue[BaseException] = asyncio.Queue()
        self._leaving: set[int] = set()
        self._sessions: list[asyncpg.Connection] = []
        self._reading = AsyncExitStack()
        """Sessions of sources; their locks let another worker read."""

    def stop(self) -> None:
        """Asks the worker to end after what it is doing."""
        self._stopping.set()

    async def run(self) -> None:
        """Works until stopped. Raises ConnectionError when a database session is lost:
        start a new worker then."""
        async with AsyncExitStack() as sessions:
            try:
                await self._run(sessions)
            except Exception as error:
                # The session went first; whatever a loop says of it afterwards is noise.
                if self._gone or isinstance(error, asyncpg.InternalClientError):
                    raise ConnectionError("a session was ended by the database's side") from error
                raise

    async def _run(self, sessions: AsyncExitStack) -> None:
        session = uuid4()
        self._mark = mark(session)
        sessions.push_async_exit(self._reading)
        control = await self._session(sessions, f"andon-control {self._mark}")
        await require_supported(control)
        await notice_copy(control)
        await require_own_positions(control)
        writing = await self._session(sessions, "andon-worker")
        listening = await self._session(sessions, f"andon-listen {self._mark}")
        projecting = await self._session(sessions, f"andon-project {self._mark}")
        self._control = control
        self._control_lock = asyncio.Lock()
        self._lease = Lease(session, writing, control, self._plan.name)
        self._advance = Advance(
            self._plan,
            writing,
            self._clock,
            hand_over=lambda parcel: self._deliver(parcel.wired.name).put(parcel),
            unpark=lambda name, key: self._deliver(name).unpark(key),
            drop=lambda name, key: self._deliver(name).drop(key),
        )
        self._project = Project(projecting)
        self._connections = self._in_use()
        await self._lease.begin()
        try:
            await self._connections.begin()
            await listening.add_listener("andon_log", self._hint)
            await listening.add_listener("andon_connections", self._look_at_wishes)
            await listening.add_listener("andon_hold", self._look_at_holds)
            await self._on_control(self._advance.fence.look)
            await self._take_lanes()
            await self._work()
        finally:
            await self._close()

    async def _session(self, sessions: AsyncExitStack, name: str) -> asyncpg.Connection:
        """A session whose loss is noticed at once; without it this worker has no right to go on."""
        session = await connect(self._dsn, name)
        self._sessions.append(session)

        async def close() -> None:
            session.remove_termination_listener(self._lost)
            await _close(session)

        sessions.push_async_callback(close)
        session.add_termination_listener(self._lost)
        return session

    @property
    def _gone(self) -> bool:
        return any(session.is_closed() for session in self._sessions)

    def _lost(self, _: object) -> None:
        self._broken.put_nowait(ConnectionError("a session was ended by the database's side"))

    async def _work(self) -> None:
        self._loops = [
            asyncio.create_task(work, name=name)
            for name, work in (
                ("advance", self._advance.run()),
                ("project", self._project.run()),
                ("lease", self._keep_lease()),
                ("timers", self._ring()),
                ("wishes", self._wishes()),
                ("holds", self._holds()),
                ("stop", self._until_stopped()),
                ("background", self._until_broken()),
            )
        ]
        done, _ = await asyncio.wait(self._loops, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _until_stopped(self) -> None:
        await self._stopping.wait()

    async def _until_broken(self) -> None:
        raise await self._broken.get()

    def _hint(self, *_: object) -> None:
        self._advance.hint()
        self._project.hint()

    async def _close(self) -> None:
        tasks = [*self._loops, *self._background]
        with suppress(TimeoutError):
            async with asyncio.timeout(2), self._advance.alone:  # a batch under way may end
                for task in tasks:
                    task.cancel()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(deliver.close() for deliver in self._connections.delivers))
        try:
            async with asyncio.timeout(2):
                await self._advance.last()  # what was answered is written before we go
                await self._remember_lanes()
                await self._lease.end()
        except Exception as error:
            _log.debug("left without a last commit: %s", error)
        closing = [wired.connector.close() for wired in self._plan.connections.values()]
        await asyncio.gather(*closing, return_exceptions=True)

    # -- connections --------------------------------------------------------------------------

    def _in_use(self) -> Connections:
        connections = Connections(
            self._plan, self._clock, self._on_control, soon=self._soon, also=self._advance.also
        )
        for one in connections:
            if isinstance(one.wired.connector, Sink):
                one.deliver = Deliver(
                    one.wired,
                    clock=self._clock,
                    health=one.health,
                    report=self._advance.report,
                    saved=self._advance.saved,
                    may_call=self._lease.may_call,
                    local=self._local,
                    stops=self._advance.fence.stops,
                )
                one.deliver.leaving = self._leaving
        return connections

    async def _on_control(self, work: Callable[[asyncpg.Connection], Awaitable[Any]]) -> Any:
        async with self._control_lock:
            return await work(self._control)

    def _deliver(self, name: str) -> Deliver:
        deliver = self._connections[name].deliver
        assert deliver is not None, f"{name} cannot be sent to"
        return deliver

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

    async def _local(self, parcel: Parcel) -> str:
        """The target's own id of the subject: its issuer's id, else the alias it was taught."""
        issuer, _, local = parcel.subject.partition("/")[2].partition(":")
        if issuer == parcel.wired.name:
            return local
        alias = await self._on_control(
            lambda db: db.fetchval(
                "select local from alias where subject = $1 and system = $2 and kind = $3 limit 1",
                parcel.subject,
                parcel.wired.name,
                parcel.subject.partition("/")[0],
            )
        )
        return alias or local

    def _look_at_wishes(self, *_: object) -> None:
        self._wished.set()

    async def _wishes(self) -> None:
        """People pause and resume connections through their rows."""
        while True:
            await self._connections.look()
            try:
                async with asyncio.timeout(1.0):
                    await self._wished.wait()
            except TimeoutError:
                pass
            self._wished.clear()

    def _look_at_holds(self, *_: object) -> None:
        self._held.set()

    async def _holds(self) -> None:
        """Knows what is held: at a word of it, and now and then for what was made of it since."""
        while True:
            try:
                async with asyncio.timeout(10.0):
                    await self._held.wait()
            except TimeoutError:
                pass
            self._held.clear()
            await self._on_control(self._advance.fence.look)

    # -- lanes -----------------------------------------------------------------------------------

    async def _take_lanes(self) -> None:
        """Takes free lanes and everything that lies in them."""
        async with self._advance.alone, self._control_lock:
            await self._lease.end_stopped()
            await self._give_back()
            taken, surplus = await self._lease.share()
            if taken:
                await self._advance.take(taken, died=self._lease.died)
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
        delivers = self._connections.delivers
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
        for one in self._connections:
            name = one.wired.name
            if one.source is not None or not reads(one.wired.connector):
                continue
            db = await connect(self._dsn, f"andon-source {self._mark} {name}"[:60])
            if not await db.fetchval(
                "select pg_try_advisory_lock($1, hashtext($2))", _SOURCE_CLASS, name
            ):
                await db.close()
                continue
            self._reading.push_async_callback(_close, db)
            one.source = ReadSource(self._plan, one.wired, db, self._clock, one.health)
            one.let_go()
            self._soon(one.source.run())

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            async with self._control_lock:
                await self._lease.renew()
                await require_supported(self._control)  # a newer Andon may have contracted it
            await self._remember_lanes()
            await self._take_lanes()
            self._advance.count_spare(self._connections.away)
            self._hint()

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


async def _close(session: asyncpg.Connection) -> None:
    with suppress(TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        await session.close(timeout=1)
