"""A wire for any protocol over TCP that can be cut at a certain byte of an answer."""

import asyncio
import contextlib


class CuttingWire:
    """Passes bytes on to a port; cuts the connection at an answer that begins as told."""

    def __init__(self) -> None:
        self.port = 0
        self.cut_at: bytes | None = None
        self._onward = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def open(self, onward: int) -> None:
        """Listens, at the port it had before."""
        self._onward = onward
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cuts everything."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for one in self._open:
            one.transport.abort()

    async def _pass(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, onward = await asyncio.open_connection("127.0.0.1", self._onward)
        self._open |= {back, onward}
        ways = [
            asyncio.ensure_future(self._copy(caller, onward, answers=False)),
            asyncio.ensure_future(self._copy(server, back, answers=True)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for one in (back, onward):
            self._open.discard(one)
            one.transport.abort()

    async def _copy(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(65536):
                if answers and self.cut_at is not None and chunk.startswith(self.cut_at):
                    self.cut_at = None
                    return
                to.write(chunk)
                await to.drain()
