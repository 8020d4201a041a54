"""A JSON system with the oddities of real ones: tokens that end, pages that shift, late rows."""

__all__ = ["JsonSystem"]

import itertools
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web

from andon.connectors._ports import free_port

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LARGEST_PAGE = 500


class JsonSystem:
    """Rows that change, documents that are made once per key, and a door that asks who you are."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.changes: list[dict[str, Any]] = []
        """Every change in order, for those who read by cursor."""
        self.forgotten = 0
        """So many of the first changes are not kept any more."""
        self.documents: dict[str, dict[str, Any]] = {}
        self.done: list[str] = []
        """Names of documents, one that was made twice stands here twice."""
        self.dedupes = True
        self.losing = False
        self.accepts: Callable[[web.Request], bool] = lambda _: True
        """Whether a request says rightly who makes it."""
        self.secret = ""
        """The client secret for which tokens are given."""
        self.tokens: dict[str, int] = {}
        """Calls left per token."""
        self.token_calls = 1_000_000
        self.throttles_every = 0
        """One read in so many is asked to come back."""
        self.renumbers = False
        """Whether a page that is read makes the rows behind it move forward once."""
        self.reads = 0
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        """Before the first start it leads to where nobody answers."""
        return f"http://127.0.0.1:{self._port or 1}"

    async def start(self, port: int = 0) -> None:
        """Listens on loopback, at the same port after a stop."""
        app = web.Application(middlewares=[self._door])
        app.router.add_post("/token", self._token)
        app.router.add_get("/rows", self._list)
        app.router.add_get("/oldest", self._oldest)
        app.router.add_get("/pages", self._numbered)
        app.router.add_get("/changes", self._changed)
        app.router.add_post("/documents", self._make)
        app.router.add_get("/documents", self._find)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port or self._port or free_port()).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Lets go of the port; what it holds stays."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def write(self, text: str, *, changed_at: datetime | None = None) -> dict[str, Any]:
        """A new row. Its clock is coarse: many rows share a second."""
        row = {"id": f"R{next(self._numbers)}", "text": text}
        return self.change(row, changed_at=changed_at)

    def change(self, row: dict[str, Any], *, changed_at: datetime | None = None) -> dict[str, Any]:
        """A new state of a row."""
        at = (changed_at or datetime.now(UTC)).replace(microsecond=0)
        state = {**row, "changed_at": at.isoformat().replace("+00:00", "Z")}
        self.rows[row["id"]] = state
        self.changes.append(state)
        return state

    @web.middleware
    async def _door(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/token":
            return await handler(request)
        if not self.accepts(request) or not self._token_holds(request):
            return _json({"title": "who are you?"}, 401)
        if request.method == "GET" and request.path != "/documents":
            self.reads += 1
            if self.throttles_every and self.reads % self.throttles_every == 0:
                return _json({"title": "slow down"}, 429, {"retry-after": "0"})
        return await handler(request)

    def _token_holds(self, request: web.Request) -> bool:
        if not self.secret:
            return True
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.tokens[token] = self.tokens.get(token, 0) - 1
        return self.tokens[token] >= 0

    async def _token(self, request: web.Request) -> web.Response:
        fields = await request.post()
        basic = request.headers.get("authorization", "")
        if basic != f"Basic {self.secret}" or fields.get("grant_type") != "client_credentials":
            said = {"error": "invalid_client", "error_description": "no such client"}
            return _json(said, 401)
        token = f"token-{next(self._numbers)}-of-the-system"
        self.tokens[token] = self.token_calls
        return _json({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    async def _list(self, request: web.Request) -> web.Response:
        """Newest change first, by offset: a row that changes meanwhile moves the others."""
        rows = sorted(self._since(request), key=lambda row: row["changed_at"], reverse=True)
        offset, limit = _number(request, "offset", 0), _number(request, "limit", 100)
        page = rows[offset : offset + min(limit, _LARGEST_PAGE)]
        if self.renumbers and offset == 0 and len(rows) > limit:
            self.renumbers = False
            gone = rows[0]  # it leaves the first page, so one that was on the second is there now
            self.change(gone, changed_at=datetime.now(UTC) - timedelta(days=1000))
        return _json({"data": {"rows": page}})

    async def _oldest(self, request: web.Request) -> web.Response:
        """Oldest change first, at most `limit` behind `offset`."""
        rows = sorted(self._since(request), key=lambda row: row["changed_at"])
        offset, limit = _number(request, "offset", 0), _number(request, "limit", 100)
        return _json(rows[offset : offset + min(limit, _LARGEST_PAGE)])

    async def _numbered(self, request: web.Request) -> web.Response:
        """Pages of two, with a Link header; the last page again for every number beyond it."""
        rows, page = list(self.rows.values()), _number(request, "page", 1)
        last = max(1, (len(rows) + 1) // 2)
        link = f'<{self.url}/pages?page={page + 1}>; rel="next"' if page < last else ""
        at = (min(page, last) - 1) * 2
        return _json(rows[at : at + 2], 200, {"link": link} if link else {})

    async def _changed(self, request: web.Request) -> web.Response:
        """Changes after a cursor, at most 200; one that was forgotten is answered with 410."""
        after = _number(request, "after", self.forgotten)
        if after < self.forgotten:
            return _json({"title": "this cursor is too old"}, 410)
        page = self.changes[after : after + 200]
        return _json({"changes": page, "next": after + len(page)})

    async def _make(self, request: web.Request) -> web.Response:
        body: dict[str, Any] = msgspec.json.decode(await request.read())
        key = request.headers.get("idempotency-key") or body.get("external_id", "")
        if self.dedupes and key in self.documents:
            return self._told(request, self.documents[key])
        if "name" not in body:
            said = {
                "type": "about:blank",
                "title": "Not taken",
                "detail": "a document needs a name",
            }
            return _json(said, 422)
        self.documents[key] = {"id": f"D{len(self.done) + 1}", "external_id": key, **body}
        self.done.append(body["name"])
        return self._told(request, self.documents[key])

    def _told(self, request: web.Request, document: dict[str, Any]) -> web.Response:
        if self.losing and request.transport is not None:
            self.losing = False
            request.transport.abort()
        return _json(document, 201)

    async def _find(self, request: web.Request) -> web.Response:
        found = self.documents.get(request.query.get("external_id", ""))
        return _json({"found": [] if found is None else [found]})

    def _since(self, request: web.Request) -> list[dict[str, Any]]:
        since = request.query.get("since", "")
        return [row for row in self.rows.values() if row["changed_at"] >= since[:19]]


def _number(request: web.Request, name: str, otherwise: int) -> int:
    return int(request.query.get(name, otherwise))


def _json(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=msgspec.json.encode(value),
        status=status,
        headers=headers,
        content_type="application/json",
    )
