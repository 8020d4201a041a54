"""What Andon recorded, from its log."""

from typing import Any

import asyncpg
import msgspec

__all__ = ["Open", "Record", "Recorded", "recorded"]


class Record(msgspec.Struct, frozen=True):
    """One event, command, receipt or refusal."""

    kind: str
    source: str
    id: str
    type: str
    order: str
    """The order it is about or belongs to, as the ERP calls it."""
    data: dict[str, Any]


class Open(msgspec.Struct, frozen=True):
    """A case that waits for somebody."""

    code: str
    subject: str | None
    text: str


class Recorded(msgspec.Struct, frozen=True):
    """One look at Andon."""

    records: tuple[Record, ...]
    seen: tuple[tuple[str, str], ...]
    """Source and id of everything that will be known again."""
    open: tuple[Open, ...]
    undelivered: int
    """Commands that have neither receipt nor refusal."""


async def recorded(dsn: str) -> Recorded:
    """The log without read-backs, and what is still open."""
    db = await asyncpg.connect(dsn)
    try:
        async with db.transaction(isolation="repeatable_read", readonly=True):
            rows = await db.fetch(
                "select kind, source, id, type, split_part(order_key, ':', 2) as order, data"
                " from log where follow or kind <> 'event' order by position"
            )
            seen = await db.fetch("select source, id from seen")
            cases = await db.fetch(
                "select code, subject, text from exception where state <> 'resolved' order by id"
            )
            left = await db.fetchval("select count(*) from delivery")
    finally:
        await db.close()
    return Recorded(
        tuple(
            Record(r["kind"], r["source"], r["id"], r["type"], r["order"],
                   msgspec.json.decode(r["data"]))
            for r in rows
        ),
        tuple((r["source"], r["id"]) for r in seen),
        tuple(Open(r["code"], r["subject"], r["text"]) for r in cases),
        left,
    )  # fmt: skip
