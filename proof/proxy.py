"""A proxy that can hold an answer after the system behind it has committed, and says so."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import aiohttp
import msgspec
from aiohttp import web

__all__ = ["Call", "Proxy", "Said", "held_at_kill", "said"]

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}

Named = Callable[[str, str, bytes], str | None]
"""Method, path and body to the name of a call that has an effect; None for every other."""


class Call(msgspec.Struct, frozen=True):
    """One call with an effect that the system behind the proxy has committed."""

    number: int
    name: str
    path: str
    asked_at: float
    """When it reached the proxy, on the monotonic clock."""
    at: float
    """When the system's answer was here."""


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the log."""

    what: str
    at: float
    about: str = ""
    call: Call | None = None


class Proxy:
    """Passes requests on. While it holds, answers to calls with an effect stay here.

    A held answer is a commit nobody was told of: its requester must be killed or time out.
    `delay` keeps a request instead, before the system has seen it.
    """

    def __init__(self, target: str, log: Path, *, named: Named) -> None:
        self._target = target
        self.log = log
        self._log = log.open("a")
        self._named = named
        self._open = asyncio.Event()
        self._open.set()
        self._until: str | None = None
        self._numbers = 0
        self._held: dict[int, Call] = {}
        self.committed: list[Call] = []
        """Every call with an effect, in the order in which the system committed."""
        self.delays: dict[tuple[str, ...], asyncio.Event] = {}
        """Words -> a request that has them all (in `POST /path body`) waits for the event."""
        self.looks: list[str] = []
        """What was asked for by GET."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
        await self._runner.cleanup()
        await self._session.close()
        self._log.close()

    @property
    def held(self) -> int:
        """Answers held at this moment."""
        return len(self._held)

    def hold(self, first: str | None = None) -> None:
        """From now on committed answers stay here; with a name, from the first of that name on."""
        self._until = first
        self._open.clear()

    def release(self) -> None:
        """Lets them go; who asked is usually dead by then."""
        self.note("release", str(len(self._held)))
        self._open.set()

    def note(self, what: str, about: str) -> None:
        """Writes one line of the log."""
        self._write(Said(what, time.monotonic(), about))

    def _write(self, line: Said) -> None:
        self._log.write(msgspec.json.encode(line).decode() + "\n")
        self._log.flush()

    async def _pass(self, request: web.Request) -> web.Response:
        asked_at = time.monotonic()
        body = await request.read()
        if request.method == "GET":
            self.looks.append(unquote(request.path_qs))
        text = f"{request.method} {request.path} {body.decode()}"
        for words, event in list(self.delays.items()):
            if all(word in text for word in words):
                self.note("delayed", request.path)
                await event.wait()
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP}
        async with self._session.request(
            request.method, self._target + request.path_qs, data=body, headers=headers
        ) as answer:
            answered = await answer.read()
            status, kind = answer.status, answer.content_type
        name = self._named(request.method, request.path, body)
        if name is not None and status < 300:
            await self._has_committed(name, request.path, asked_at)
        return web.Response(status=status, body=answered, content_type=kind)

    async def _has_committed(self, name: str, path: str, asked_at: float) -> None:
        self._numbers += 1
        call = Call(self._numbers, name, path, asked_at, time.monotonic())
        self.committed.append(call)
        self._write(Said("committed", call.at, call=call))
        if self._open.is_set() or self._until not in (None, name):
            return
        self._until = None
        self._write(Said("held", time.monotonic(), call=call))
        self._held[call.number] = call
        try:
            await self._open.wait()
        finally:
            del self._held[call.number]


def said(log: Path) -> list[Said]:
    """The log's lines."""
    return [msgspec.json.decode(line, type=Said) for line in log.read_text().splitlines()]


def held_at_kill(log: Path, number: int) -> list[Call]:
    """The calls whose answers the log shows held after their commit, and not let go, at a kill."""
    held: list[Call] = []
    for line in said(log):
        match line:
            case Said("held", call=Call() as call):
                held.append(call)
            case Said("release"):
                held.clear()
            case Said("kill", about=about) if about == f"round {number}":
                return held
            case _:
                pass
    return []
