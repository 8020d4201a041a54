"""HTTP posts with as little of our own CPU as Python allows: the hub shares these cores."""

import asyncio
from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

import httptools

__all__ = ["UNANSWERED", "Poster"]

UNANSWERED = (OSError, TimeoutError, httptools.HttpParserError)
"""What a post raises when no answer came; the event may have been accepted all the same."""

_CONNECT_WITHIN = 5.0


class _Connection(asyncio.Protocol):
    """One connection with one post at a time."""

    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do what asyncio.Transport promises without descending from it.
        self.transport = cast(asyncio.Transport, transport)
        self._answer: asyncio.Future[int] | None = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        lost = ConnectionError("The connection closed before the answer came.")
        lost.__cause__ = exc
        self._fail(lost)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(error)

    def on_message_complete(self) -> None:
        """The parser calls this when an answer is whole."""
        status = self._parser.get_status_code()
        if self.transport is not None and not self._parser.should_keep_alive():
            self.transport.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)

    async def ask(self, request: bytes, within: float) -> int:
        """The status of the answer. Anything but an answer leaves the connection unusable."""
        transport = self.transport
        if transport is None:
            raise ConnectionError("The connection closed before anything was asked.")
        loop = asyncio.get_running_loop()
        answer = self._answer = loop.create_future()
        self._parser = httptools.HttpResponseParser(self)
        transport.write(request)
        limit = loop.call_later(within, self._fail, TimeoutError())
        try:
            return await answer
        except BaseException:
            transport.abort()
            raise
        finally:
            limit.cancel()

    @property
    def reusable(self) -> bool:
        return self.transport is not None and not self.transport.is_closing()

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class Poster:
    """Posts JSON to one address over as many connections as there are posts at once."""

    def __init__(self, url: str, *, headers: Mapping[str, str], within: float) -> None:
        address = urlsplit(url)
        self._host = address.hostname or "127.0.0.1"
        self._port = address.port or 80
        self._within = within
        self._idle: list[_Connection] = []
        lines = [
            f"POST {address.path or '/'} HTTP/1.1",
            f"Host: {address.netloc}",
            "Content-Type: application/json",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]
        self._head = "\r\n".join(lines).encode()

    async def post(self, key: str, body: bytes) -> int:
        """The status the hub answers; raises one of ``UNANSWERED`` when it does not."""
        connection = await self._connection()
        status = await connection.ask(
            b"%s\r\nIdempotency-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
            % (self._head, key.encode(), len(body), body),
            self._within,
        )
        if connection.reusable:
            self._idle.append(connection)
        return status

    async def close(self) -> None:
        """Give back the connections that wait; none is left open when this returns."""
        for connection in self._idle:
            if connection.transport is not None:
                connection.transport.close()
        self._idle.clear()
        await asyncio.sleep(0)  # a closed transport lets go of its socket one turn later

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
        loop = asyncio.get_running_loop()
        opening = loop.create_connection(_Connection, self._host, self._port)
        _, connection = await asyncio.wait_for(opening, _CONNECT_WITHIN)
        return connection
