"""A tiny plant to break promises on: one talker, three targets, workflows of every verb."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import ClassVar, Protocol

import asyncpg
import msgspec

from andon.core.connector import Connector, Item, Receipt, Request, Settings, Sink
from andon.core.errors import LateError, OutcomeUnknownError, RejectedError, UnavailableError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, Command, Event
from andon.core.plant import Connection, Route
from andon.core.workflow import Run, workflow
from andon.engine.clock import SystemClock
from andon.engine.ingest import Ingest
from andon.engine.plan import Plan, wire
from andon.engine.worker import Worker

KIND = "order"

_PATIENCE = 3.0


class Told(Event, frozen=True, kw_only=True):
    """The talker says something about an order; `flow` picks what to do."""

    TYPE: ClassVar[str] = "plant.order.told.v1"
    KIND: ClassVar[str] = KIND
    KEY: ClassVar[str] = "order_id"

    order_id: str
    flow: str = "post"
    to: str = "keyed"
    n: int = 0

    def claims(self) -> Claims:
        return {"n": self.n}


class Ended(Event, frozen=True, kw_only=True):
    """What some workflows wait for."""

    TYPE: ClassVar[str] = "plant.order.ended.v1"
    KIND: ClassVar[str] = KIND
    KEY: ClassVar[str] = "order_id"

    order_id: str
    n: int = 0


class _Step(Command, frozen=True, kw_only=True):
    KIND: ClassVar[str] = KIND
    KEY: ClassVar[str] = "order_id"

    order_id: str
    what: str = "post"


class PostKeyed(_Step, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "plant.order.post-keyed.v1"


class PostFindable(_Step, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "plant.order.post-findable.v1"


class PostBlind(_Step, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "plant.order.post-blind.v1"


class Stop(_Step, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "plant.order.stop.v1"
    OVERTAKES: ClassVar[bool] = True


class FakeSettings(Settings, frozen=True, kw_only=True):
    dedupes: bool = False


class Fake(Sink[FakeSettings]):
    """A system in this process. It survives workers; what it did is in `effects`, in order.

    A behaviour is asked at each call: it may wait before the effect, after it, refuse, or fail.
    """

    settings_type = FakeSettings

    def __init__(self, name: str, settings: FakeSettings) -> None:
        super().__init__(name, settings)
        self.effects: list[tuple[str, str]] = []
        self.calls: list[str] = []
        self.looks: list[str] = []
        self.refused_later: str = ""
        self.down = False
        self.locked: Exception | None = None
        self.opening: asyncio.Event | None = None
        self.opens = 0
        self.refuses: dict[str, str] = {}
        self.before: dict[str, Callable[[], Awaitable[None]]] = {}
        self.after: dict[str, Callable[[], Awaitable[None]]] = {}
        self.in_flight: dict[str, int] = {}
        self.together = 0

    async def open(self) -> None:
        self.opens += 1
        if self.opening is not None:
            await self.opening.wait()
        if self.locked is not None:
            raise self.locked

    async def send(self, request: Request, *, key: str) -> Receipt:
        if self.down:
            raise UnavailableError(f"{self.name} refuses connections")
        order, what = str(request.body["order"]), request.target
        self.calls.append(key)
        self.in_flight[order] = self.in_flight.get(order, 0) + 1
        self.together = max(self.together, self.in_flight[order])
        try:
            if what in self.before:
                await self.before[what]()
            if what in self.refuses:
                raise RejectedError(self.refuses[what], "42")
            self._act(key, f"{order} {what}")
            if what in self.after:
                await self.after[what]()
            return Receipt(reference=f"D{len(self.effects)}")
        finally:
            self.in_flight[order] -= 1

    def _act(self, key: str, what: str) -> None:
        if self.settings.dedupes and key in self.keys:
            return
        self.effects.append((key, what))

    @property
    def keys(self) -> list[str]:
        return [key for key, _ in self.effects]

    @property
    def done(self) -> list[str]:
        return [what for _, what in self.effects]

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        self.looks.append(key)
        if self.down:
            raise UnavailableError(f"{self.name} refuses connections")
        if self.refused_later:
            raise RejectedError(self.refused_later, "43")
        return Receipt(reference="found") if key in self.keys else None

    def arrives_later(self, key: str, what: str) -> None:
        """The first request reaches us after all."""
        self._act(key, what)


class Talker(Connector[Settings]):
    settings_type = Settings


async def lost() -> None:
    """The answer never arrives."""
    raise OutcomeUnknownError("the line broke")


async def for_ever() -> None:
    """No answer within any time-out."""
    await asyncio.Event().wait()


@inbound("told")
def told(item: Item, known: Known) -> Iterable[Said]:
    del known
    yield item.read(Told)


@inbound("ended")
def ended(item: Item, known: Known) -> Iterable[Said]:
    del known
    yield item.read(Ended)


def _request(command: _Step, known: Known) -> Request:
    del known
    return Request(target=command.what, body={"order": command.local})


POSTS: dict[str, type[_Step]] = {
    "keyed": PostKeyed,
    "findable": PostFindable,
    "none": PostBlind,
}


@workflow(on=Told)
async def follow(run: Run, said: Told) -> None:
    """Every verb, by the talker's choice."""
    post = POSTS[said.to]

    def step(what: str) -> _Step:
        return post(order_id=run.subject, what=what)

    match said.flow:
        case "post":
            await run.send(step(f"post-{said.n}"))
        case "three":
            for what in ("one", "two", "three"):
                await run.send(step(what))
        case "post then wait":
            await run.send(step("first"))
            event = await run.wait(Ended)
            await run.send(step(f"saw-{event.n}"))
        case "sleep":
            await run.sleep(timedelta(milliseconds=300))
            await run.send(step("slept"))
        case "late":
            try:
                await run.wait(Ended, within=timedelta(milliseconds=300))
            except LateError:
                await run.send(step("late"))
        case "ask":
            answer = await run.ask("planner", "Go on?", "yes", "no")
            await run.send(step(answer))
        case "race":
            nap = timedelta(milliseconds=200)
            while (await run.first(run.wait(Ended), run.sleep(nap)))[0] == 1:
                await run.send(step("reminded"))
            await run.send(step("ended"))
        case "try":
            try:
                await run.send(step("maybe"))
            except RejectedError as error:
                await run.send(step(f"refused-{error.code}"))
        case "stop":
            await run.send(Stop(order_id=run.subject, what="stop"))
        case "defect":
            raise ValueError("the body is wrong")
        case other:
            raise AssertionError(other)


class Plant:
    """The project in memory; a worker of it may be started and ended at will."""

    def __init__(self, dsn: str, **settings: object) -> None:
        fast: dict[str, object] = {
            "timeout": timedelta(milliseconds=400),
            "settles_within": timedelta(milliseconds=600),
            "backoff": timedelta(milliseconds=50),
            "attempts": 50,
            **settings,
        }
        self.dsn = dsn
        self.keyed = Fake("keyed", msgspec.convert({**fast, "dedupes": True}, FakeSettings))
        self.findable = Fake("findable", msgspec.convert(fast, FakeSettings))
        self.none = Fake("none", msgspec.convert(fast, FakeSettings))
        self.fakes = (self.keyed, self.findable, self.none)
        self.plan = self._wired()
        self.ingest: Ingest
        self._said = 0

    def _wired(self) -> Plan:
        def writers(command: type[_Step], proof: object) -> list[object]:
            return [
                outbound(command, proof=proof)(_request),  # pyright: ignore[reportArgumentType]
                outbound(Stop, proof="keyed")(_request),
            ]

        talker = Connection("talker", Talker, [told, ended])
        parts = [(talker, Talker("talker", Settings()))]
        for fake in self.fakes:
            mappings = writers(POSTS[fake.name], fake.name)
            parts.append((Connection(fake.name, Fake, mappings), fake))  # pyright: ignore[reportArgumentType]
        return wire(
            name="plant",
            site="here",
            connections=parts,
            workflows=[follow],
            routes=[
                *(Route(POSTS[fake.name], fake.name) for fake in self.fakes),
                Route(Stop, "keyed"),
            ],
            ownership=[],
            policies=[],
            messages=[Told, Ended, PostKeyed, PostFindable, PostBlind, Stop],
        )

    async def says(self, event: Told | Ended, key: str | None = None) -> str:
        """The talker pushes one item; returns once it is committed."""
        self._said += 1
        key = key or f"said-{self._said}"
        kind = "told" if isinstance(event, Told) else "ended"
        item = Item(kind=kind, key=key, raw=msgspec.json.encode(event))
        await self.ingest.accept(self.plan.connections["talker"], [item])
        return key

    @asynccontextmanager
    async def working(self) -> AsyncIterator["Shift"]:
        """A worker for a while; it leaves as on SIGTERM unless it was killed."""
        shift = Shift(self)
        try:
            yield shift
        finally:
            await shift.end()


class Staffed(Protocol):
    """What a worker works for: a project, and its database."""

    @property
    def plan(self) -> Plan: ...

    @property
    def dsn(self) -> str: ...


class Shift:
    """One worker of the plant."""

    def __init__(self, plant: Plant | Staffed) -> None:
        self.worker = Worker(plant.plan, plant.dsn, SystemClock())
        self._dsn = plant.dsn
        self.task = asyncio.create_task(self.worker.run())

    async def kill(self) -> None:
        """Takes the worker's sessions away: what it had in memory is gone, as after kill -9."""
        admin = await asyncpg.connect(self._dsn)
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname ="
            " current_database() and (application_name like 'andon-worker%' or"
            " application_name ~ '^andon-(control|listen|project|source) ')"
        )
        await admin.close()
        with suppress(Exception):
            await asyncio.wait_for(self.task, 60)

    async def end(self) -> None:
        if not self.task.done():
            self.worker.stop()
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await asyncio.wait_for(self.task, 60)


@asynccontextmanager
async def plant_on(dsn: str, **settings: object) -> AsyncIterator[Plant]:
    """A plant with its inbox open and no worker yet."""
    plant = Plant(dsn, **settings)
    plant.ingest = Ingest(plant.plan, dsn, SystemClock())
    await plant.ingest.open()
    try:
        yield plant
    finally:
        await plant.ingest.close()


async def until(true: Callable[[], bool | Awaitable[bool]], *, within: float = 10.0) -> None:
    """Returns when the condition holds; fails at the deadline, naming the condition. The deadline
    is what an idle machine may need; a busy one gets `_PATIENCE` times that."""
    try:
        async with asyncio.timeout(_PATIENCE * within):
            while True:
                found = true()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {_PATIENCE * within} s: {true.__qualname__}") from None


@asynccontextmanager
async def rows_of(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A session to look at the tables."""
    db = await asyncpg.connect(dsn)
    try:
        yield db
    finally:
        await db.close()


async def settled(dsn: str, *, within: float = 30.0) -> None:
    """Returns when all that was told has its run, and no run and no delivery is open."""
    async with rows_of(dsn) as db:

        async def nothing_is_open() -> bool:
            open_now = await db.fetchval(
                "select (select count(*) from run where state = 'running')"
                " + (select count(*) from delivery) + (select count(*) from log l where type = $1"
                " and not exists (select from run r where r.trigger = l.position))",
                Told.TYPE,
            )
            return open_now == 0

        await until(nothing_is_open, within=within)
