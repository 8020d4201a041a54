"""A database with rows, a hub that remembers what it was asked, and the API over both."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import asyncpg
import httpx
import msgspec
import uvicorn

from andon.api.app import create_app, end_streams
from andon.api.keyring import KeyRing
from andon.api.needs import Arriving, Web
from andon.core.errors import DeniedError, InvalidError, RejectedError
from andon.core.message import Claims, Command, Event
from andon.core.plant import Partnership
from andon.core.record import Actor
from andon.engine.submission import Submitted
from andon.governance.contracts import Contracts
from andon.store.access import create_key

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class PumpMade(Event, frozen=True, kw_only=True):
    TYPE: ClassVar[str] = "andon.production.pump.made.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order"
    order: str
    pieces: int

    def claims(self) -> Claims:
        return {"made": self.pieces}


class PaintPump(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    TYPE: ClassVar[str] = "andon.production.pump.paint.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order"
    order: str
    colour: str


class FakeHub:
    """The engine's face: what it was given stands in lists, commands answer by their colour."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self.contracts = Contracts([PumpMade, PaintPump])
        self.commands = [PaintPump]
        self.partnerships = [
            Partnership(role="customer", sees={PumpMade.KIND: ["made"]}, asks=[PaintPump])
        ]
        self.accepted: list[Arriving] = []
        self.submitted: dict[str, Command] = {}
        self.answers: list[tuple[int, str, str]] = []
        self.woken = 0
        self.ring = KeyRing()

    def now(self) -> datetime:
        return NOON

    async def accept(self, events: Sequence[Arriving], actor: Actor) -> Sequence[int]:
        self.accepted += events
        return list(range(1, len(events) + 1))

    async def submit(
        self, command: Command, actor: Actor, *, key: str, wait: timedelta
    ) -> Submitted:
        assert isinstance(command, PaintPump)
        if self.submitted.setdefault(key, command) != command:
            raise InvalidError("This key was used for another payload.")
        match command.colour:
            case "pink":
                raise RejectedError("We paint no pumps pink.")
            case "black":
                raise DeniedError("Black needs the planner.")
            case _ if wait:
                return Submitted(key=key, state="delivered", reference="PAINT-1")
            case _:
                return Submitted(key=key, state="going")

    async def answer(self, exception: int, choice: str, actor: Actor) -> None:
        self.answers.append((exception, choice, actor.name))
        await self.pool.execute(
            "update exception set answer = $2, state = 'resolved', closed_by = $3 where id = $1",
            exception,
            choice,
            actor.name,
        )

    async def wake(self) -> None:
        self.woken += 1

    async def in_door(self, scope: Any, receive: Any, send: Any) -> None:
        status = 200 if self.ring.check(scope["headers"], "inbox:mes") else 401
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Plant:
    """What a test speaks with."""

    def __init__(self, hub: FakeHub, app: Any, client: httpx.AsyncClient) -> None:
        self.hub = hub
        self.db = hub.pool
        self.app = app
        self.client = client

    async def key(
        self,
        *scopes: str,
        sites: Sequence[str] = (),
        system: str | None = None,
        party: str | None = None,
    ) -> dict[str, str]:
        """Headers with a new key that works at once."""
        name = f"k{'-'.join(scopes)}"
        token = await create_key(
            self.db, name, scopes=scopes, sites=sites, system=system, party=party
        )
        await self.hub.ring.refresh(self.db)
        return {"Authorization": f"Bearer {token}"}

    async def subject(self, name: str, *, site: str = "riverside", position: int = 1) -> None:
        kind, _, rest = name.partition("/")
        issuer, _, local = rest.partition(":")
        await self.db.execute(
            "insert into subject values ($1, $2, $3, $4, $5, $6, $7)",
            name, kind, issuer, local, site, position, NOON,
        )  # fmt: skip

    async def record(
        self, position: int, subject: str, *, kind: str = "event", cause: int | None = None,
        source: str = "erp", claims: dict[str, Any] | None = None, at: datetime = NOON,
        data: dict[str, Any] | None = None, id: str | None = None,
        occurred_at: datetime | None = None,
    ) -> None:  # fmt: skip
        await self.db.execute(
            "insert into log values ($1, $2, $3, $4, 'andon.production.pump.made.v1', $5, $5,"
            " lane_of($5), 'c', $6, $7, $8, 'riverside', 'test', false, $3, $9::jsonb, $10::jsonb)",
            position, kind, source, id or f"id-{position}", subject, cause, occurred_at or at, at,
            msgspec.json.encode(claims).decode() if claims else None,
            msgspec.json.encode(data or {}).decode(),
        )  # fmt: skip

    async def link(self, subject: str, relation: str, object_: str, *, position: int = 1) -> None:
        await self.db.execute(
            "insert into link (subject, relation, object, position, since)"
            " values ($1, $2, $3, $4, $5)",
            subject, relation, object_, position, NOON,
        )  # fmt: skip

    async def belief(
        self, subject: str, attribute: str, system: str, value: Any, *, at: datetime = NOON
    ) -> None:
        await self.db.execute(
            "insert into belief (subject, attribute, system, value, occurred_at, recorded_at,"
            " position, since) values ($1, $2, $3, $4::jsonb, $5, $5, 1, $5)",
            subject, attribute, system, msgspec.json.encode(value).decode(), at,
        )  # fmt: skip

    async def ownership(self, attribute: str, owner: str, follower: str, within: timedelta) -> None:
        await self.db.execute(
            "insert into ownership values ('production-order', $1, $2, $3, $4, 'planning')",
            attribute, owner, follower, within,
        )  # fmt: skip

    async def case(
        self, cause: str, *, subject: str | None = None, connection: str | None = None,
        choices: Sequence[str] = (), raw: bytes | None = None,
    ) -> int:  # fmt: skip
        return await self.db.fetchval(
            "insert into exception (cause, class, code, team, text, subject, connection, choices,"
            " raw, opened_at) values ($1, 'operator', 'c', 'planning', 'Text.', $2, $3, $4, $5, $6)"
            " returning id",
            cause, subject, connection, list(choices), raw, NOON,
        )  # fmt: skip

    async def connection(self, name: str, *, site: str = "riverside") -> None:
        await self.db.execute(
            "insert into connection_state values ($1, $2, 'rest', '{sink}', 'running', null, $3)",
            name, site, NOON,
        )  # fmt: skip


@asynccontextmanager
async def alive(app: Any) -> AsyncGenerator[None, None]:
    """The application's lifespan in a task of its own, as a server has it."""
    ready, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            ready.set()
            await over.wait()

    task = asyncio.create_task(live())
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    try:
        yield
    finally:
        over.set()
        await task


@asynccontextmanager
async def open_plant(dsn: str, web: Web | None = None) -> AsyncGenerator[Plant, None]:
    """The API in this process, asked without sockets."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=6) as pool:
        hub = FakeHub(pool)
        app = create_app(hub, web=web, ring=hub.ring)
        async with (
            alive(app),
            httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app), base_url="http://localhost"
            ) as client,
        ):
            yield Plant(hub, app, client)


@asynccontextmanager
async def served(plant: Plant) -> AsyncGenerator[str, None]:
    """The same API on a loopback socket."""
    config = uvicorn.Config(
        plant.app, host="127.0.0.1", port=0, lifespan="off", log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 uvicorn has no event for it
        await asyncio.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        end_streams(plant.app)
        server.should_exit = True
        await task
