"""What archiving costs those who append meanwhile: ``.venv/bin/python -m bench.archive``.

Half of a log of 600,000 records has outlived its lifetime; somebody appends all the time.
"""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.table import Table

from andon.store.connect import connect
from andon.store.embedded import EmbeddedServer
from andon.store.ingest import Draft, append_events
from andon.store.lifetimes import Lifetimes
from andon.store.migrate import migrate
from andon.store.sweep import sweep
from andon.visibility.sql import statement

ROWS = 600_000
NOW = datetime(2026, 1, 1, tzinfo=UTC)
FILL = """
with r as (
  select n, 'order/erp:' || n / 7 as subject,
    $3::timestamptz - ($1::int + $2::int - n) * interval '1 s' as at
  from generate_series($2::int + 1, $1::int + $2::int) n),
s as (insert into seen select 'erp', 'id-' || n, decode(md5(n::text), 'hex'), n from r),
p as (insert into position select name, $1::int + $2::int from (
  select 'lane:' || n as name from generate_series(0, 63) n union select 'project') t
  on conflict (name) do update set at = excluded.at)
insert into log
select n, 'event', 'erp', 'id-' || n, 'andon.order.told.v1', subject, subject,
  lane_of(subject), 'c', null, at, at, 'here', 'erp', n % 3 = 0, 'erp', jsonb_build_object('n', n),
  jsonb_build_object('order_id', n / 7, 'text', md5(n::text) || md5(n::text || 'x')) from r
"""


class Appending:
    """Somebody who records ten events at a time, and how long each commit took."""

    def __init__(self, db: asyncpg.Connection) -> None:
        self._db = db
        self._n = 0
        self.took: list[float] = []

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._n += 1
            drafts = [
                Draft(source="mes", id=f"{self._n}-{i}", type="andon.order.told.v1", kind="order",
                      local=f"N{self._n}", correlation="c", occurred_at=NOW, site="here", data="{}")
                for i in range(10)
            ]  # fmt: skip
            began = time.perf_counter()
            await append_events(self._db, drafts, now=NOW)
            self.took.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.002)

    def figures(self) -> list[str]:
        """Median, 99th percentile and slowest since the last look, in ms; how many per second."""
        took, self.took = sorted(self.took), []
        return [
            f"{statistics.median(took):.1f}",
            f"{took[len(took) * 99 // 100]:.1f}",
            f"{took[-1]:.1f}",
        ]


def _quiet(_what: str, _done: int, _of: int) -> None:
    """Nobody looks."""


async def _size(db: asyncpg.Connection) -> str:
    sizes = [
        await db.fetchval(f"select pg_{kind}_size('log') / 1e6") for kind in ("table", "indexes")
    ]
    return " + ".join(f"{float(size):.0f}" for size in sizes)


async def _trace(db: asyncpg.Connection) -> str:
    began = time.perf_counter()
    for n in range(300):
        await db.fetch(statement("timeline"), f"order/erp:{(ROWS - n * 90) // 7}", 500)
    return f"{(time.perf_counter() - began) * 1000 / 300:.2f}"


async def _measured(dsn: str, folder: Path) -> None:
    db, loop = await asyncpg.connect(dsn), await connect(dsn, "bench")
    await db.execute(FILL, ROWS, 0, NOW)
    await db.execute("select setval('log_position', $1)", ROWS)
    await db.execute("vacuum analyze")
    table = Table("", "append p50", "p99", "slowest, ms", "log + indexes, MB", "trace, ms",
                  title=f"{ROWS} records, load {os.getloadavg()[0]:.1f} on 2 cores")  # fmt: skip
    appending = Appending(loop)
    task = asyncio.create_task(appending.run())
    await asyncio.sleep(5)
    table.add_row("before", *appending.figures(), await _size(db), await _trace(db))
    began = time.perf_counter()
    appending.took.clear()
    lives = Lifetimes(records={"*": timedelta(seconds=ROWS / 2)})
    swept = await sweep(db, folder, lives, now=NOW, told=_quiet)
    took = time.perf_counter() - began
    table.add_row("while archiving", *appending.figures(), "", "")
    await asyncio.sleep(5)
    table.add_row("after", *appending.figures(), await _size(db), await _trace(db))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await db.execute(FILL, ROWS // 2, ROWS * 2, NOW)
    table.add_row("as many new records", "", "", "", await _size(db), await _trace(db))
    removed = sum(one.removed for one in swept)
    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6  # noqa: ASYNC240 not a server
    out = Console(width=110)
    out.print(table)
    out.print(
        f"{removed} records in {took:.1f} s ({removed / took:.0f}/s), {size:.1f} MB of archives"
    )
    await db.close()
    await loop.close()


async def _with_server(folder: Path) -> None:
    server = await EmbeddedServer.start(folder / "pg", home=folder / "home")
    try:
        await migrate(server.dsn)
        await _measured(server.dsn, folder / "archives")
    finally:
        await server.stop()


def _main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="andon-", dir="/tmp"))
    folder.chmod(0o711)  # the server has an account of its own
    try:
        asyncio.run(_with_server(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _main()
