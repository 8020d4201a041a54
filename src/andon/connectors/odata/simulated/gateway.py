"""The door of the system: who comes in, with which session and token, and how badly it answers."""

__all__ = ["Gateway", "edmx"]

import asyncio
import base64
import secrets
import time
from collections.abc import Callable, Mapping
from importlib.resources import files

import msgspec
from aiohttp import web

from andon.connectors.odata.metadata import described
from andon.connectors.odata.simulated.batching import batch_reply
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.company import Company
from andon.connectors.odata.simulated.saying import Reply, json_reply, refused
from andon.connectors.odata.simulated.service import Asked, Service

SERVICES = (
    "API_PRODUCTION_ORDER_2_SRV",
    "API_PROD_ORDER_CONFIRMATION_2_SRV",
    "API_MATERIAL_DOCUMENT_SRV",
    "API_MATERIAL_STOCK_SRV",
    "API_INSPECTIONLOT_SRV",
    "API_SALES_ORDER_SRV",
    "API_OUTBOUND_DELIVERY_SRV",
    "API_PURCHASEORDER_PROCESS_SRV",
    "API_PRODUCT_SRV",
    "API_BILL_OF_MATERIAL_SRV",
    "API_JOURNALENTRYITEMBASIC_SRV",
)
V2, V4, TOKENS = "/sap/opu/odata/sap/", "/sap/opu/odata4/andon/", "/sap/bc/sec/oauth2/token"
_COOKIE = "SAP_SESSIONID_SIM_100"
_PAGE = "<html><body><h1>Logon failed</h1></body></html>"


def edmx(name: str) -> bytes:
    """A service's `$metadata`, as it lies in the package."""
    return files("andon.connectors.odata.simulated").joinpath("edmx", f"{name}.edmx").read_bytes()


class _Session(msgspec.Struct):
    token: str
    until: float


class Gateway:
    """Answers for all services of a company. Its bad days are set from outside."""

    def __init__(self, company: Company, *, user: str, password: str) -> None:
        self.company = company
        self.user = user
        self.password = password
        self.client = "100"
        self.sessions: dict[str, _Session] = {}
        self.access: set[str] = set()
        """Bearers it has given out and still takes."""
        self.token_life = 1800.0
        self.calls: list[str] = []
        """Every call that asked for an effect and was let in, `POST A_MaterialDocumentHeader`."""
        self.fetched = 0
        """CSRF tokens given out on request."""
        self.losing = 0
        """So many of the next effects are done, and their answers never arrive."""
        self.failing: list[tuple[int, str]] = []
        """Statuses and words with which the next effects are met, undone."""
        self.meanwhile: list[Callable[[], object]] = []
        """What others do just before the next effect, one for each."""
        self.delay = 0.0
        """Seconds before every answer."""
        self.services = {
            **{V2 + name: Service(described(edmx(name)), name, company, 2) for name in SERVICES},
            V4 + "plant_orders": Service(
                described(edmx("plant_orders")), "plant_orders", company, 4
            ),
        }

    def settle(self, address: str) -> None:
        """Tells the services under which address they are reached, as they believe."""
        for path, service in self.services.items():
            service.root = f"{address}{path}/"

    def expire_tokens(self) -> None:
        """All sessions end, and their CSRF tokens with them."""
        self.sessions.clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One HTTP call."""
        if self.delay:
            await asyncio.sleep(self.delay)
        body = await request.read()
        path = request.rel_url.raw_path
        if path == TOKENS:
            return _http(self._give_access(request, body))
        user = self._user(request.headers.get("authorization", ""))
        if user is None or request.query.get("sap-client", self.client) != self.client:
            page = {"content-type": "text/html", "www-authenticate": "Basic realm=SIM"}
            return _http(Reply(401, _PAGE.encode(), page))
        name, session, fresh = self._session(request)
        reply = self._inside(request, body, user, session)
        response = _http(reply)
        if fresh:
            response.set_cookie(_COOKIE, name, path="/", httponly=True)
            response.set_cookie("sap-usercontext", "sap-client=100", path="/")
        if request.headers.get("x-csrf-token", "").lower() == "fetch":
            self.fetched += 1
            response.headers["x-csrf-token"] = session.token
        if reply.lost and request.transport is not None:
            request.transport.abort()
        return response

    def _inside(self, request: web.Request, body: bytes, user: str, session: _Session) -> Reply:
        raw = request.rel_url.raw_path
        root = next((one for one in self.services if f"{raw}/".startswith(f"{one}/")), None)
        if root is None:
            text = f"No service found for '{raw.rpartition('/')[2]}'"
            return refused(RefusedCallError("/IWFND/MED/170", text, status=404), 2, "")
        service, inner = self.services[root], raw[len(root) :].lstrip("/")
        if request.method in ("GET", "HEAD"):
            if inner == "$metadata":
                return Reply(200, edmx(service.name), {"content-type": "application/xml"})
            return service.answer(_asked(request, inner, body, user))
        if request.headers.get("x-csrf-token", "") != session.token:
            kind = {"content-type": "text/plain", "x-csrf-token": "Required"}
            return Reply(403, b"CSRF token validation failed", kind)
        if self.failing:
            status, words = self.failing.pop(0)
            return Reply(status, words.encode(), {"content-type": "text/html"})
        self.calls.append(f"{request.method} {inner}")
        if self.meanwhile:
            self.meanwhile.pop(0)()
        reply = self._effect(service, _asked(request, inner, body, user))
        if self.losing and reply.status < 300:
            self.losing -= 1
            return msgspec.structs.replace(reply, lost=True)
        return reply

    def _effect(self, service: Service, asked: Asked) -> Reply:
        try:
            if asked.path.partition("?")[0] == "$batch":
                return batch_reply(service, asked)
            kind = asked.headers.get("content-type", "application/json")
            if asked.body and not kind.startswith("application/json"):
                raise RefusedCallError("/IWFND/CM_BEC/026", f"No {kind}, please", status=415)
            return service.answer(asked)
        except RefusedCallError as error:
            return refused(error, service.version, service.name)

    def _user(self, said: str) -> str | None:
        way, _, rest = said.partition(" ")
        if way == "Bearer":
            return self.user if rest in self.access else None
        try:
            user, _, password = base64.b64decode(rest).decode().partition(":")
        except ValueError:
            return None
        known = way == "Basic" and (user, password) == (self.user, self.password)
        return user if known else None

    def _session(self, request: web.Request) -> tuple[str, _Session, bool]:
        name = request.cookies.get(_COOKIE, "")
        session, now = self.sessions.get(name), time.monotonic()
        if session is not None and session.until > now:
            return name, session, False
        name, session = secrets.token_hex(8), _Session(secrets.token_hex(12), now + self.token_life)
        self.sessions[name] = session
        return name, session, True

    def _give_access(self, request: web.Request, body: bytes) -> Reply:
        if (
            self._user(request.headers.get("authorization", "")) is None
            or b"client_cred" not in body
        ):
            return json_reply({"error": "invalid_client"}, 401)
        token = secrets.token_hex(16)
        self.access.add(token)
        return json_reply({"access_token": token, "token_type": "Bearer", "expires_in": 600})


def _asked(request: web.Request, inner: str, body: bytes, user: str) -> Asked:
    query = request.rel_url.raw_query_string
    headers: Mapping[str, str] = {name.lower(): value for name, value in request.headers.items()}
    path = f"{inner}?{query}" if query else inner
    return Asked(request.method, path, headers, body, user)


def _http(reply: Reply) -> web.Response:
    return web.Response(status=reply.status, body=reply.body, headers=dict(reply.headers))
