"""A wire for any protocol over TCP that can be cut at a certain answer; for simulators."""

__all__ = ["CuttingWire"]

import asyncio
import contextlib

from andon.connectors._ports import free_port


class CuttingWire:
    """Passes bytes on to a port; cuts the connection at an answer that begins with, or holds, what
    is told."""

    def __init__(self) -> None:
        self.port = 0
        self.cut_at: bytes | None = None
        """The next answer that begins so is lost."""
        self.cut_in: bytes | None = None
        """The next answer that holds this is lost."""
        self._onward = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()

    async def open(self, onward: int) -> None:
        """Listens, at the port it had before."""
        self._onward = onward
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port or free_port())
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cuts everything."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for one in self._open:
            one.transport.abort()
        if self._passing:
            await asyncio.wait(self._passing)

    async def _pass(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        passing = asyncio.ensure_future(self._passed(caller, back))
        self._passing.add(passing)
        passing.add_done_callback(self._passing.discard)
        await passing

    async def _passed(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            server, onward = await asyncio.open_connection("127.0.0.1", self._onward)
        except OSError:
            back.transport.abort()
            return
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
                if answers and self._cuts(chunk):
                    return
                to.write(chunk)
                await to.drain()

    def _cuts(self, chunk: bytes) -> bool:
        begins = self.cut_at is not None and chunk.startswith(self.cut_at)
        holds = self.cut_in is not None and self.cut_in in chunk
        if begins or holds:
            self.cut_at = self.cut_in = None
        return begins or holds
