"""The queue of cases that somebody must decide."""

__all__ = ["exception_with_raw", "exceptions", "exceptions_of"]

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from andon.visibility.reach import reach_of
from andon.visibility.reached import Reach
from andon.visibility.reading import Asks, maybe_json, row_with
from andon.visibility.shortage import hurts
from andon.visibility.sql import statement
from andon.visibility.views import ExceptionView, RawException

ExceptionState = Literal["open", "acknowledged", "resolved"]


async def exceptions(
    db: Asks,
    *,
    state: ExceptionState | None,
    before: int | None,
    limit: int,
    sites: frozenset[str],
) -> tuple[list[ExceptionView], int | None]:
    """Newest first, and where the next page begins."""
    rows = await db.fetch(statement("exceptions"), state, before, sorted(sites), limit, None, None)
    views = [ExceptionView(**_fields(row)) for row in rows]
    return views, views[-1].id if len(views) == limit else None


async def exceptions_of(
    db: Asks, subject: str, *, sites: frozenset[str], limit: int = 200
) -> list[ExceptionView]:
    """The cases of one subject, closed ones too."""
    rows = await db.fetch(statement("exceptions"), None, None, sorted(sites), limit, subject, None)
    return [ExceptionView(**_fields(row)) for row in rows]


async def exception_with_raw(
    db: Asks, exception_id: int, *, sites: frozenset[str], now: datetime
) -> RawException | None:
    """One case with its item as it came, whom it hurts, and what it reaches where systems differ
    about stock; None where the caller may not see it."""
    row = await db.fetchrow(
        statement("exceptions"), None, None, sorted(sites), 1, None, exception_id
    )
    if row is None:
        return None
    kept = await db.fetchrow(statement("raw"), exception_id)
    raw, encoding = _text(kept["raw"] if kept else None)
    return RawException(
        **_fields(row),
        raw=raw,
        raw_encoding=encoding,
        hurts=[] if row["subject"] is None else await hurts(db, row["subject"], sites=sites),
        reach=await _reach(db, row["subject"], sites, now),
    )


async def _reach(
    db: Asks, subject: str | None, sites: frozenset[str], now: datetime
) -> Reach | None:
    found = None if subject is None else await reach_of(db, subject, sites=sites, now=now)
    return found if found is not None and found.gaps else None


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    fields = row_with(row, class_=row["class"], detail=maybe_json(row["detail"]) or {})
    del fields["class"]
    return fields


def _text(raw: bytes | None) -> tuple[str | None, Literal["utf-8", "base64"] | None]:
    if raw is None:
        return None, None
    try:
        return raw.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode("ascii"), "base64"
