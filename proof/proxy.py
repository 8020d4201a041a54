"""A proxy that can hold an answer after the system behind it has committed, and says so."""

import asyncio
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

import aiohttp
import msgspec
from aiohttp import web

__all__ = ["Proxy", "held_at_kill"]

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Proxy:
    """Passes requests on. While it holds, answers to posts on held paths stay here.

    A held answer is a commit nobody was told of: its requester must be killed or time out.
    `delay` keeps a request instead, before the system has seen it.
    """

    def __init__(self, target: str, log: Path, *, holds: str) -> None:
        self._target = target
        self.log = log
        self._log = log.open("a")
        self._holds = holds
        self._open = asyncio.Event()
        self._open.set()
        self._held: set[str] = set()
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

    def hold(self) -> None:
        """From now on committed answers stay here."""
        self._open.clear()

    def release(self) -> None:
        """Lets them go; who asked is usually dead by then."""
        self.note("release", str(len(self._held)))
        self._open.set()

    def note(self, what: str, about: str) -> None:
        """Writes one line of the log."""
        line = {"at": round(time.monotonic(), 4), "what": what, "about": about}
        self._log.write(msgspec.json.encode(line).decode() + "\n")
        self._log.flush()

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.read()
        key = request.headers.get("Idempotency-Key", "")
        if request.method == "GET":
            self.looks.append(unquote(request.path_qs))
        said = f"{request.method} {request.path} {body.decode()}"
        for words, event in list(self.delays.items()):
            if all(word in said for word in words):
                self.note("delayed", key)
                await event.wait()
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP}
        async with self._session.request(
            request.method, self._target + request.path_qs, data=body, headers=headers
        ) as answer:
            text = await answer.read()
            status, kind = answer.status, answer.content_type
        if request.method == "POST" and request.path.startswith(self._holds):
            self.note("committed", key)
            if not self._open.is_set():
                await self._keep(key)
        return web.Response(status=status, body=text, content_type=kind)

    async def _keep(self, key: str) -> None:
        self.note("held", key)
        self._held.add(key)
        try:
            await self._open.wait()
        finally:
            self._held.discard(key)


def held_at_kill(log: Path, number: int) -> int:
    """How many answers the log shows held after their commit and not released at this kill."""
    held: set[str] = set()
    for text in log.read_text().splitlines():
        line = msgspec.json.decode(text)
        match line["what"]:
            case "held":
                held.add(line["about"])
            case "release":
                held.clear()
            case "kill" if line["about"] == f"round {number}":
                return len(held)
            case _:
                pass
    return 0
