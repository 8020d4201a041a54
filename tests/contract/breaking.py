"""A wire to a database: when it is told to, a commit arrives and its answer does not."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class BreakingWire:
    """Passes everything on, until it is to break at a commit or in a statement."""

    def __init__(self, onward: Callable[[], Awaitable[Streams]]) -> None:
        self.loses: bytes | None = None
        """Words of the next request whose answer is lost, with the connection."""
        self.cuts: bytes | None = None
        """Words of the next request that does not even arrive."""
        self._onward = onward
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._empty = asyncio.Event()
        self._empty.set()

    async def open_port(self, port: int) -> None:
        """Listens on loopback."""
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", port)

    async def open_path(self, path: str) -> None:
        """Listens on a unix socket."""
        self._server = await asyncio.start_unix_server(self._pass, path)

    async def close(self) -> None:
        """Ends at once, with every connection through it."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def emptied(self) -> None:
        """Returns when no connection goes through it."""
        await self._empty.wait()

    async def _pass(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            server, onward = await self._onward()
        except OSError:
            back.transport.abort()
            return
        self._open |= {back, onward}
        self._empty.clear()
        ways = {
            asyncio.create_task(self._there(caller, onward)),
            asyncio.create_task(self._back(server, back)),
        }
        self._losing = False
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for writer in (back, onward):
            writer.transport.abort()
            self._open.discard(writer)
        if not self._open:
            self._empty.set()

    async def _there(self, caller: asyncio.StreamReader, onward: asyncio.StreamWriter) -> None:
        while data := await caller.read(65_536):
            if self.cuts is not None and self.cuts in data:
                self.cuts = None
                return
            if self.loses is not None and self.loses in data:
                self.loses = None
                self._losing = True
            onward.write(data)
            await onward.drain()

    async def _back(self, server: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await server.read(65_536):
                if self._losing:
                    self._losing = False
                    return
                back.write(data)
                await back.drain()
