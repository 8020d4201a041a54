"""What every HTTP connector needs: one session, and errors sorted by who acts next."""

__all__ = ["Answer", "ForbiddenError", "Http", "UnauthorizedError", "Ways", "answer_of"]

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol

import aiohttp
import msgspec

from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    ThrottledError,
    UnavailableError,
)
from andon.core.faults import UNREADABLE


class Answer(msgspec.Struct, frozen=True):
    """What came back, for those who need its headers too."""

    status: int
    headers: Mapping[str, str]
    """Names are found whether written large or small."""
    body: bytes
    cookies: Mapping[str, str] = {}


_LARGEST = 64 * 1024 * 1024
_READING = frozenset({"GET", "HEAD"})


class UnauthorizedError(CredentialsError):
    """Status 401; `says` is what the system answered, which may hold what we sent."""

    def __init__(self, text: str, says: str) -> None:
        super().__init__(text)
        self.says = says


class ForbiddenError(CredentialsError):
    """Status 403: they know who we are. `says` is why, in words that may be a business refusal."""

    def __init__(self, text: str, says: str) -> None:
        super().__init__(text)
        self.says = says


class Ways(Protocol):
    """How a call says who makes it, where that may change."""

    async def headers(self) -> Mapping[str, str]:
        """What to send now."""
        ...

    async def renewed(self, refused: Mapping[str, str]) -> bool:
        """Whether there are other headers to try after these were refused."""
        ...

    async def close(self) -> None:
        """Leaves nothing open."""
        ...


class Http:
    """One keep-alive session to one base address.
    No redirect is followed: an effect has one address."""

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str],
        concurrency: int,
        timeout: timedelta,
        auth: aiohttp.BasicAuth | None = None,
        no_effect: frozenset[int] = frozenset({429, 502, 503}),
        tls: ssl.SSLContext | None = None,
        access: Ways | None = None,
    ) -> None:
        self.base = base.rstrip("/")
        self._no_effect = no_effect
        self._access = access
        total = timeout.total_seconds()
        self._session = aiohttp.ClientSession(
            headers=dict(headers),
            auth=auth,
            connector=aiohttp.TCPConnector(
                limit=concurrency, ttl_dns_cache=60, ssl=True if tls is None else tls
            ),
            # What ends while connecting had provably no effect, so that ends first.
            timeout=aiohttp.ClientTimeout(total=total, connect=total * 0.8),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # aiohttp repeats a PUT or DELETE on a broken kept connection: that would be a blind repeat.
        self._session._retry_connection = False  # pyright: ignore[reportPrivateUsage] no other way

    async def close(self) -> None:
        """Leaves no socket open."""
        await self._session.close()
        if self._access is not None:
            await self._access.close()

    async def call(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, bytes]:
        """Status (below 400 or a business refusal's) and body. Raises what `exchange` raises."""
        answer = await self.exchange(method, path, body=body, headers=headers)
        return answer.status, answer.body

    async def exchange(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        """The whole answer, its headers and cookies too.

        Raises UnavailableError when nothing was sent or the status is declared without effect,
        OutcomeUnknownError after the first byte left without a clear answer. A call that only reads
        has no outcome: whatever goes wrong is UnavailableError. After a 401 other credentials are
        tried once, if there are any.
        """
        if self._access is None:
            return await self._once(method, path, body, headers)
        ours = await self._access.headers()
        try:
            return await self._once(method, path, body, {**ours, **headers})
        except UnauthorizedError:
            if not await self._access.renewed(ours):
                raise
        return await self._once(method, path, body, {**await self._access.headers(), **headers})

    async def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        try:
            async with self._session.request(
                method, f"{self.base}{path}", data=body, headers=headers, allow_redirects=False
            ) as response:
                status, said = self._judge(response, await _read(response), method)
                cookies = {name: morsel.value for name, morsel in response.cookies.items()}
                return Answer(status, response.headers, said, cookies)
        except aiohttp.ClientConnectorCertificateError as error:
            raise SettingsError(
                f"{self.base} shows a certificate that is not trusted: {error.certificate_error}."
                " Check the address, or name its authority."
            ) from error
        except aiohttp.ClientConnectorError as error:
            raise UnavailableError(f"{self.base} does not answer: {error.os_error}") from error
        except aiohttp.ConnectionTimeoutError as error:
            raise UnavailableError(f"{self.base} could not be connected in time") from error
        except TimeoutError as error:
            if method in _READING:
                raise UnavailableError(
                    f"{self.base} did not answer in time", reached=True
                ) from error
            raise OutcomeUnknownError(f"{method} {path} got no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            if method in _READING:
                raise UnavailableError(f"{self.base} broke off: {error}") from error
            raise OutcomeUnknownError(f"{method} {path} got no clear answer: {error}") from error

    def _judge(
        self, response: aiohttp.ClientResponse, body: bytes, method: str
    ) -> tuple[int, bytes]:
        status = response.status
        if status < 300 or status == 304:
            return status, body
        if status < 400:
            raise SettingsError(
                f"{self.base} sends us elsewhere ({status} to {_where(response)}). Nothing was"
                " done. Put the address that is meant into the settings."
            )
        says = body[:500].decode("utf-8", "replace").strip()
        if status == 429:
            raise ThrottledError(f"{self.base} asks us to slow down", _pause(response))
        if status in self._no_effect:
            raise UnavailableError(f"{status} {says}", reached=True)
        if status in (401, 403):
            text = (
                f"{self.base} does not accept our credentials ({status}). Check them, then resume."
            )
            raise (UnauthorizedError if status == 401 else ForbiddenError)(text, says)
        if status >= 500 or status == 408:
            if method in _READING:
                raise UnavailableError(f"{status} {says}", reached=True)
            raise OutcomeUnknownError(f"{status} {says}")
        raise RejectedError(says or f"status {status}", str(status))

    async def __aenter__(self) -> "Http":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, never more than fits."""
    if response.content_length is not None and response.content_length <= _LARGEST:
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > _LARGEST:
            raise aiohttp.ClientPayloadError(f"the answer is larger than {_LARGEST} bytes")
    return bytes(body)


def _where(response: aiohttp.ClientResponse) -> str:
    """Without the query, which may hold a secret."""
    return response.headers.get("location", "nowhere").partition("?")[0]


def _pause(response: aiohttp.ClientResponse) -> float | None:
    """Seconds of Retry-After, which is a number or a date."""
    after = response.headers.get("retry-after", "")
    if after.isdigit():
        return float(after)
    try:
        until = parsedate_to_datetime(after)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def answer_of(body: bytes) -> Any:
    """The JSON of an answer, or its text when it is none."""
    try:
        return msgspec.json.decode(body)
    except UNREADABLE:
        return body.decode("utf-8", "replace")
