"""A sweep: what has expired is written to archives, then removed in small bites.

An archive is whole on disk, and known by its digest, before the first of its rows is removed. A
sweep that was killed is taken up by the next one: half a file is thrown away, a whole one is gone
through again. Rows that were removed are in an archive; some may be in both for a while.
"""

__all__ = ["Swept", "Told", "sweep"]

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from andon.core.errors import SettingsError
from andon.store.archive import Writing, lines_of, renamed, require_whole, throw_away_halves
from andon.store.expired import EXPIRED, Kind, Page, Sight, sight
from andon.store.lifetimes import Lifetimes
from andon.store.sql import query

_LOCK = 40_230
_MOST_RECORDS = 100_000
_BITE = 500
_TABLES = {"log": "log", "runs": "run, journal", "cases": "exception", "agreements": "sync_lag",
           "seen": "seen"}  # fmt: skip

Told = Callable[[str, int, int], None]
"""Hears how far a kind has come: what is being done, how much is done, of how much."""


class Swept(msgspec.Struct, frozen=True):
    """One archive and how many of its rows this sweep removed; some a case may still need."""

    name: str
    kind: Kind
    records: int
    removed: int


async def sweep(
    db: asyncpg.Connection, folder: Path, lifetimes: Lifetimes, *, now: datetime, told: Told
) -> list[Swept]:
    """One look through everything that has a lifetime; whatever a killed sweep left is done first.
    Raises SettingsError when another sweep is at work, or an archive it needs is not whole."""
    if not await db.fetchval("select pg_try_advisory_lock($1)", _LOCK):
        raise SettingsError("Another `andon log archive` is at work on this database. Wait for it.")
    try:
        unfinished = await db.fetch("select * from archive where done_at is null order by id")
        throw_away_halves(folder, await _mark(db), {row["name"] for row in unfinished})
        swept = [await _take_up(db, folder, row, now, told) for row in unfinished]
        given = await sight(db, lifetimes, now)
        for kind in EXPIRED:
            swept += await _sweep_kind(db, folder, kind, given, told)
        return swept
    finally:
        await db.fetchval("select pg_advisory_unlock($1)", _LOCK)


async def _take_up(
    db: asyncpg.Connection, folder: Path, row: asyncpg.Record, now: datetime, told: Told
) -> Swept:
    """Goes on with an archive whose rows were still being removed."""
    file = folder / row["name"]
    renamed(file)
    await asyncio.to_thread(require_whole, file, row["digest"])
    keys = [EXPIRED[row["kind"]].key(msgspec.json.decode(line)) for line in lines_of(file)]
    return await _remove(db, row, keys, now, told)


async def _sweep_kind(
    db: asyncpg.Connection, folder: Path, kind: Kind, given: Sight, told: Told
) -> list[Swept]:
    swept: list[Swept] = []
    pages: list[Page] = []
    writing: Writing | None = None
    try:
        async for page in EXPIRED[kind].pages(db, given):
            told(f"looking through {kind}", page.done, page.of)
            if not page.keys:
                continue
            if writing is None:
                writing = Writing(folder, await _free_name(db, folder, kind))
            await asyncio.to_thread(writing.add, page.lines)
            pages.append(page)
            if writing.records >= _MOST_RECORDS:
                swept.append(await _put_away(db, kind, writing, pages, given.now, told))
                pages, writing = [], None
        if writing is not None:
            swept.append(await _put_away(db, kind, writing, pages, given.now, told))
            writing = None
    except OSError as error:
        raise SettingsError(
            f"An archive cannot be written in {folder}: {error.strerror or error}. Nothing was"
            " removed that is not in a whole archive. Make room there, or name another folder:"
            " --to."
        ) from error
    finally:
        if writing is not None:
            writing.discard()
    return swept


async def _free_name(db: asyncpg.Connection, folder: Path, kind: Kind) -> str:
    """A name that no archive here has, also not one of a database that was restored since."""
    mark = await _mark(db)
    while True:
        number = await db.fetchval("select nextval(pg_get_serial_sequence('archive', 'id'))")
        name = f"{kind}-{mark}-{number:06}.jsonl.gz"
        if not (folder / name).exists():
            return name


async def _mark(db: asyncpg.Connection) -> str:
    """Whose archives these are, where several Andons share a folder."""
    generation = await db.fetchval("select id from generation")
    return str(generation.hex[:8])


async def _put_away(
    db: asyncpg.Connection,
    kind: Kind,
    writing: Writing,
    pages: list[Page],
    now: datetime,
    told: Told,
) -> Swept:
    digest, size = await asyncio.to_thread(writing.close)
    row = await db.fetchrow(
        "insert into archive (name, kind, records, bytes, digest, first, last, first_at, last_at,"
        " written_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning *",
        writing.file.name, kind, writing.records, size, digest, pages[0].first, pages[-1].last,
        pages[0].first_at, pages[-1].last_at, now,
    )  # fmt: skip
    renamed(writing.file)
    assert row is not None
    return await _remove(db, row, [key for page in pages for key in page.keys], now, told)


async def _remove(
    db: asyncpg.Connection, row: asyncpg.Record, keys: list[str], now: datetime, told: Told
) -> Swept:
    """Short transactions, each followed by a pause as long as it took: others get their turn."""
    kind: Kind = row["kind"]
    gone = 0
    for start in range(0, len(keys), _BITE):
        began = time.perf_counter()
        bite = keys[start : start + _BITE]
        gone += await db.fetchval(query(f"remove_{kind}"), bite, _limit(row, now))
        told(f"removing {kind}", start + len(bite), len(keys))
        await asyncio.sleep(time.perf_counter() - began)
    await db.execute("update archive set done_at = $2 where id = $1", row["id"], now)
    # Room is used again, nothing is locked: giving it back to the disk would lock the table.
    await db.execute(f"vacuum (truncate off) {_TABLES[kind]}")
    return Swept(row["name"], kind, row["records"], gone)


def _limit(row: asyncpg.Record, now: datetime) -> Any:
    """What changed after the archive was written is not the row in it."""
    match row["kind"]:
        case "log":
            return now
        case "seen":
            return row["last"]
        case _:
            return row["written_at"]
