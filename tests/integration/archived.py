"""Rows for tests of archives, and what is in the database and in the archives together."""

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from andon.store.lifetimes import Lifetimes
from andon.store.sweep import Swept, sweep

DAY = timedelta(days=1)
LATER = datetime.now(UTC) + 1000 * DAY
"""When everything that a test did has outlived a lifetime of a day."""
ALL = Lifetimes(records={"*": DAY}, runs=DAY, cases=DAY, agreements=DAY, seen=DAY)

_OLD = """
with r as (
  select n, 'order/talker:' || n / 5 as subject, $2::timestamptz + n * interval '1 min' as at
  from generate_series(1, $1) n),
s as (insert into seen select 'talker', 'old-' || n, decode(md5(n::text), 'hex'), n from r)
insert into log
select n, 'event', 'talker', 'old-' || n, case when n % 2 = 0 then 'plant.even.v1'
  else 'plant.odd.v1' end, subject, subject, lane_of(subject), 'c', null, at, at, 'here', 'talker',
  true, 'talker',   jsonb_build_object('n', n),
  jsonb_build_object('order_id', n / 5, 'text', repeat(md5(n::text), 6)) from r
"""


async def old_records(db: asyncpg.Connection, count: int, *, at: datetime) -> None:
    """Events of long ago, one a minute, that every follower has read."""
    await db.execute(_OLD, count, at)
    await db.execute("select setval('log_position', $1)", count)
    await read_by_all(db)


async def read_by_all(db: asyncpg.Connection) -> None:
    """Every follower has read to the end of the log."""
    await db.execute(
        "insert into position (name, at) select name, (select max(position) from log) from"
        " (select 'lane:' || n as name from generate_series(0, 63) n union select 'project') t"
        " on conflict (name) do update set at = excluded.at"
    )


async def swept(
    db: asyncpg.Connection, folder: Path, lifetimes: Lifetimes = ALL, *, now: datetime = LATER
) -> list[Swept]:
    """One sweep, nobody listening."""
    return await sweep(db, folder, lifetimes, now=now, told=lambda what, done, of: None)


def rows_in(folder: Path, kind: str = "log") -> list[dict[str, Any]]:
    """Every row of every whole archive of a kind."""
    return [
        msgspec.json.decode(line)
        for file in sorted(folder.glob(f"{kind}-*.jsonl.gz"))
        for line in gzip.decompress(file.read_bytes()).splitlines()
    ]


async def positions(db: asyncpg.Connection) -> set[int]:
    """What the log holds."""
    return {row["position"] for row in await db.fetch("select position from log")}


async def types_left(db: asyncpg.Connection) -> Sequence[str]:
    """The types of the records that are left."""
    return [row["type"] for row in await db.fetch("select distinct type from log order by type")]
