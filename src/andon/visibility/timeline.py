"""What happened to a subject, in log order; and its commands, open and finished, read from it."""

__all__ = ["Traced", "deliveries", "timeline", "title_of"]

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import msgspec

from andon.visibility.views import Delivery, TimelineEntry


class Traced(msgspec.Struct, frozen=True):
    """One record with its delivery, where its command is still open."""

    position: int
    kind: str
    type: str
    source: str
    id: str
    occurred_at: datetime
    recorded_at: datetime
    causation: int | None
    claims: dict[str, Any]
    actor: str
    data: Any
    hop_ms: float | None
    key: str | None
    connection: str | None
    state: str | None
    attempts: int | None
    since: datetime | None
    due_at: datetime | None
    last_error: str | None


def title_of(kind: str, type: str, data: Any) -> str:
    """A record in a few words: `production order released`, `receipt GR-17`, `connection paused by
    anna: new certificate`."""
    fields = _fields(data)
    match kind:
        case "receipt":
            return f"receipt {fields.get('reference') or ''}".strip()
        case "refusal":
            return f"refused: {fields.get('text') or fields.get('says') or type}"
        case "note":
            return _noted(_words(type), fields)
        case _:
            return _words(type)


def _words(type: str) -> str:
    words = [part for part in type.split(".") if part != "andon"]
    if words and words[-1][:1] == "v" and words[-1][1:].isdigit():
        words.pop()
    return " ".join(words).replace("-", " ")


def _noted(words: str, fields: dict[str, Any]) -> str:
    """What was done, by whom and why; what Andon found itself has no name beside it."""
    by, reason = fields.get("by"), fields.get("reason") or fields.get("answer")
    words += f" by {by}" if by and by != "andon" else ""
    return f"{words}: {reason}" if reason else words


def timeline(records: Sequence[Traced]) -> list[TimelineEntry]:
    """The records as they are shown."""
    answers = _answers(records)
    return [
        TimelineEntry(
            position=record.position,
            kind=record.kind,
            type=record.type,
            source=record.source,
            target=_target(record, answers.get(record.position)),
            occurred_at=record.occurred_at,
            recorded_at=record.recorded_at,
            hop_ms=record.hop_ms,
            title=title_of(record.kind, record.type, record.data),
            causation=record.causation,
            claims=record.claims,
            actor=record.actor,
            data=record.data,
        )
        for record in records
    ]


def deliveries(records: Sequence[Traced]) -> list[Delivery]:
    """Open commands as they stand, finished ones as their receipt or refusal says."""
    answers = _answers(records)
    shown: list[Delivery] = []
    for record in records:
        answer = answers.get(record.position)
        if record.kind == "command" and (record.state is not None or answer is not None):
            shown.append(_open(record) if answer is None else _finished(record, answer))
    return shown


def _answers(records: Sequence[Traced]) -> dict[int, Traced]:
    return {
        record.causation: record
        for record in records
        if record.kind in ("receipt", "refusal") and record.causation is not None
    }


def _target(record: Traced, answer: Traced | None) -> str | None:
    if record.kind != "command":
        return None
    return record.connection or (answer.source if answer else None)


def _open(record: Traced) -> Delivery:
    return Delivery(
        key=record.key or record.id,
        position=record.position,
        connection=record.connection,
        type=record.type,
        state=record.state or "pending",
        attempts=record.attempts,
        since=record.since or record.recorded_at,
        due_at=record.due_at,
        last_error=record.last_error,
        reference=None,
    )


def _finished(record: Traced, answer: Traced) -> Delivery:
    fields = _fields(answer.data)
    refused = answer.kind == "refusal"
    return Delivery(
        key=record.id,
        position=record.position,
        connection=answer.source,
        type=record.type,
        state="refused" if refused else "delivered",
        attempts=fields.get("attempts"),
        since=answer.recorded_at,
        due_at=None,
        last_error=title_of("refusal", record.type, answer.data) if refused else None,
        reference=fields.get("reference"),
    )


def _fields(data: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", data) if isinstance(data, dict) else {}
