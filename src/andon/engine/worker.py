"""One worker process: it owns lanes, advances their runs, delivers, reads sources and projects."""

__all__ = ["Worker"]

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

import asyncpg

from andon.core.connector import Sink
from andon.core.message import Command
from andon.engine.advance import Advance
from andon.engine.background import Background
from andon.engine.clock import Clock
from andon.engine.connections import Connections
from andon.engine.deliver import Deliver
from andon.engine.handover import Handover
from andon.engine.lanes import RENEW_EVERY, Lease, mark
from andon.engine.own_ids import own_id
from andon.engine.parcel import Parcel
from andon.engine.plan import Plan
from andon.engine.project import Project
from andon.engine.sessions import Control, Sessions
from andon.engine.sources import Sources
from andon.store.generation import notice_copy, require_own_positions
from andon.store.migrate import require_supported

_log = logging.getLogger(__name__)
_ENDED = "a session was ended by the database's side"


class Worker:
    """Stateless: it may be killed at any time, and others take over what it owned."""

    def __init__(self, plan: Plan, dsn: str, clock: Clock) -> None:
        self._plan = plan
        self._dsn = dsn
        self._clock = clock
        self._loops: list[asyncio.Task[None]] = []
        self._background = Background()
        self._wished = asyncio.Event()
        self._held = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Asks the worker to end after what it is doing."""
        self._stopping.set()

    async def run(self) -> None:
        """Works until stopped. Raises ConnectionError when a database session is lost:
        start a new worker then."""
        lost = ConnectionError(_ENDED)
        sessions = Sessions(self._dsn, lambda: self._background.broken(lost))
        try:
            await self._run(sessions)
        except Exception as error:
            # The session went first; whatever a loop says of it afterwards is noise.
            if sessions.gone or isinstance(error, asyncpg.InternalClientError):
                raise ConnectionError(_ENDED) from error
            raise
        finally:
            await sessions.close()

    async def _run(self, sessions: Sessions) -> None:
        session = uuid4()
        known_by = mark(session)
        self._control = Control(await sessions.open(f"andon-control {known_by}"))
        await require_supported(self._control.session)
        await notice_copy(self._control.session)
        await require_own_positions(self._control.session)
        writing = await sessions.open("andon-worker")
        listening = await sessions.open(f"andon-listen {known_by}")
        self._project = Project(await sessions.open(f"andon-project {known_by}"))
        self._lease = Lease(session, writing, self._control.session, self._plan.name)
        self._advance = Advance(
            self._plan,
            writing,
            self._clock,
            hand_over=lambda parcel: self._deliver(parcel.wired.name).put(parcel),
            unpark=lambda name, key: self._deliver(name).unpark(key),
            drop=lambda name, key: self._deliver(name).drop(key),
        )
        self._handover = Handover(
            self._lease, self._advance, self._control, lambda: self._connections.delivers
        )
        self._connections = self._in_use()
        self._sources = Sources(
            self._plan, self._dsn, known_by, self._clock, self._control, self._background
        )
        await self._lease.begin()
        try:
            await self._connections.begin()
            await listening.add_listener("andon_log", self._hint)
            await listening.add_listener("andon_connections", self._look_at_wishes)
            await listening.add_listener("andon_hold", self._look_at_holds)
            await self._control(self._advance.fence.look)
            await self._take()
            await self._work()
        finally:
            await self._close()
            await self._sources.close()

    def _in_use(self) -> Connections:
        connections = Connections(
            self._plan,
            self._clock,
            self._control,
            soon=self._background.soon,
            also=self._advance.also,
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
                    stops=self._stops,
                )
                one.deliver.leaving = self._handover.leaving
        return connections

    def _deliver(self, name: str) -> Deliver:
        deliver = self._connections[name].deliver
        assert deliver is not None, f"{name} cannot be sent to"
        return deliver

    async def _local(self, parcel: Parcel) -> str:
        """The target's own id of the subject."""
        system, subject = parcel.wired.name, parcel.subject
        return await self._control(lambda db: own_id(db, system, subject))

    async def _stops(self, command: Command) -> str | None:
        """Why a claimed command may not be sent now: what was held until this moment counts."""
        if command.lots():
            await self._control(self._advance.fence.look)
        return self._advance.fence.stops(command)

    # -- the loops ------------------------------------------------------------------------------

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
                ("background", self._background.until_broken()),
            )
        ]
        done, _ = await asyncio.wait(self._loops, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def _until_stopped(self) -> None:
        await self._stopping.wait()

    def _hint(self, *_: object) -> None:
        self._advance.hint()
        self._project.hint()

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            async with self._control.alone:
                await self._lease.renew()
                # a newer Andon may have contracted it
                await require_supported(self._control.session)
            await self._handover.remember()
            await self._take()
            self._advance.count_spare(self._connections.away)
            self._hint()

    async def _take(self) -> None:
        await self._handover.share()
        await self._sources.take(self._connections)

    async def _ring(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            due = await self._control(
                lambda db: db.fetch(
                    "select run, n, lane from timer where due_at <= $1"
                    " and lane = any($2::smallint[]) limit 500",
                    self._clock.now(),
                    self._advance.lanes,
                )
            )
            if due:
                self._advance.ring([(row["run"], row["n"], row["lane"]) for row in due])

    def _look_at_wishes(self, *_: object) -> None:
        self._wished.set()

    def _look_at_holds(self, *_: object) -> None:
        self._held.set()

    async def _wishes(self) -> None:
        """People pause and resume connections through their rows."""
        await self._connections.look()
        await _again(self._wished, 1.0, self._connections.look)

    async def _holds(self) -> None:
        """Knows what is held: at a word of it, and now and then for what was made of it since."""
        await _again(self._held, 10.0, lambda: self._control(self._advance.fence.look))

    async def _close(self) -> None:
        tasks = [*self._loops, *self._background.tasks]
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
                await self._handover.remember()
                await self._lease.end()
        except Exception as error:
            _log.debug("left without a last commit: %s", error)
        closing = [wired.connector.close() for wired in self._plan.connections.values()]
        await asyncio.gather(*closing, return_exceptions=True)


async def _again(
    told: asyncio.Event, seconds: float, look: Callable[[], Awaitable[object]]
) -> None:
    """Looks at every word, and anyway after so many seconds: a word may be lost."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await told.wait()
        told.clear()
        await look()
