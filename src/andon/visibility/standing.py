"""Where one command stands, by its key."""

__all__ = ["standing_of"]

from typing import Any

from andon.visibility.reading import Asks, maybe_json
from andon.visibility.sql import statement
from andon.visibility.timeline import title_of


async def standing_of(
    db: Asks, key: str, *, sites: frozenset[str], sent_by: str | None = None
) -> dict[str, Any] | None:
    """Open as its delivery says, finished as its receipt or refusal says; None where unknown, or
    not sent by the one that is named."""
    if "\0" in key:
        return None
    row = await db.fetchrow(statement("standing"), key, sorted(sites), sent_by)
    if row is None:
        return None
    answered = row["answer_kind"]
    data: dict[str, Any] = maybe_json(row["answer_data"]) or {}
    refused = answered == "refusal"
    return {
        "key": key,
        "type": row["type"],
        "subject": row["subject"],
        "state": {"receipt": "delivered", "refusal": "refused"}.get(
            answered, row["state"] or "recorded"
        ),
        "reference": data.get("reference"),
        "connection": row["connection"] or row["answer_source"],
        "attempts": row["attempts"],
        "last_error": title_of("refusal", row["type"], data) if refused else row["last_error"],
    }
