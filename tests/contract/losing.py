"""A wire that loses answers: the server acts, the caller never hears of it."""

import asyncio
import contextlib
from types import TracebackType
from urllib.parse import urlsplit


class LosingWire:
    """Passes everything on to `target`; loses the answer to the next request `losing` names."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.losing: bytes | None = None
        self.lost = 0
        self._server: asyncio.Server | None = None
        self._port = 0
        self._ends: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The target's address through this wire; once open it stays the same."""
        return urlsplit(self.target)._replace(netloc=f"127.0.0.1:{self._port or 1}").geturl()

    async def open(self) -> None:
        """Listens; after `close` at the same port."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Lets go, and breaks what is on its way."""
        assert self._server is not None
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def __aenter__(self) -> "LosingWire":
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self.close()

    async def _pass(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.target)
        try:
            server, onward = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            back.transport.abort()
            return
        ends = {back, onward}
        self._ends |= ends
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
        for end in ends:
            end.close()
        self._ends -= ends


async def _message(stream: asyncio.StreamReader) -> bytes:
    """One HTTP message with a content-length, or none."""
    head = await stream.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await stream.readexactly(int(line.partition(b":")[2]))
    return head
