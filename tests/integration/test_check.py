"""A pooler that mixes sessions is seen at start, not when two workers hold one lock."""

import asyncio
import struct
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from andon.core.errors import SettingsError
from andon.store.server.check import check_server

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Pooler:
    """A small pooler: every client has its own server session, or borrows one per transaction."""

    def __init__(self, dsn: str, mode: Literal["session", "transaction"]) -> None:
        parts = urlsplit(dsn)
        self._server = parse_qs(parts.query)["host"][0] + "/.s.PGSQL.5432"
        self._database = parts.path.strip("/")
        self._mode = mode
        self._free: list[Stream] = []
        self._greeting = b""
        self._clients = 0
        self._open: list[asyncio.StreamWriter] = []

    async def client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.append(writer)
        (length,) = struct.unpack("!i", await reader.readexactly(4))
        await reader.readexactly(length - 4)
        self._free.append(await self._session())
        self._clients += 1
        # Like PgBouncer, it tells a number of its own invention.
        number = message(b"K", struct.pack("!ii", 900_000 + self._clients, 1))
        writer.write(self._greeting + number + message(b"Z", b"I"))
        server: Stream | None = None
        answers: asyncio.Task[None] | None = None
        with suppress(asyncio.IncompleteReadError):
            while (got := await read(reader))[0] != b"X":
                if server is None or (answers and answers.done()):
                    server = self._free.pop() if self._free else await self._session()
                    answers = asyncio.create_task(self._answer(server, writer))
                server[1].write(message(*got))
        if answers:
            answers.cancel()

    async def close(self) -> None:
        for writer in self._open:
            writer.close()
        for writer in self._open:
            with suppress(OSError):
                await writer.wait_closed()

    async def _session(self) -> Stream:
        reader, writer = await asyncio.open_unix_connection(self._server)
        self._open.append(writer)
        words = f"user\0andon\0database\0{self._database}\0\0".encode()
        writer.write(struct.pack("!ii", len(words) + 8, 196608) + words)
        greeting = b""
        while (got := await read(reader))[0] != b"Z":
            if got[0] != b"K":
                greeting += message(*got)
        self._greeting = greeting
        return reader, writer

    async def _answer(self, server: Stream, client: asyncio.StreamWriter) -> None:
        while True:
            kind, body = await read(server[0])
            lent_back = self._mode == "transaction" and (kind, body) == (b"Z", b"I")
            if lent_back:
                self._free.append(server)
            client.write(message(kind, body))
            if lent_back:
                return


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


async def read(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)


Connect = Callable[[], Awaitable[asyncpg.Connection]]


@asynccontextmanager
async def pooled(
    dsn: str, folder: Path, mode: Literal["session", "transaction"], *, prepared: int = 100
) -> AsyncGenerator[Connect]:
    pooler = Pooler(dsn, mode)
    server = await asyncio.start_unix_server(pooler.client, folder / ".s.PGSQL.5432")
    made: list[asyncpg.Connection] = []

    async def connect() -> asyncpg.Connection:
        through = f"postgresql://andon@{urlsplit(dsn).path}?host={folder}"
        made.append(await asyncpg.connect(through, statement_cache_size=prepared))
        return made[-1]

    try:
        yield connect
    finally:
        for connection in made:
            connection.terminate()
        server.close()
        await server.wait_closed()
        await pooler.close()


@pytest.mark.parametrize("prepared", [100, 0])
async def test_a_pooler_that_mixes_sessions_is_refused(
    empty_database: str, tmp_path: Path, prepared: int
) -> None:
    async with pooled(empty_database, tmp_path, "transaction", prepared=prepared) as connect:
        first, second = await connect(), await connect()
        with pytest.raises(SettingsError, match="pool_mode = session"):
            await check_server(first, beside=second)


async def test_a_pooler_that_keeps_sessions_is_accepted(
    empty_database: str, tmp_path: Path
) -> None:
    async with pooled(empty_database, tmp_path, "session") as connect:
        await check_server(await connect(), beside=await connect())


async def test_a_direct_connection_is_accepted(empty_database: str) -> None:
    first = await asyncpg.connect(empty_database)
    second = await asyncpg.connect(empty_database)
    await check_server(first, beside=second)
    await first.close()
    await second.close()
