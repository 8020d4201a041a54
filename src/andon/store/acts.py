"""What people do to connections and cases: the change and its record in one statement."""

__all__ = ["Wanted", "judge", "wish"]

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from andon.store.access import Speaks
from andon.store.sql import query

Wanted = Literal["running", "paused"]


async def wish(
    db: Speaks, connection: str, wanted: Wanted, *, by: str, why: str, now: datetime
) -> bool:
    """Pauses or resumes; workers are told with the commit. False, and no record, when it was wished
    already or there is no such connection."""
    rows = await db.fetch(query("wish"), connection, wanted, by, _kept(why), now)
    return bool(rows)


async def judge(
    db: Speaks,
    exception: int,
    state: Literal["acknowledged", "resolved"],
    *,
    by: str,
    note: str,
    now: datetime,
    of: Sequence[str],
) -> bool:
    """Acknowledges or resolves a case whose state is one of `of`; else False, and no record."""
    rows = await db.fetch(query("judge"), exception, state, by, now, _kept(note), list(of))
    return bool(rows)


def _kept(text: str) -> str:
    """Without NUL, which PostgreSQL does not keep."""
    return text.replace("\0", "")
