"""What has outlived its lifetime and is needed by nothing open, kind by kind, page by page."""

__all__ = ["EXPIRED", "Expired", "Kind", "Page", "Sight", "sight"]

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import asyncpg
import msgspec

from andon.store.lifetimes import Lifetimes
from andon.store.place import position_at
from andon.store.sql import query

Kind = Literal["log", "runs", "cases", "agreements", "seen"]
LANES = 64
_SCAN = 5_000
_BLOCKS = 500


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What is taken as given from the beginning of a sweep to its end."""

    now: datetime
    floor: int
    """No follower needs to read what is below."""
    oldest: int
    """The record that began the oldest open run; without one, past any record."""
    lifetimes: Lifetimes


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Some rows, and how far the look through all of them has come."""

    keys: Sequence[str]
    lines: Sequence[str]
    done: int
    of: int
    first: int | None = None
    last: int | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None


class Expired(msgspec.Struct, frozen=True):
    """One kind: its pages, and the key of a row as an archive holds it."""

    pages: Callable[[asyncpg.Connection, Sight], AsyncIterator[Page]]
    key: Callable[[Mapping[str, Any]], str]


async def sight(db: asyncpg.Connection, lifetimes: Lifetimes, now: datetime) -> Sight:
    """Looks once. What begins after this look needs nothing that it lets go."""
    floor = await db.fetchval(query("archive_floor"), LANES)
    oldest = await db.fetchval("select min(trigger) from run where state in ('running', 'parked')")
    await db.execute("drop table if exists pg_temp.needed")
    await db.execute(query("archive_needed"))
    await db.execute("create index on needed (correlation); analyze needed")
    return Sight(now=now, floor=floor or 0, oldest=oldest or 2**63 - 1, lifetimes=lifetimes)


async def _log(db: asyncpg.Connection, seen: Sight) -> AsyncIterator[Page]:
    cutoffs = seen.lifetimes.cutoffs(seen.now)
    if not cutoffs or seen.floor <= 1:
        return
    patterns, before = zip(*cutoffs, strict=True)
    after, newest = 0, max(before)
    while True:
        scanned = await db.fetchrow(
            "select max(position) as last, min(recorded_at) as at from ("
            " select position, recorded_at from log where position > $1 and position < $2"
            " order by position limit $3) l",
            after, seen.floor, _SCAN,
        )  # fmt: skip
        if scanned is None or scanned["last"] is None or scanned["at"] >= newest:
            return
        rows = await db.fetch(
            query("expired_log"), after, scanned["last"], list(patterns), list(before), seen.oldest
        )
        after = scanned["last"]
        yield Page(
            keys=[row["key"] for row in rows],
            lines=[row["line"] for row in rows],
            done=after,
            of=seen.floor,
            first=rows[0]["position"] if rows else None,
            last=rows[-1]["position"] if rows else None,
            first_at=rows[0]["recorded_at"] if rows else None,
            last_at=rows[-1]["recorded_at"] if rows else None,
        )


async def _by_key(
    db: asyncpg.Connection, name: str, after: str, of: int, *more: Any
) -> AsyncIterator[Page]:
    done = 0
    while rows := await db.fetch(query(f"expired_{name}"), after, *more):
        after, done = rows[-1]["key"], done + len(rows)
        yield Page(
            keys=[row["key"] for row in rows],
            lines=[row["line"] for row in rows],
            done=done,
            of=max(done, of),
        )


async def _rows(db: asyncpg.Connection, table: str) -> int:
    """About how many rows a table has."""
    found = await db.fetchval(
        "select reltuples::bigint from pg_class where oid = $1::regclass", table
    )
    return max(0, int(found))


async def _runs(db: asyncpg.Connection, seen: Sight) -> AsyncIterator[Page]:
    if (life := seen.lifetimes.runs) is not None:
        of = await _rows(db, "run")
        async for page in _by_key(db, "runs", "", of, seen.now - life, seen.floor):
            yield page


async def _cases(db: asyncpg.Connection, seen: Sight) -> AsyncIterator[Page]:
    if (life := seen.lifetimes.cases) is not None:
        of = await _rows(db, "exception")
        async for page in _by_key(db, "cases", "0", of, seen.now - life):
            yield page


async def _agreements(db: asyncpg.Connection, seen: Sight) -> AsyncIterator[Page]:
    if (life := seen.lifetimes.agreements) is not None:
        of = await _rows(db, "sync_lag")
        async for page in _by_key(db, "agreements", "[]", of, seen.now - life):
            yield page


async def _seen(db: asyncpg.Connection, seen: Sight) -> AsyncIterator[Page]:
    if seen.lifetimes.seen is None:
        return
    last = min(await position_at(db, seen.now - seen.lifetimes.seen), seen.floor)
    blocks = await db.fetchval(
        "select pg_relation_size('seen') / current_setting('block_size')::int"
    )
    for block in range(0, blocks if last else 0, _BLOCKS):
        rows = await db.fetch(query("expired_seen"), block, block + _BLOCKS, last)
        yield Page(
            keys=[row["key"] for row in rows],
            lines=[row["line"] for row in rows],
            done=min(block + _BLOCKS, blocks),
            of=blocks,
            last=last,
        )


def _json(*values: str) -> str:
    return msgspec.json.encode(values).decode()


EXPIRED: Mapping[Kind, Expired] = {
    "seen": Expired(_seen, lambda row: _json(row["source"], row["id"])),
    "log": Expired(_log, lambda row: str(row["position"])),
    "runs": Expired(_runs, lambda row: row["run"]["id"]),
    "cases": Expired(_cases, lambda row: str(row["id"])),
    "agreements": Expired(
        _agreements, lambda row: _json(row["subject"], row["attribute"], row["follower"])
    ),
}
"""What a sweep looks at, in this order: a program's command goes after the key that names it."""
