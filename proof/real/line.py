"""The line between the MES and Andon. It is not perfect, so the MES has to say things twice."""

from types import TracebackType
from typing import Self
from zlib import crc32

import aiohttp
import msgspec
from aiohttp import web

__all__ = ["Line", "fate"]

_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}
_KINDS = 8
"""One message of so many is cut before Andon, one is cut after."""


class _Key(msgspec.Struct):
    message_key: str


def fate(message_key: str) -> str:
    """What becomes of the first delivery of this message: `cut`, `unanswered` or `passes`.

    A message that was cut is offered again a second later, so others overtake it.
    """
    match crc32(message_key.encode()) % _KINDS:
        case 0:
            return "cut"
        case 1:
            return "unanswered"
        case _:
            return "passes"


class Line:
    """Passes everything on; the first delivery of some confirmations breaks off."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._tried: set[str] = set()
        self.unanswered: set[str] = set()
        """Confirmations that Andon had accepted when their answer was lost."""
        self.cut: set[str] = set()
        """Confirmations whose first delivery never reached Andon."""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=False)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _pass(self, request: web.Request) -> web.Response:
        body = await request.read()
        key = ""
        if request.path.endswith("/confirmations"):
            key = msgspec.json.decode(body, type=_Key).message_key
        fresh = key not in self._tried
        self._tried.add(key)
        if key and fresh and fate(key) == "cut":
            self.cut.add(key)
            return _broken(request)
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _HOP}
        try:
            async with self._session.request(
                request.method, self._target + request.path_qs, data=body, headers=headers
            ) as answer:
                answered, status, kind = await answer.read(), answer.status, answer.content_type
        except aiohttp.ClientError:
            return _broken(request)  # Andon is not there
        if key and fresh and status < 300 and fate(key) == "unanswered":
            self.unanswered.add(key)
            return _broken(request)
        return web.Response(status=status, body=answered, content_type=kind)


def _broken(request: web.Request) -> web.Response:
    """Nothing comes back but the end of the connection."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
