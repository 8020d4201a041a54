"""A plant that asks one system for everything Andon can ask, and the counter where one asks it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import asyncpg
import httpx
import msgspec

from andon.api.app import create_app
from andon.api.capabilities import example_of
from andon.api.commands import address_of
from andon.api.keyring import KeyRing
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.core.message import Command
from andon.core.plant import Connection, Route
from andon.engine.clock import SystemClock
from andon.engine.hub import EngineHub
from andon.engine.ingest import Ingest
from andon.engine.plan import wire
from andon.model.vocabulary import VOCABULARY
from andon.store.access import create_key
from tests.integration.api_plant import alive
from tests.integration.plant import Fake, FakeSettings, Shift

COMMANDS = [shape for shape in VOCABULARY if issubclass(shape, Command)]
TURNS = (
    [shape for shape in COMMANDS if shape.HOLDS is None],
    *([shape] for shape in COMMANDS if shape.HOLDS is not None),
)
"""A held lot is not moved, so holds come when all else is done."""
KNOWN = ("1000001", "1000002")
"""Ids by which the books know one subject of every kind; the first is that of the examples."""


def _written(shape: type[Command]) -> Outbound:
    @outbound(shape, proof="keyed")
    def write(command: Command, known: Known) -> Request:
        del known
        return Request(target=shape.__name__, body={"order": command.local})

    return write


class Line:
    """To the database; while it is cut nobody answers."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.cut = False
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        if self.cut:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed")
        return getattr(self._pool, name)


class Counter:
    """Where one asks, and sees what came of it."""

    def __init__(self, dsn: str, client: httpx.AsyncClient, books: Fake, line: Line) -> None:
        self.dsn = dsn
        self.books = books
        self.line = line
        self._client = client

    async def asks(
        self, shape: type[Command], body: Any = None, *, key: str = "", wait: int = 30
    ) -> httpx.Response:
        """The example, unless there is another body."""
        area, name = address_of(shape)
        return await self._client.post(
            f"/v1/{area}/{name}",
            content=msgspec.json.encode(example_of(shape)) if body is None else body,
            headers={"Idempotency-Key": key or shape.__name__, "Prefer": f"wait={wait}"},
        )

    async def sees(self, address: str) -> httpx.Response:
        """What stands at an address."""
        return await self._client.get(address)


Asks = Callable[[type[Command]], Awaitable[httpx.Response]]


async def each(asks: Asks) -> dict[str, httpx.Response]:
    """The answers to all commands, by name."""
    answers: dict[str, httpx.Response] = {}
    for shapes in TURNS:
        answers |= await together(asks, shapes)
    return answers


async def together(asks: Asks, shapes: Sequence[type[Command]]) -> dict[str, httpx.Response]:
    """The same for some, all at once."""
    names = [shape.__name__ for shape in shapes]
    return dict(zip(names, await asyncio.gather(*map(asks, shapes)), strict=True))


class _Staff:
    def __init__(self, dsn: str) -> None:
        settings = {
            "dedupes": True,
            "timeout": timedelta(milliseconds=400),
            "settles_within": timedelta(milliseconds=600),
            "backoff": timedelta(milliseconds=50),
            "attempts": 1000,
        }
        self.dsn = dsn
        self.books = Fake("books", msgspec.convert(settings, FakeSettings))
        self.plan = wire(
            name="counter",
            site="here",
            connections=[(Connection("books", Fake, [*map(_written, COMMANDS)]), self.books)],
            workflows=[],
            routes=[Route(shape, "books") for shape in COMMANDS],
            ownership=[],
            policies=[],
            messages=VOCABULARY,
        )


@asynccontextmanager
async def counter_on(dsn: str) -> AsyncIterator[Counter]:
    """Open, with a worker behind it, which has a line of its own."""
    staff, clock = _Staff(dsn), SystemClock()
    async with asyncpg.create_pool(dsn, min_size=1, max_size=6) as pool:
        line = Line(pool)
        ingest = Ingest(staff.plan, dsn, clock)
        hub = EngineHub(staff.plan, cast("Any", line), ingest, clock, _no_door)
        ring = KeyRing()
        app = create_app(hub, ring=ring)
        token = await create_key(pool, "planner", scopes=["admin"])
        await pool.executemany(
            "insert into subject select k || '/books:' || $1, k, 'books', $1, 'here', 1, now()"
            " from unnest($2::text[]) k",
            [(id, sorted({shape.KIND for shape in COMMANDS})) for id in KNOWN],
        )
        shift = Shift(staff)
        async with (
            alive(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),
                base_url="http://localhost",
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            ) as client,
        ):
            try:
                yield Counter(dsn, client, staff.books, line)
            finally:
                await shift.end()


async def _no_door(*_: Any) -> None:
    raise AssertionError("nobody knocks")
