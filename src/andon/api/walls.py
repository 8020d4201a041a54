"""The outer wall: host, origin, size and headers, for every request before any route is found."""

__all__ = ["Walls"]

import re
from typing import Any

from andon.api.callers import COOKIE
from andon.api.needs import ASGIApp, Web
from andon.api.problems import ProblemError, RawProblem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_COOKIE = f"{COOKIE}=".encode()

# Mantine writes its colours into <style> elements; scripts come from our own files only.
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
    b" img-src 'self' data:; font-src 'self' data:; connect-src 'self'; manifest-src 'self';"
    b" base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_HOST = re.compile(rb"(?:\[([0-9a-f:.]+)\]|([^:\[\]@/\s]+))(?::[0-9]{1,5})?")
_NO_STORE = (b"cache-control", b"no-store")
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")


class Walls:
    """Sends what is allowed to the API, to `/in/`, or to the page files; refuses the rest."""

    def __init__(self, api: ASGIApp, *, in_door: ASGIApp, pages: ASGIApp, web: Web) -> None:
        self._api = api
        self._in_door = in_door
        self._pages = pages
        self._limit = web.body_limit
        self._https = web.https
        self._names = frozenset(name.lower().encode() for name in web.hosts)
        self._right_hosts: set[bytes] = set()
        self._wrong_host = RawProblem(
            421, "This Andon is not known under this name. Add the name to its `web.hosts`."
        )
        self._wrong_origin = RawProblem(
            403,
            "This request comes from another site's page. Open the board under its own address.",
        )
        self._large = RawProblem(413, f"A request may have {self._limit} bytes. Send less at once.")
        self._no_socket = RawProblem(404, "There are no web sockets here.")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request. The way to `/in/` is kept short: it carries the load."""
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        host, origin, site, length, cookie = _read(scope["headers"])
        if host not in self._right_hosts and not self._learn(host):
            return await self._wrong_host(scope, receive, send)
        path: str = scope["path"]
        safe = scope["method"] in _SAFE
        if not self._origin_is_right(host, origin, site, safe=safe, cookie=cookie, path=path):
            return await self._wrong_origin(scope, receive, send)
        if length is None or not length.isdigit():
            receive = _counted(receive, self._limit)
        elif len(length) > 12 or int(length) > self._limit:
            return await self._large(scope, receive, send)
        started = False

        async def watched(message: Any) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if path.startswith("/in/"):
                await self._in_door(scope, receive, watched if length is None else send)
            elif path.startswith("/v1/") or path == "/healthz":
                await self._api(scope, receive, self._with_headers(watched, api=True))
            else:
                await self._pages(scope, receive, self._with_headers(send, api=False))
        except ProblemError:
            if not started:
                await self._large(scope, receive, send)
        return None

    def _learn(self, host: bytes) -> bool:
        found = _HOST.fullmatch(host.lower())
        if found is None or (found[1] or found[2]) not in self._names:
            return False
        if len(self._right_hosts) < 1000:
            self._right_hosts.add(host)
        return True

    def _origin_is_right(
        self, host: bytes, origin: bytes | None, site: bytes | None, *,
        safe: bool, cookie: bool, path: str,
    ) -> bool:  # fmt: skip
        if origin is not None:
            own = origin.lower() == b"https://" + host.lower() or (
                not self._https and origin.lower() == b"http://" + host.lower()
            )
            return own or (safe and not cookie and not path.startswith("/v1/"))
        if not cookie or not path.startswith("/v1/"):
            return True
        # Browsers say where an unsafe request comes from; one that does not is no page of ours.
        return safe and site in (None, b"same-origin", b"none")

    def _with_headers(self, send: Any, *, api: bool) -> Any:
        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                has = {name for name, _ in message["headers"]}
                headers = [*message["headers"], *(one for one in _HEADERS if one[0] not in has)]
                if api and b"cache-control" not in has:
                    headers.append(_NO_STORE)
                if self._https:
                    headers.append(_HTTPS_ONLY)
                message = {**message, "headers": headers}
            await send(message)

        return dressed


def _read(
    headers: Any,
) -> tuple[bytes, bytes | None, bytes | None, bytes | None, bool]:
    host: bytes | None = None
    origin = site = length = None
    cookie = False
    for name, value in headers:
        if name == b"host":
            # Two hosts: whoever stands between us may have believed the other one.
            host = value if host is None else b""
        elif name == b"origin":
            origin = value
        elif name == b"sec-fetch-site":
            site = value
        elif name == b"content-length":
            length = value
        elif name == b"cookie":
            cookie = cookie or _COOKIE in value
    return host or b"", origin, site, length, cookie


def _counted(receive: Any, limit: int) -> Any:
    taken = 0

    async def counting() -> Any:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise ProblemError(413, f"A request may have {limit} bytes. Send less at once.")
        return message

    return counting
