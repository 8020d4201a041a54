"""The last reading of each mirrored row, by which the next one is told from it."""

__all__ = ["mirrors_of", "previous", "remember", "turn"]

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

import asyncpg

from andon.core.connector import Item


def mirrors_of(items: Sequence[Item]) -> Set[str]:
    """The rows these items are readings of."""
    return {item.mirror for item in items if item.mirror}


async def turn(db: asyncpg.Connection, connection: str) -> None:
    """Waits for other processes at the doors of a connection; they wait for us until we commit."""
    await db.execute(
        "select pg_advisory_xact_lock(hashtextextended('mirror/' || $1, 0))", connection
    )


async def previous(db: asyncpg.Connection, connection: str, names: Set[str]) -> Mapping[str, bytes]:
    """What was read last, by name."""
    if not names:
        return {}
    rows = await db.fetch(
        "select name, body from mirror where connection = $1 and name = any($2::text[])",
        connection,
        list(names),
    )
    return {row["name"]: row["body"].encode() for row in rows}


async def remember(
    db: asyncpg.Connection, connection: str, items: Sequence[Item], now: datetime
) -> None:
    """The last of each row is what the next reading is compared with."""
    bodies = {item.mirror: item.raw for item in items if item.mirror}
    if not bodies:
        return
    await db.execute(
        "insert into mirror (connection, name, body, read_at)"
        " select $1, name, body, $4 from unnest($2::text[], $3::jsonb[]) as t(name, body)"
        " on conflict (connection, name) do update"
        " set body = excluded.body, read_at = excluded.read_at",
        connection,
        list(bodies),
        [body.decode() for body in bodies.values()],
        now,
    )
