"""A wire that loses answers: the server acts, the caller never hears of it."""

import asyncio
import contextlib
from types import TracebackType
from urllib.parse import urlsplit


class LosingWire:
    """Passes everything on to `url`; loses the answer to the next request that `losing` names."""

    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)
        self.losing: bytes | None = None
        self.lost = 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The same address through this wire."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return self._parts._replace(netloc=f"127.0.0.1:{port}").geturl()

    async def __aenter__(self) -> "LosingWire":
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _pass(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        host, port = self._parts.hostname, self._parts.port
        server, onward = await asyncio.open_connection(host, port)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while not caller.at_eof():
                request = await _message(caller)
                onward.write(request)
                answer = await _message(server)
                if self.losing is not None and request.startswith(self.losing):
                    self.losing = None
                    self.lost += 1
                    break
                back.write(answer)
                await back.drain()
        back.close()
        onward.close()


async def _message(stream: asyncio.StreamReader) -> bytes:
    """One HTTP message with a content-length, or none."""
    head = await stream.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await stream.readexactly(int(line.partition(b":")[2]))
    return head
