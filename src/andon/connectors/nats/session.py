"""One connection to NATS: who we are, its end, and the library's errors as ours."""

__all__ = ["Session", "connected"]

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, TypeVar, cast

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError, Error
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, ConsumerInfo
from nats.js.errors import APIError, ServiceUnavailableError

from andon.connectors._access import tls_context
from andon.connectors.nats.nkeys import Signer, signer_of, signer_of_credentials
from andon.connectors.nats.settings import NatsSettings
from andon.core.errors import (
    AndonError,
    CredentialsError,
    Fault,
    SettingsError,
    UnavailableError,
)

T = TypeVar("T")

_LOGIN = ("authorization violation", "authentication", "user authentication expired", "revoked")


class _PlainError(Error):
    """The server wants to go on without TLS."""


class _Client(Client):
    """The library's client, which signs with our key and never speaks before TLS stands."""

    def __init__(self, *, tls: bool, public: str) -> None:
        super().__init__()
        self._public_nkey = public or None
        self._tls_wanted = tls

    def _connect_command(self) -> bytes:
        if self._tls_wanted and not self.said.get("tls_required"):
            raise _PlainError("nats: the server offers no TLS")
        return super()._connect_command()

    @property
    def said(self) -> dict[str, Any]:
        """What the server says about itself."""
        return self._server_info


class Session:
    """A connection that stands until `ended`; it is not mended but made anew."""

    def __init__(self, name: str, settings: NatsSettings) -> None:
        self._name = name
        self._settings = settings
        signer = _signer(name, settings)
        tls = any(address.startswith("tls:") for address in settings.servers)
        self._tls = tls_context(settings.tls) if settings.tls else None
        if tls and self._tls is None:
            self._tls = ssl.create_default_context()
        self._signer = signer
        self.client = _Client(tls=tls, public=signer.public if signer else "")
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._last: Exception | None = None
        self._forbidden: dict[str, set[asyncio.Future[str]]] = {}
        self.api = f"$JS.{settings.domain}.API" if settings.domain else "$JS.API"
        """Where JetStream is asked."""
        self.streams = JetStreamContext(
            self.client, prefix=self.api, timeout=settings.timeout.total_seconds()
        )

    async def open(self) -> None:
        """Raises UnavailableError, CredentialsError or SettingsError."""
        settings, signer = self._settings, self._signer
        try:
            await self.client.connect(
                servers=list(settings.servers),
                name=f"andon {self._name}",
                user=settings.username,
                password=settings.password.reveal() if settings.password else None,
                token=settings.token.reveal() if settings.token else None,
                signature_cb=signer.sign if signer else None,
                user_jwt_cb=(lambda: bytearray(signer.jwt.encode()))
                if signer and signer.jwt
                else None,
                tls=self._tls,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=cast("int", settings.timeout.total_seconds()),
                error_cb=self._odd,
                closed_cb=self._closed,
                max_outstanding_pings=2,
                ping_interval=20,
            )
        except (OSError, Error, TimeoutError, ssl.SSLError) as error:
            named = self._named(error)
            await self.close()
            raise named from error

    async def close(self) -> None:
        """Done within half a second."""
        with contextlib.suppress(Error, OSError, TimeoutError):
            async with asyncio.timeout(0.5):
                await self.client.close()
        if not self.ended.done():
            self.ended.set_result(None)

    async def asked(self, answer: Awaitable[T]) -> T:
        """An answer of JetStream's own interface, where asking has no effect or may be repeated.
        Raises UnavailableError or SettingsError."""
        try:
            return await self.until_ended(answer)
        except ServiceUnavailableError as error:
            if not error.description and not self.client.said.get("jetstream"):
                raise SettingsError(
                    f"{self._name}: this account has no JetStream. Without it NATS keeps nothing:"
                    " what nobody hears is lost. Enable JetStream at the server."
                ) from error
            raise UnavailableError(f"{self._name}: {_words(error)}", reached=True) from error
        except APIError as error:
            raise SettingsError(f"{self._name}: NATS refuses: {_words(error)}") from error
        except (Error, OSError, TimeoutError) as error:
            raise self._named(error) from error

    async def consumer(self, stream: str, wanted: ConsumerConfig) -> ConsumerInfo:
        """Made, or changed if it is there."""
        streams = cast("Any", self.streams)  # the library does not say what else it takes
        return await self.asked(streams.add_consumer(stream, wanted))

    async def subscription(self, inbox: str, put: Callable[[Msg], Awaitable[None]]) -> Subscription:
        """Every message to an inbox is put; whoever asks for them bounds how many there are."""
        client = cast("Any", self.client)
        return await self.asked(
            client.subscribe(inbox, cb=put, pending_msgs_limit=0, pending_bytes_limit=0)
        )

    async def until_ended(self, answer: Awaitable[T]) -> T:
        """The answer; ConnectionClosedError as soon as the connection is gone."""
        asking = asyncio.ensure_future(answer)
        try:
            await asyncio.wait({asking, self.ended}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                return asking.result()
            raise ConnectionClosedError
        finally:
            asking.cancel()

    @contextlib.contextmanager
    def forbidden(self, subject: str):
        """A future with the server's words, should it forbid a publication to this subject."""
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        waiting = self._forbidden.setdefault(subject.lower(), set())
        waiting.add(told)
        try:
            yield told
        finally:
            waiting.discard(told)
            if not waiting:
                self._forbidden.pop(subject.lower(), None)

    async def _odd(self, error: Exception) -> None:
        self._last = error
        words = str(error)
        if "permissions violation" in words:
            for subject, waiting in self._forbidden.items():
                if f'publish to "{subject}"' in words:
                    for told in waiting:
                        if not told.done():
                            told.set_result(words)

    async def _closed(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    def _named(self, error: BaseException) -> AndonError:
        words = f"{error} {self.client.last_error or ''}".lower()
        if isinstance(error, _PlainError):
            return SettingsError(
                f"{self._name}: the server offers no TLS, and tls:// was asked for. Nothing was"
                " said to it. Correct the address, or its certificate configuration."
            )
        if any(word in words for word in _LOGIN):
            return CredentialsError(
                f"{self._name}: NATS does not let us in ({_words(error)}). Check username, token,"
                " nkey or credentials, then resume."
            )
        why = (
            self._last if str(error) in ("", "nats: no servers available for connection") else error
        )
        if "permissions violation" in f"{self._last}":
            return SettingsError(
                f"{self._name}: NATS does not let us do that: {self._last}. Give this account the"
                " right, or let its owner make the consumer."
            )
        return UnavailableError(f"{self._name}: NATS does not answer: {_words(why or error)}")


@contextlib.asynccontextmanager
async def connected(name: str, settings: NatsSettings) -> AsyncGenerator[Session]:
    """A session from its beginning to its end."""
    session = Session(name, settings)
    await session.open()
    try:
        yield session
    finally:
        await session.close()


def _signer(name: str, settings: NatsSettings) -> Signer | None:
    field = "nkey" if settings.nkey else "credentials"
    try:
        if settings.nkey is not None:
            return signer_of(settings.nkey)
        if settings.credentials is not None:
            return signer_of_credentials(settings.credentials)
    except ValueError as error:
        raise SettingsError(f"{name} cannot be opened", [Fault(field, str(error))]) from None
    return None


def _words(error: BaseException) -> str:
    if isinstance(error, APIError):
        return f"{error.description or 'no answer'} ({error.err_code or error.code or 503})"
    return str(error).removeprefix("nats: ") or type(error).__name__
