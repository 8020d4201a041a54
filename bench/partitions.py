"""Would a partitioned log be faster or slower? ``.venv/bin/python -m bench.partitions``.

The same rows in one table, in 12 and in 60 partitions by position; each figure is the median of
rounds measured in turn. Decision record 0007 rests on it.
"""

import asyncio
import os
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.table import Table

from andon.store.connect import connect
from andon.store.embedded import EmbeddedServer
from andon.store.ingest import Draft, append_events
from andon.store.migrate import migrate
from andon.store.sql import query
from andon.visibility.sql import statement

ROWS = 600_000
PER_SUBJECT = 7
ROUNDS = 3
KINDS = {"one table": 0, "12 partitions": 12, "60 partitions": 60}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FILL = """
with r as (select n, 'order/erp:' || n / $2 as subject from generate_series(1, $1) n),
s as (insert into seen select 'erp', 'id-' || n, decode(md5(n::text), 'hex'), n from r)
insert into log
select n, 'event', 'erp', 'id-' || n, 'andon.order.told.v1', subject, subject,
  lane_of(subject), 'c', nullif(n - 1, 0), now(), now(), 'here', 'erp', n % 3 = 0, 'erp',
  jsonb_build_object('n', n),
  jsonb_build_object('order_id', n / $2, 'text', repeat('x', 200)) from r
"""


async def _partition(db: asyncpg.Connection, parts: int) -> None:
    await db.execute(
        "alter table log rename to plain; create table log (like plain including all)"
        " partition by range (position)"
    )
    size = ROWS // (parts - 1)
    for n in range(parts):
        end = "maxvalue" if n == parts - 1 else str((n + 1) * size)
        start = "minvalue" if n == 0 else str(n * size)
        await db.execute(
            f"create table log_{n} partition of log for values from ({start}) to ({end})"
        )
    await db.execute("drop table plain")


async def _prepared(dsn: str, name: str, parts: int) -> str:
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"create database {name}")
    await admin.close()
    own = dsn.replace("/postgres?", f"/{name}?")
    await migrate(own)
    db = await asyncpg.connect(own)
    if parts:
        await _partition(db, parts)
    await db.execute(FILL, ROWS, PER_SUBJECT)
    await db.execute("select setval('log_position', $1)", ROWS)
    await db.execute("vacuum analyze")
    await db.close()
    return own


def _drafts(count: int) -> list[Draft]:
    name = f"new-{time.monotonic_ns()}"
    return [
        Draft(source="erp", id=f"{name}-{n}", type="andon.order.told.v1", kind="order",
              local=f"{name}-{n}", correlation="c", occurred_at=NOW, site="here", claims='{"n": 1}',
              data='{"text": "%s"}' % ("x" * 200))
        for n in range(count)
    ]  # fmt: skip


async def _ms(times: int, work: Callable[[], Awaitable[object]]) -> float:
    await work()
    began = time.perf_counter()
    for _ in range(times):
        await work()
    return (time.perf_counter() - began) * 1000 / times


async def _measured(dsn: str) -> dict[str, float]:
    loop, page = await connect(dsn, "bench"), await asyncpg.connect(dsn)

    def subject() -> str:
        return f"order/erp:{random.randrange(ROWS // PER_SUBJECT)}"

    async def hundred() -> object:
        return await append_events(loop, _drafts(100), now=NOW)

    async def one() -> object:
        return await append_events(loop, _drafts(1), now=NOW)

    async def trace() -> object:
        return await page.fetch(statement("timeline"), subject(), 500)

    async def look_back() -> object:
        return await loop.fetch(query("look_back"), [subject()], [0], ROWS)

    async def follow() -> object:
        return await loop.fetch(query("follow"), ROWS - 3_000, list(range(64)), 500)

    async def by_position() -> object:
        some = random.sample(range(1, ROWS), 100)
        return await loop.fetch("select data from log where position = any($1::bigint[])", some)

    figures = {
        "append 100, ms": await _ms(150, hundred),
        "append 1, ms": await _ms(500, one),
        "trace of a subject, ms": await _ms(300, trace),
        "look back of a wait, ms": await _ms(300, look_back),
        "follow 500, ms": await _ms(100, follow),
        "100 by position, ms": await _ms(100, by_position),
    }
    await loop.close()
    await page.close()
    return figures


def _main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="andon-", dir="/tmp"))
    folder.chmod(0o711)  # the server has an account of its own
    try:
        asyncio.run(_compared(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _compared(folder: Path) -> None:
    server = await EmbeddedServer.start(folder / "pg", home=folder / "home")
    try:
        dsns = {kind: await _prepared(server.dsn, f"b{n}", n) for kind, n in KINDS.items()}
        rounds: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
        for _ in range(ROUNDS):
            for kind, dsn in dsns.items():
                rounds[kind].append(await _measured(dsn))
    finally:
        await server.stop()
    table = Table("", *KINDS, title=f"{ROWS} rows, load {os.getloadavg()[0]:.1f} on 2 cores")
    for name in rounds["one table"][0]:
        medians = [statistics.median(one[name] for one in rounds[kind]) for kind in KINDS]
        table.add_row(name, *(f"{figure:.2f}" for figure in medians))
    Console(width=110).print(table)


if __name__ == "__main__":
    _main()
