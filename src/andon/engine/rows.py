"""The records a worker appends: commands, receipts, refusals."""

__all__ = ["command_row", "jsonb", "receipt_row", "refusal_row"]

from datetime import datetime
from typing import Any

import msgspec

from andon.core.errors import RefusedError
from andon.core.message import Command
from andon.engine.answers import error_words
from andon.engine.live import Live
from andon.engine.parcel import Delivered, Parcel
from andon.engine.read import claims_text
from andon.store.advance import LogRow

DELIVERED = "andon.delivery.command.delivered.v1"
REFUSED = "andon.delivery.command.refused.v1"


def jsonb(data: Any) -> str:
    """JSON that PostgreSQL keeps: it cannot hold a NUL, which an answer may carry."""
    return msgspec.json.encode(data).decode().replace("\\u0000", "\\ufffd")


def command_row(
    live: Live,
    now: datetime,
    *,
    key: str,
    subject: str,
    command: Command,
    cause: int,
    data: str,
    denied: str | None,
) -> LogRow:
    """What a run asks for; a denied command stands in the log as its refusal."""
    return LogRow(
        kind="command" if denied is None else "refusal",
        source="andon",
        id=key,
        type=command.TYPE,
        subject=subject,
        order_key=live.subject,
        lane=live.lane,
        correlation=live.correlation,
        causation=cause,
        occurred_at=now,
        site=live.site,
        actor=f"workflow:{live.flow.name}",
        data=data if denied is None else jsonb({"key": key, "says": denied}),
    )


def receipt_row(outcome: Delivered, now: datetime) -> LogRow:
    """What the system answered, and what it believes since the call began."""
    parcel, receipt = outcome.parcel, outcome.receipt
    data = {
        "key": parcel.key,
        "command": parcel.command.TYPE,
        "reference": receipt.reference,
        "body": receipt.body,
        "attempts": parcel.attempts,
        "ms": round(outcome.ms, 2),
        "found": outcome.found,
    }
    return _outcome_row(
        parcel, now, "receipt", DELIVERED, data, claims_text(parcel.command.claims())
    )


def refusal_row(parcel: Parcel, error: RefusedError, now: datetime) -> LogRow:
    """That the system will not do it, in its words."""
    data = {"key": parcel.key, "command": parcel.command.TYPE, "says": str(error)}
    data |= error_words(error)
    return _outcome_row(parcel, now, "refusal", REFUSED, data, None)


def _outcome_row(
    parcel: Parcel, now: datetime, kind: str, type: str, data: dict[str, Any], claims: str | None
) -> LogRow:
    return LogRow(
        kind=kind,
        source=parcel.wired.name,
        id=f"{parcel.key}:{kind}",
        type=type,
        subject=parcel.subject,
        order_key=parcel.order_key,
        lane=parcel.lane,
        correlation=parcel.correlation,
        causation=parcel.position,
        # A read-back of the same change is written after the call began: it must count as newer.
        occurred_at=parcel.sent_at or now,
        site=parcel.site,
        actor=parcel.wired.name,
        system=parcel.wired.name if claims else None,
        claims=claims,
        data=jsonb(data),
    )
