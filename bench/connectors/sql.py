"""sql: rows read by time and by key, calls that look, insert and look; beside bare SQLAlchemy."""

__all__ = ["measure"]

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from andon.connectors.sql import ByKey, ByTime, Read, Sql, SqlSettings, Write
from andon.core.connector import Request
from andon.store.embedded import EmbeddedServer
from bench.connectors import Figure, measured

_ROWS = 50_000
_CALLS = 1_000
_TABLES = (
    "create table orders (id bigint primary key, no text, item text, qty numeric(12, 3),"
    " changed timestamptz)",
    "insert into orders select n, 'PA-' || n, 'PUMP', n * 0.125, now() - interval '1 day'"
    f" + n * interval '1 s' from generate_series(1, {_ROWS}) n",
    "create index on orders (changed, id)",
    "create table staging (doc serial primary key, k text unique, no text, good numeric)",
    "analyze",
)
_INSERT = "insert into staging (k, no, good) values (:key, :no, :good)"
_numbers = itertools.count(1)


async def measure() -> list[Figure]:
    """On an embedded PostgreSQL over its socket; the server's CPU is not counted."""
    home = _home()
    server = await EmbeddedServer.start(home / "pg", home=home / "home")
    url = server.dsn.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in _TABLES:
                connection.exec_driver_sql(statement)
        return [
            await _reading(url, engine, "read by time", ByTime(column="changed")),
            await _reading(url, engine, "read by key", ByKey(column="id")),
            await _calling(url, engine),
        ]
    finally:
        engine.dispose()
        await server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="andon-bench-", dir="/tmp"))
    home.chmod(0o711)  # the server's own account passes through
    return home


async def _reading(url: str, engine: sa.Engine, name: str, cursor: ByTime | ByKey) -> Figure:
    read = Read(table="orders", key=("id",), cursor=cursor)
    settings = SqlSettings(url=url, reads={"orders": read}, poll_every=timedelta(seconds=1))

    async def work() -> int:
        count = 0
        async with _opened(settings) as sql:
            items: Any = sql.read("")
            async for _ in items:
                count += 1
                if count == _ROWS:
                    break
            await items.aclose()
        return count

    order = tuple(dict.fromkeys((cursor.column, "id")))
    bare = _threaded(lambda: _bare_reading(engine, order))
    return await measured("sql", name, work=work, bare=bare)


async def _calling(url: str, engine: sa.Engine) -> Figure:
    find = "select doc from staging where k = :key"
    write = Write(statement=_INSERT, find=find)
    settings = SqlSettings(url=url, writes={"staging": write})

    async def work() -> int:
        async with _opened(settings) as sql:
            left = iter(range(_CALLS))

            async def caller() -> None:
                for _ in left:
                    key = f"k{next(_numbers)}"
                    body = {"no": "PA-1", "good": "1.5"}
                    await sql.send(Request(target="staging", body=body), key=key)

            await asyncio.gather(*(caller() for _ in range(settings.concurrency)))
        return _CALLS

    return await measured("sql", "send", work=work, bare=_threaded(lambda: _bare_calling(engine)))


def _bare_reading(engine: sa.Engine, order: tuple[str, ...]) -> int:
    """The same pages of the same rows as JSON, in the same order, by one who trusts it and
    remembers nothing."""
    orders = sa.Table("orders", sa.MetaData(), autoload_with=engine)
    place = sa.tuple_(*(orders.c[name] for name in order))
    query = sa.select(orders).order_by(*place).limit(500)
    page, count = query, 0
    with engine.connect() as connection:
        while True:
            rows = connection.execute(page).mappings().all()
            for row in rows:
                msgspec.json.encode(dict(row))
            count += len(rows)
            if len(rows) < 500:
                return count
            page = query.where(place > tuple(rows[-1][name] for name in order))


def _bare_calling(engine: sa.Engine) -> int:
    """One insert and one commit after the other, on one connection, unproven."""
    insert = sa.text(_INSERT)
    with engine.connect() as connection:
        for _ in range(_CALLS):
            values = {"key": f"k{next(_numbers)}", "no": "PA-1", "good": "1.5"}
            connection.execute(insert, values)
            connection.commit()
    return _CALLS


def _threaded(work: Callable[[], int]) -> Callable[[], Any]:
    return lambda: asyncio.to_thread(work)


@asynccontextmanager
async def _opened(settings: SqlSettings) -> AsyncGenerator[Sql]:
    sql = Sql("erp", settings)
    await sql.open()
    try:
        yield sql
    finally:
        await sql.close()
