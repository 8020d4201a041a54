"""Two workers stepped by hand, whose sessions break where a test says, and runs that hear."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar

import asyncpg
import msgspec

from andon.core.connector import Connector, Item, Settings
from andon.core.mapping import Inbound, Known, Said, inbound
from andon.core.message import Event, Link
from andon.core.plant import Connection
from andon.core.workflow import Run, workflow
from andon.engine.advance import Advance
from andon.engine.clock import SystemClock
from andon.engine.plan import Plan, wire
from andon.engine.read import read_items
from andon.store.connect import connect
from andon.store.ingest import append_events
from andon.store.sql import query
from tests.integration.plant import rows_of


class Begun(Event, frozen=True, kw_only=True):
    """An order begins; its run hears all that follows."""

    TYPE: ClassVar[str] = "hear.order.begun.v1"
    KIND: ClassVar[str] = "order"
    KEY: ClassVar[str] = "order_id"

    order_id: str
    naps: bool = False


class Went(Begun, frozen=True, kw_only=True):
    """Something about the order itself."""

    TYPE: ClassVar[str] = "hear.order.went.v1"


class Noted(Event, frozen=True, kw_only=True):
    """Something about a check that no run waits for; it may say which order it is about."""

    TYPE: ClassVar[str] = "hear.check.noted.v1"
    KIND: ClassVar[str] = "check"
    KEY: ClassVar[str] = "check_id"

    check_id: str
    order_id: str | None = None

    def links(self) -> Iterable[Link]:
        if self.order_id is not None:
            yield Link("checks", "order", self.order_id)


class Decided(Noted, frozen=True, kw_only=True):
    """What runs of orders wait for."""

    TYPE: ClassVar[str] = "hear.check.decided.v1"


@workflow(on=Begun)
async def listen(run: Run, begun: Begun) -> None:
    """Takes everything; one that naps is asleep while things happen."""
    while True:
        if begun.naps:
            await run.sleep(timedelta(hours=1))
        await run.wait(Went, Decided)


@workflow(on=Begun, earlier=True)
async def listen_back(run: Run, begun: Begun) -> None:
    """Takes what was said before it began, too."""
    while True:
        if begun.naps:
            await run.sleep(timedelta(hours=1))
        await run.wait(Went, Decided)


class Talker(Connector[Settings]):
    settings_type = Settings


def _reads(event: type[Event]) -> Inbound:
    @inbound(event.TYPE)
    def read(item: Item, known: Known) -> Iterable[Said]:
        del known
        yield item.read(event)

    return read


def _plan() -> Plan:
    events = [Begun, Went, Noted, Decided]
    talker = Connection("talker", Talker, [_reads(event) for event in events])
    return wire(
        name="hear", site="here", connections=[(talker, Talker("talker", Settings()))],
        workflows=[listen, listen_back], routes=[], ownership=[], policies=[], messages=events,
    )  # fmt: skip


PLAN = _plan()
LANES = ([lane for lane in range(64) if lane % 2], [lane for lane in range(64) if not lane % 2])
_fresh = count()


class Line:
    """A session that breaks at its n-th statement from now, before or after it took effect."""

    def __init__(self, db: asyncpg.Connection) -> None:
        self._db = db
        self.breaks_in = -1
        self.after = False

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._db, name)

        async def statement(*arguments: object) -> object:
            self.breaks_in -= 1
            if self.breaks_in == 0 and not self.after:
                raise ConnectionError("the line broke before")
            answer = await call(*arguments)
            if self.breaks_in == 0:
                raise ConnectionError("the line broke after")
            return answer

        return statement


class Hands:
    """One worker's writing loop, stepped by the test."""

    def __init__(self, dsn: str, lanes: list[int]) -> None:
        self._dsn = dsn
        self._lanes = lanes

    async def begin(self, *, died: bool = False) -> None:
        self._db = await connect(self._dsn, "hands")
        self.line = Line(self._db)
        self.advance = Advance(
            PLAN,
            self.line,  # pyright: ignore[reportArgumentType]
            SystemClock(),
            hand_over=lambda parcel: None,
            unpark=lambda name, key: None,
            drop=lambda name, key: None,
        )
        async with self.advance.alone:
            await self.advance.take(self._lanes, died=self._lanes if died else ())

    async def end(self) -> None:
        await self._db.close()

    async def go(self) -> None:
        """Rings every sleep and takes every record there is now."""
        rows = await self._db.fetch(
            "select run, n, lane from timer where lane = any($1::smallint[])", self._lanes
        )
        self.advance.ring([tuple(row) for row in rows])
        self.advance.hint()
        await self.advance.once()

    async def remember(self) -> None:
        async with self.advance.alone:
            await self.advance.remember(self.advance.lanes)

    async def break_off(self, at: int, after: bool) -> None:
        """Breaks in the middle of a batch, and begins again."""
        self.line.breaks_in, self.line.after = at, after
        with suppress(ConnectionError):
            await self.go()
        await self.end()
        await self.begin(died=True)


Action = tuple[Any, ...]


class Floor:
    """What is said, and two workers who share the lanes."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._mark = next(_fresh)
        self._said = count()
        self.hands = [Hands(dsn, lanes) for lanes in LANES]

    async def does(self, actions: Iterable[Action]) -> None:
        for hands in self.hands:
            await hands.begin()
        async with rows_of(self._dsn) as db:
            for action in actions:
                await self._does(db, action)
            await self._to_the_end(db)
        for hands in self.hands:
            await hands.end()

    async def _does(self, db: asyncpg.Connection, action: Action) -> None:
        match action:
            case "begun", order, naps:
                await self._says(db, Begun(order_id=self._order(order), naps=naps))
            case "went", order:
                await self._says(db, Went(order_id=self._order(order)))
            case ("noted" | "decided") as word, check, order:
                event = Noted if word == "noted" else Decided
                about = None if order is None else self._order(order)
                await self._says(db, event(check_id=f"C{self._mark}-{check}", order_id=about))
            case "go", n:
                await self.hands[n].go()
            case "remember", n:
                await self.hands[n].remember()
            case "break", n, at, after:
                await self.hands[n].break_off(at, after)
            case other:
                raise AssertionError(other)

    def _order(self, n: int) -> str:
        return f"O{self._mark}-{n}"

    async def _says(self, db: asyncpg.Connection, event: Event) -> None:
        key = f"{self._mark}-{next(self._said)}"
        item = Item(kind=event.TYPE, key=key, raw=msgspec.json.encode(event))
        now = SystemClock().now()
        reading = read_items(PLAN.connections["talker"], [item], PLAN, now=now)
        async with db.transaction():
            await append_events(db, reading.drafts, now=now)

    async def _to_the_end(self, db: asyncpg.Connection) -> None:
        """Goes on until nothing more is answered; who was parked for many breaks goes on too."""
        while True:
            await self._let_go_on(db)
            before = await self._answered(db)
            for hands in self.hands:
                await hands.go()
            if before == await self._answered(db):
                return

    async def _let_go_on(self, db: asyncpg.Connection) -> None:
        rows = await db.fetch("select id, run, subject from exception where answer is null")
        for row in rows:
            data = {"answer": "try again", "run": row["run"], "n": None}
            await db.execute(
                query("answer"), row["id"], "try again", "tester", SystemClock().now(), row["run"],
                None, row["subject"], "here", msgspec.json.encode(data).decode(),
            )  # fmt: skip

    async def _answered(self, db: asyncpg.Connection) -> int:
        """Runs begun, answers given and records; they grow until all is quiet."""
        counts = (
            "select (select count(*) from run) + (select count(*) from journal)"
            " + (select count(*) from log)"
        )
        return int(await db.fetchval(counts))

    async def heard(self) -> Iterator[tuple[str, list[int], list[int]]]:
        """Each run, what it was given, and what it should have been given."""
        async with rows_of(self._dsn) as db:
            mine = [f"order/talker:{self._order(n)}" for n in range(2)]
            runs = await db.fetch("select * from run where subject = any($1::text[])", mine)
            return iter([
                (run["id"], await _given(db, run["id"]), await _due(db, run)) for run in runs
            ])  # fmt: skip


async def _given(db: asyncpg.Connection, run: str) -> list[int]:
    rows = await db.fetch(
        "select position from journal where run = $1 and data ? 'event' order by at", run
    )
    return [row["position"] for row in rows]


async def _due(db: asyncpg.Connection, run: asyncpg.Record) -> list[int]:
    """The promise, word for word: by where the log holds both, the event and the link."""
    after = 0 if run["workflow"] == listen_back.name else run["trigger"]
    went = await db.fetch(
        "select position from log where type = $1 and subject = $2 and position > $3",
        Went.TYPE, run["subject"], after,
    )  # fmt: skip
    decided = await db.fetch(
        "select l.position, k.position as linked from log l join link k on k.subject = l.subject"
        " and k.object = $2 where l.type = $1 and l.position > $3",
        Decided.TYPE, run["subject"], after,
    )  # fmt: skip
    heard = [(row["position"], row["position"]) for row in went]
    heard += [(max(row["position"], row["linked"]), row["position"]) for row in decided]
    return [position for _, position in sorted(heard)]
