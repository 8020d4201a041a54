"""Sessions that a gateway gives to readers do not spoil the token of a writer."""

import asyncio
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.settings import ODataSettings
from andon.core.errors import CredentialsError


class Sessions:
    """A gateway that gives every caller without a session a new one, and answers some readers
    late: `/svc/slow/N` once `let[N]` is set."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.alive: set[str] = set()
        self.let = {name: asyncio.Event() for name in ("1", "2")}
        self.before_token: asyncio.Event | None = None
        self.after: asyncio.Event | None = None
        self.effects = 0
        self.endings = 0
        """So many of the next posts arrive when all sessions have just ended."""

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """One call."""
        if request.method == "POST" and self.endings > 0:
            self.endings -= 1
            self.alive.clear()
        session = request.cookies.get("session", "")
        fresh = session not in self.alive
        if fresh:
            session = f"s{next(self.numbers)}"
            self.alive.add(session)
        said = web.json_response({"d": {}})
        slow = self.let.get(request.path.rpartition("/")[2])
        if slow is not None:
            await slow.wait()
        elif request.headers.get("x-csrf-token") == "Fetch":
            said.headers["x-csrf-token"] = f"token of {session}"
            if self.before_token is not None and self.after is not None:
                self.before_token.set()
                await self.after.wait()
        elif request.method == "POST":
            if request.headers.get("x-csrf-token") != f"token of {session}":
                said = web.Response(status=403, headers={"x-csrf-token": "Required"})
            else:
                self.effects += 1
        if fresh:
            said.set_cookie("session", session)
        return said


@asynccontextmanager
async def _reached(sap: Sessions) -> AsyncGenerator[Gateway]:
    runner = web.ServerRunner(web.Server(sap.answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway = Gateway(ODataSettings(url=f"http://127.0.0.1:{runner.addresses[0][1]}", client=""))
    try:
        yield gateway
    finally:
        await gateway.close()
        await runner.cleanup()


async def test_a_session_that_ends_again_while_a_call_waits_costs_one_more_token() -> None:
    # Found by the lab: behind a backlog two endings in a row paused the ERP for an operator.
    sap = Sessions()
    async with _reached(sap) as gateway:
        sap.endings = 3
        await gateway.effect("svc", "POST", "doc", b"{}")
        assert sap.effects == 1
        sap.endings = 100
        with pytest.raises(CredentialsError, match="every CSRF token"):
            await gateway.effect("svc", "POST", "doc", b"{}")
        assert sap.effects == 1


async def test_readers_that_are_given_sessions_meanwhile_do_not_spoil_a_token() -> None:
    # Found by the lab: this was taken for a gateway that drops cookies, and the ERP was paused.
    sap = Sessions()
    async with _reached(sap) as gateway:
        first = asyncio.create_task(gateway.get("svc", "slow/1"))
        second = asyncio.create_task(gateway.get("svc", "slow/2"))
        await _arrived(sap, 2)
        await gateway.effect("svc", "POST", "doc", b"{}")
        sap.let["1"].set()
        await first  # the reader's session is the newest cookie now
        sap.before_token, sap.after = sap.let["2"], asyncio.Event()

        async def late() -> None:
            await second
            assert sap.after is not None
            sap.after.set()

        waiting = asyncio.create_task(late())
        sap.alive -= {"s3"}  # the writer's own session ends, so that it must renew
        async with asyncio.timeout(60):
            await gateway.effect("svc", "POST", "doc", b"{}")
        await waiting
        assert sap.effects == 2


async def _arrived(sap: Sessions, count: int) -> None:
    async with asyncio.timeout(60):
        while len(sap.alive) < count:  # noqa: ASYNC110 requests ring no bell
            await asyncio.sleep(0.005)
