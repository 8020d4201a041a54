"""What every HTTP connector needs: one session, and errors sorted by who acts next."""

__all__ = ["Answer", "Http", "answer_of"]

from collections.abc import Mapping
from datetime import timedelta
from types import TracebackType
from typing import Any

import aiohttp
import msgspec

from andon.core.errors import (
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    ThrottledError,
    UnavailableError,
)


class Answer(msgspec.Struct, frozen=True):
    """What came back, for those who need its headers too."""

    status: int
    headers: Mapping[str, str]
    """Names are found whether written large or small."""
    body: bytes
    cookies: Mapping[str, str] = {}


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
    ) -> None:
        self.base = base.rstrip("/")
        self._no_effect = no_effect
        self._session = aiohttp.ClientSession(
            headers=dict(headers),
            auth=auth,
            connector=aiohttp.TCPConnector(limit=concurrency, ttl_dns_cache=60),
            timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # aiohttp repeats a PUT or DELETE on a broken kept connection: that would be a blind repeat.
        self._session._retry_connection = False  # pyright: ignore[reportPrivateUsage] no other way

    async def close(self) -> None:
        """Leaves no socket open."""
        await self._session.close()

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
        OutcomeUnknownError after the first byte left without a clear answer.
        """
        try:
            async with self._session.request(
                method, f"{self.base}{path}", data=body, headers=headers, allow_redirects=False
            ) as response:
                status, said = self._judge(response, await response.read(), method)
                cookies = {name: morsel.value for name, morsel in response.cookies.items()}
                return Answer(status, response.headers, said, cookies)
        except aiohttp.ClientConnectorError as error:
            raise UnavailableError(f"{self.base} does not answer: {error.os_error}") from error
        except TimeoutError as error:
            raise OutcomeUnknownError(f"{method} {path} got no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            if method == "GET":
                raise UnavailableError(f"{self.base} broke off: {error}") from error
            raise OutcomeUnknownError(f"{method} {path} got no clear answer: {error}") from error

    def _judge(
        self, response: aiohttp.ClientResponse, body: bytes, method: str
    ) -> tuple[int, bytes]:
        status = response.status
        if status < 400:
            return status, body
        says = body[:500].decode("utf-8", "replace").strip()
        if status == 429:
            after = response.headers.get("retry-after", "")
            raise ThrottledError(
                f"{self.base} asks us to slow down", float(after) if after.isdigit() else None
            )
        if status in self._no_effect:
            raise UnavailableError(f"{status} {says}", reached=True)
        if status in (401, 403):
            raise CredentialsError(
                f"{self.base} does not accept our credentials ({status}). Check them, then resume."
            )
        if status >= 500 or status == 408:
            if method == "GET":
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


def answer_of(body: bytes) -> Any:
    """The JSON of an answer, or its text when it is none."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body.decode("utf-8", "replace")
