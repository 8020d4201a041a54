"""A small JSON system: keeps documents under our key, and refuses what it does not like."""

__all__ = ["COUNTERPARTS", "Documents"]

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Takes


class Documents(Counterpart, Takes):
    """`POST /documents` answers a repeated key with its first answer."""

    name = "documents"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "a document needs a name"

    def __init__(self) -> None:
        self._token = "token-of-the-documents"
        self._made: dict[str, dict[str, Any]] = {}
        self._done: list[str] = []
        self._runner: web.AppRunner | None = None
        self._port = 1
        self._losing = False

    async def start(self) -> None:
        """Listens on loopback, at the same port after a stop."""
        app = web.Application()
        app.router.add_post("/documents", self._make)
        app.router.add_get("/documents", self._find)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        port = 0 if self._port == 1 else self._port
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Lets go of the port; what it holds stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def settings(self) -> dict[str, Any]:
        """With the look-up by our key."""
        return {
            "url": f"http://127.0.0.1:{self._port}",
            "token": self._token,
            "find": "/documents?external_id={key}",
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another token."""
        return {**self.settings(), "token": "not-the-token"}

    def request(self, effect: str) -> Request:
        """A document of this name."""
        return Request(target="POST /documents", body={"name": effect})

    async def effects(self) -> Sequence[str]:
        """Names of the documents, in order."""
        return list(self._done)

    async def lose_answer(self) -> None:
        """The next document is made, then the line breaks."""
        self._losing = True

    def refused(self) -> Request:
        """A document without a name."""
        return Request(target="POST /documents", body={})

    async def _make(self, request: web.Request) -> web.Response:
        if (refused := self._stranger(request)) is not None:
            return refused
        key = request.headers["idempotency-key"]
        if key not in self._made:
            body: dict[str, Any] = msgspec.json.decode(await request.read())
            if "name" not in body:
                return _json({"message": "a document needs a name"}, 422)
            self._made[key] = {"id": f"D{len(self._made) + 1}", **body}
            self._done.append(body["name"])
        if self._losing and request.transport is not None:
            self._losing = False
            request.transport.abort()
        return _json(self._made[key], 201)

    async def _find(self, request: web.Request) -> web.Response:
        if (refused := self._stranger(request)) is not None:
            return refused
        found = self._made.get(request.query["external_id"])
        return _json([] if found is None else [found])

    def _stranger(self, request: web.Request) -> web.Response | None:
        if request.headers.get("authorization") == f"Bearer {self._token}":
            return None
        return _json({"message": "who are you?"}, 401)


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value), status=status, content_type="application/json"
    )


COUNTERPARTS = (Documents,)
