"""One connection to a broker: who we are, its end, and the library's errors as ours."""

__all__ = ["Session", "connected", "words"]

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncGenerator
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit

import aiormq
from aiormq.abc import AbstractChannel

from andon.connectors._access import tls_context
from andon.connectors.amqp.settings import AmqpSettings
from andon.core.errors import AndonError, CredentialsError, SettingsError, UnavailableError


class _Heard:
    """Remembers the last frame that came while the connection was opened."""

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver
        self.frame: Any = None

    async def get_frame(self) -> Any:
        came = await self._receiver.get_frame()
        self.frame = came[2]
        return came


class _Connection(aiormq.Connection):
    """The library's, which also tells why a broker closes while it is opened."""

    @staticmethod
    async def _rpc(
        request: Any, writer: Any, frame_receiver: Any, wait_response: bool = True
    ) -> Any:
        heard = _Heard(frame_receiver)
        try:
            opening: Any = heard
            return await aiormq.Connection._rpc(request, writer, opening, wait_response)
        except aiormq.InvalidFrameError as error:
            if isinstance(heard.frame, aiormq.spec.Connection.Close):
                raise aiormq.ConnectionNotAllowed(heard.frame.reply_text) from error
            raise


class Session:
    """A connection that stands until `ended`; it is not mended but made anew."""

    def __init__(self, name: str, settings: AmqpSettings) -> None:
        # The engine says once what the library would say at each attempt.
        logging.getLogger("aiormq").setLevel(logging.CRITICAL)
        self._name = name
        self._settings = settings
        self._tls = tls_context(settings.tls)
        self._connection: aiormq.Connection | None = None
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def open(self) -> None:
        """The first server that lets us in. Raises UnavailableError, CredentialsError or
        SettingsError."""
        away: AndonError | None = None
        for address in self._settings.servers:
            try:
                await self._opened(address)
                return
            except UnavailableError as error:
                away = error
        assert away is not None
        raise away

    async def _opened(self, address: str) -> None:
        connection = _Connection(_url(address, self._name, self._settings), context=self._tls)
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                await cast("Any", connection).connect()
        except (aiormq.AMQPError, OSError, TimeoutError, EOFError) as error:
            with contextlib.suppress(TimeoutError):
                await connection.close(aiormq.ConnectionClosed(0, "not opened"), timeout=0.5)
            raise self._named(error) from error
        self._connection = connection
        cast("Any", connection).closing.add_done_callback(self._end)

    def _end(self, _: object) -> None:
        if not self.ended.done():
            self.ended.set_result(None)

    async def close(self) -> None:
        """Done within half a second; what was not acknowledged goes back to its queue."""
        if self._connection is not None:
            # The library would hand a plain close to whoever still waits as a cancellation.
            with contextlib.suppress(TimeoutError, aiormq.AMQPError, OSError):
                await self._connection.close(aiormq.ConnectionClosed(0, "closed"), timeout=0.5)
        self._end(None)

    async def channel(self) -> AbstractChannel:
        """A new one, with publisher confirms, on which a message nobody takes is an error."""
        if self._connection is None or self.ended.done():
            raise UnavailableError(f"{self._name} is not connected")
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                await self._connection.ready()  # a broker short of memory blocks us here
                return await self._connection.channel(on_return_raises=True)
        except TimeoutError as error:
            raise UnavailableError(
                f"{self._name}: the broker takes nothing, probably for want of memory or disk",
                reached=True,
            ) from error
        except (aiormq.AMQPError, OSError, RuntimeError) as error:
            raise self._named(error) from error

    def _named(self, error: BaseException) -> AndonError:
        told = words(error)
        match error:
            case aiormq.ProbableAuthenticationError() | aiormq.AuthenticationError():
                return CredentialsError(
                    f"{self._name}: the broker does not let us in ({told}). Check username,"
                    " password and certificate, then resume."
                )
            case aiormq.ConnectionNotAllowed() if "refused for user" in told:
                return CredentialsError(
                    f"{self._name}: {told}. Give this account the right to its virtual host."
                )
            case aiormq.ConnectionNotAllowed():
                return SettingsError(f"{self._name}: {told}. Correct vhost.")
            case ssl.SSLError():
                return UnavailableError(f"{self._name}: no TLS with the broker: {told}")
            case _:
                return UnavailableError(f"{self._name}: the broker does not answer: {told}")


@contextlib.asynccontextmanager
async def connected(name: str, settings: AmqpSettings) -> AsyncGenerator[Session]:
    """A session from its beginning to its end."""
    session = Session(name, settings)
    await session.open()
    try:
        yield session
    finally:
        await session.close()


def words(error: BaseException) -> str:
    """What the broker said, without the library's packing."""
    for part in error.args:
        text = getattr(part, "reply_text", part)
        if isinstance(text, str) and text:
            return text
    return str(error) or type(error).__name__


def _url(address: str, name: str, settings: AmqpSettings) -> str:
    parts = urlsplit(address)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or (5671 if parts.scheme == "amqps" else 5672)
    user, password = quote(settings.username, safe=""), quote(settings.password.reveal(), safe="")
    more = urlencode(
        {"heartbeat": int(settings.heartbeat.total_seconds()), "name": f"andon {name}"}
    )
    vhost = quote(settings.vhost, safe="")
    return f"{parts.scheme}://{user}:{password}@{host}:{port}/{vhost}?{more}"
