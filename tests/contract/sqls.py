"""What the tests of `sql` share: a database's own tables, and a reader that resumes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from andon.connectors.sql import Read, Sql, SqlSettings, Write
from andon.core.connector import Item, SecretStr
from tests.contract.real.sql import PASSWORD, RealDatabase

QUICK = timedelta(milliseconds=30)
NEVER = timedelta(hours=1)


def settings_of(server: RealDatabase, **more: Any) -> SqlSettings:
    """Quick looks and no sweeps, unless said otherwise."""
    told: dict[str, Any] = {
        "url": server.url(),
        "password": SecretStr(PASSWORD),
        "time_zone": "Europe/Berlin",
        "poll_every": QUICK,
        "overlap": timedelta(seconds=5),
        "sweep_every": NEVER,
        "timeout": timedelta(seconds=5),
        **more,
    }
    return SqlSettings(**told)


@asynccontextmanager
async def opened(settings: SqlSettings) -> AsyncIterator[Sql]:
    """A connector from open to close."""
    sql = Sql("erp", settings)
    await sql.open()
    try:
        yield sql
    finally:
        await sql.close()


@asynccontextmanager
async def calling(server: RealDatabase, **writes: Write) -> AsyncIterator[Sql]:
    """A connector that only writes."""
    async with opened(settings_of(server, writes=writes)) as sql:
        yield sql


class Reader:
    """Reads on in the background, and keeps what came."""

    def __init__(self, sql: Sql, after: str) -> None:
        self.items: list[Item] = []
        self.position = after
        self._sql = sql
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for item in self._sql.read(self.position):
            self.items.append(item)
            self.position = item.position or self.position

    def values(self, name: str) -> list[Any]:
        """One column of what came, in order; repeats left out."""
        found: dict[Any, None] = {}
        for item in self.items:
            row = msgspec.json.decode(item.raw)
            found[row[name] if isinstance(row, dict) else str(row)] = None
        return list(found)

    async def until(self, name: str, values: list[Any], within: float = 60) -> None:
        """Returns once exactly these values came."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                while self.values(name) != values:
                    if self._task.done():
                        self._task.result()
                    await asyncio.sleep(0.01)
        assert self.values(name) == values

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


@asynccontextmanager
async def reading(settings: SqlSettings, after: str = "") -> AsyncIterator[tuple[Sql, Reader]]:
    """A connector that reads from a position."""
    async with opened(settings) as sql:
        reader = Reader(sql, after)
        try:
            yield sql, reader
        finally:
            await reader.stop()


@contextmanager
def table(server: RealDatabase, name: str, *statements: str) -> Iterator[sa.Engine]:
    """Tables of one test's own, made by their owner, gone afterwards."""
    engine = server.directly()
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("grant all on all tables in schema public to erp")
            connection.exec_driver_sql("grant all on all sequences in schema public to erp")
    try:
        yield engine
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"drop table {name}")
        engine.dispose()


def run(engine: sa.Engine, statement: str) -> None:
    """A short transaction of the ERP's."""
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def rows(engine: sa.Engine, select: str) -> list[tuple[Any, ...]]:
    """What stands there."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(select)]


def serial(server: RealDatabase) -> str:
    """A growing number in its words."""
    return "serial" if server.name == "postgresql" else "int auto_increment"


def read_of(**told: Any) -> Read:
    """A read of a table whose key is `id`."""
    return Read(**{"key": ("id",), **told})
