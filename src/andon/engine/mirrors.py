"""The last reading of each mirrored row, by which the next one is told from it."""

__all__ = ["kept_of", "known_again", "mirrors_of", "previous", "remember", "turn"]

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from hashlib import sha256

import asyncpg

from andon.core.connector import Item
from andon.core.mapping import Before, TooLarge
from andon.store.raw import whole

_NOT_KEPT = "null"


def mirrors_of(items: Sequence[Item]) -> Set[str]:
    """The rows these items are readings of."""
    return {item.mirror for item in items if item.mirror}


def kept_of(item: Item) -> Before:
    """What the next reading of the row is compared with."""
    raw = whole(item.raw)
    return TooLarge(sha256(item.raw).digest(), len(item.raw)) if raw is None else raw


def known_again(item: Item, before: Before | None) -> Before | None:
    """What the row was before, whole when the item says the same again."""
    return item.raw if isinstance(before, TooLarge) and kept_of(item) == before else before


async def turn(db: asyncpg.Connection, connection: str) -> None:
    """Waits for other processes at the doors of a connection; they wait for us until we commit."""
    await db.execute(
        "select pg_advisory_xact_lock(hashtextextended('mirror/' || $1, 0))", connection
    )


async def previous(
    db: asyncpg.Connection, connection: str, names: Set[str]
) -> Mapping[str, Before]:
    """What was read last, by name."""
    if not names:
        return {}
    rows = await db.fetch(
        "select name, body, sha256, bytes from mirror"
        " where connection = $1 and name = any($2::text[])",
        connection,
        list(names),
    )
    return {row["name"]: _before(row) for row in rows}


def _before(row: asyncpg.Record) -> Before:
    if row["bytes"] is not None and row["body"] == _NOT_KEPT:
        return TooLarge(bytes(row["sha256"]), row["bytes"])
    return row["body"].encode()


async def remember(
    db: asyncpg.Connection, connection: str, items: Sequence[Item], now: datetime
) -> None:
    """The last of each row is what the next reading is compared with."""
    last = {item.mirror: kept_of(item) for item in items if item.mirror}
    if not last:
        return
    large = [one if isinstance(one, TooLarge) else None for one in last.values()]
    await db.execute(
        "insert into mirror (connection, name, body, sha256, bytes, read_at)"
        " select $1, name, body, sha256, bytes, $6"
        " from unnest($2::text[], $3::jsonb[], $4::bytea[], $5::bigint[])"
        " as t(name, body, sha256, bytes)"
        " on conflict (connection, name) do update set body = excluded.body,"
        " sha256 = excluded.sha256, bytes = excluded.bytes, read_at = excluded.read_at",
        connection,
        list(last),
        [one.decode() if isinstance(one, bytes) else _NOT_KEPT for one in last.values()],
        [one and one.sha256 for one in large],
        [one and one.bytes for one in large],
        now,
    )
