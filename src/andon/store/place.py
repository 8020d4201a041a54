"""Where the log stood at a time, without an index on time: positions grow with it."""

__all__ = ["position_at"]

from datetime import datetime

import asyncpg

_ARCHIVED = """
select greatest(
  (select max(last) from archive where kind = 'log' and last_at <= $1),
  (select max(first) from archive where kind = 'log' and first_at <= $1), 0)
"""
_NEXT = "select position, recorded_at from log where position >= $1 order by position limit 1"


async def position_at(db: asyncpg.Connection, at: datetime) -> int:
    """The last position known to be recorded by then, of a record that is there or was archived."""
    known = int(await db.fetchval(_ARCHIVED, at))
    low, high = 0, int(await db.fetchval("select coalesce(max(position), 0) from log"))
    while low < high:
        middle = (low + high + 1) // 2
        row = await db.fetchrow(_NEXT, middle)
        if row is not None and row["recorded_at"] <= at:
            low = max(middle, row["position"])
        else:
            high = middle - 1
    row = await db.fetchrow("select recorded_at from log where position = $1", low)
    return max(known, low if row is not None and row["recorded_at"] <= at else 0)
