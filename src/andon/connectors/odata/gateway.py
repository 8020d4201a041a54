"""One session with one OData system: its cookies, its CSRF tokens, its way to say no."""

__all__ = ["Gateway"]

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from andon.connectors._access import access_of, tls_context
from andon.connectors._http import Answer, Http
from andon.connectors.odata.refusals import refusal
from andon.connectors.odata.settings import ODataSettings
from andon.core.errors import AndonError, CredentialsError, OutcomeUnknownError, UnavailableError
from andon.core.faults import UNREADABLE

_READING = ("GET", "HEAD")
_JSON = msgspec.json.Decoder(float_hook=Decimal)
"""A number with a point stays exactly the digits it was sent with."""
_TOKEN = "x-csrf-token"
_RENEWALS = 3
"""So many times a token that was refused is renewed for one call."""


class _Token(msgspec.Struct, frozen=True):
    """A CSRF token and the session it belongs to. A reader whose session has ended is given another
    one meanwhile, under which this token would be refused."""

    text: str
    cookies: Mapping[str, str]


class _TokenRefusedError(AndonError):
    """The gateway wants a fresh CSRF token; it did nothing else."""


class Gateway(Http):
    """Speaks below `settings.url`. Tokens and cookies are fetched when first needed and renewed
    when refused; that refusal is the one answer after which an effect is sent again."""

    def __init__(self, settings: ODataSettings) -> None:
        exact = ";IEEE754Compatible=true" if settings.version == 4 else ""
        headers = {"accept": f"application/json{exact}"}
        if settings.language:
            headers["accept-language"] = settings.language.lower()
        if settings.token is not None:
            headers["authorization"] = f"Bearer {settings.token.reveal()}"
        tls = tls_context(settings.tls)
        access = access_of(settings.auth, timeout=settings.timeout, tls=tls)
        super().__init__(
            settings.url,
            headers=headers,
            concurrency=settings.concurrency,
            timeout=settings.timeout,
            no_effect=frozenset(settings.no_effect),
            tls=tls,
            access=access,
        )
        self._later, self._meanings = frozenset(settings.later), settings.meanings
        self.json = f"application/json{exact}"
        """What a body is written in: OData 4 takes a decimal as text only where this says so."""
        told = {"sap-client": settings.client, "sap-language": settings.language}
        self._always = "&".join(f"{name}={quote(is_)}" for name, is_ in told.items() if is_)
        if not settings.client:
            self._always = ""  # no SAP, or one with its own default: it may not know such a word
        self._cookies: dict[str, str] = {}
        self._tokens: dict[str, _Token] = {}
        self._renewing = asyncio.Lock()

    async def get(self, service: str, path: str, headers: Mapping[str, str] = {}) -> Any:
        """JSON from below a service. Reading changes nothing, so its outcome is never unknown."""
        answer = await self._read(service, path, headers)
        if answer.status == 204:
            return {}
        try:
            return _JSON.decode(answer.body)
        except UNREADABLE as error:
            kind = answer.headers.get("content-type", "")
            if "html" in kind:
                raise CredentialsError(
                    f"{self.base}/{service} answered with a page for people, a login most likely."
                    " Check how the technical user signs in, then resume."
                ) from error
            raise UnavailableError(
                f"{self.base}/{service}/{_short(path)} answered what is no JSON ({kind}): {error}",
                reached=True,
            ) from error

    async def metadata(self, service: str) -> bytes:
        """What the service says about itself, as XML."""
        answer = await self._read(service, "$metadata", {"accept": "application/xml"})
        return answer.body

    async def effect(
        self,
        service: str,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] = {},
    ) -> Answer:
        """One call that changes something. A refused token is renewed, and only then: a few times,
        for a session may end again while the call waits for its turn."""
        told = {"content-type": self.json, **headers}
        token = self._tokens.get(service)
        if token is None:
            token = await self._renewed(service, None)
        for _ in range(_RENEWALS):
            try:
                return await self._effect(service, method, path, body, told, token)
            except _TokenRefusedError:
                token = await self._renewed(service, token)
        try:
            return await self._effect(service, method, path, body, told, token)
        except _TokenRefusedError as error:
            raise CredentialsError(
                f"{self.base}/{service} refuses every CSRF token it has just given out. Check that"
                " nothing between us drops its cookies, then resume."
            ) from error

    def below(self, service: str, link: str) -> str:
        """The path below a service that a link of the system means.

        Only path and query count: a gateway behind a proxy names a host we do not know, and our
        credentials go nowhere but to our own address.
        """
        parts = urlsplit(link)
        _, found, rest = parts.path.rpartition(f"/{service}/") if service else ("", "", "")
        if not found:
            root = urlsplit(self.base).path.rstrip("/") + "/"
            inside = parts.path.startswith(root) and not service
            rest = parts.path[len(root) :] if inside else parts.path.rpartition("/")[2]
        return f"{rest}?{parts.query}" if parts.query else rest

    async def _effect(
        self,
        service: str,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        token: _Token,
    ) -> Answer:
        asked = {**headers, **_cookie(token.cookies)}
        if token.text:
            asked[_TOKEN] = token.text
        answer = await self.exchange(method, self._path(service, path), body=body, headers=asked)
        self._cookies.update(answer.cookies)
        if "html" in answer.headers.get("content-type", ""):
            raise OutcomeUnknownError(f"{method} {_short(path)} answered with a page for people")
        return answer

    async def _renewed(self, service: str, refused: _Token | None) -> _Token:
        """A token other than the refused one; many that were refused together share one."""
        async with self._renewing:
            now = self._tokens.get(service)
            if now is not None and now != refused:
                return now
            sent = dict(self._cookies)
            answer = await self._read(service, "", {_TOKEN: "Fetch"})
            token = _Token(answer.headers.get(_TOKEN, ""), {**sent, **answer.cookies})
            self._tokens[service] = token
            return token

    async def _read(self, service: str, path: str, headers: Mapping[str, str]) -> Answer:
        asked = {**headers, **_cookie(self._cookies)}
        try:
            answer = await self.exchange("GET", self._path(service, path), headers=asked)
        except OutcomeUnknownError as error:
            raise UnavailableError(str(error), reached=True) from error
        self._cookies.update(answer.cookies)
        return answer

    def _path(self, service: str, path: str) -> str:
        whole = f"/{service}/{path}" if service else f"/{path}"
        if not self._always or "sap-client=" in path:
            return whole
        return f"{whole}{'&' if '?' in whole else '?'}{self._always}"

    def _judge(
        self, response: aiohttp.ClientResponse, body: bytes, method: str
    ) -> tuple[int, bytes]:
        status = response.status
        if status < 300:
            return status, body
        if status == 403 and response.headers.get(_TOKEN, "").lower() == "required":
            raise _TokenRefusedError
        raise refusal(
            status,
            body,
            f"{method} {_short(response.url.path)}",
            reading=method in _READING,
            no_effect=self._no_effect,
            later=self._later,
            meanings=self._meanings,
            after=response.headers.get("retry-after", ""),
        )


def _cookie(cookies: Mapping[str, str]) -> dict[str, str]:
    if not cookies:
        return {}
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def _short(path: str) -> str:
    """The end of a path, without what was asked."""
    return path.partition("?")[0].rstrip("/").rpartition("/")[2] or path[:80]
