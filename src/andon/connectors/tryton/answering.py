"""How Tryton's REST API searches and shows records, for the simulator."""

__all__ = ["begun", "in_order", "matches", "shown", "unpacked"]

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import msgspec

from andon.connectors.tryton.simulated import Record


def unpacked(text: str | None) -> list[Any]:
    """A domain or an order out of an address."""
    return [] if text is None else msgspec.json.decode(base64.urlsafe_b64decode(text))


def matches(record: Record, domain: Iterable[Any]) -> bool:
    """Whether every clause of a domain holds."""
    return all(_holds(_followed(record, path), op, _typed(value)) for path, op, value in domain)


def begun(domain: Sequence[Any], order: Sequence[Any]) -> datetime | None:
    """The moment from which on records are asked for in the order of their changes; None for any
    other question."""
    match domain, order:
        case [["last_modified_at", ">=", since], *_], [["last_modified_at", "ASC"], ["id", "ASC"]]:
            return _typed(since)
        case _:
            return None


def in_order(records: Iterable[Record], order: Sequence[Any]) -> list[Record]:
    """Records as an order wants them."""
    rows = list(records)
    for field, way in reversed(order):
        rows.sort(key=lambda row, field=field: row[field], reverse=way == "DESC")
    return rows


def _followed(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = None if record is None else record.get(part)
    match record:
        case {"id": id}:
            return id
        case _:
            return record


def _holds(held: Any, op: str, value: Any) -> bool:
    match op:
        case "=":
            return held == value
        case "!=":
            return held != value
        case ">=":
            return held >= value
        case ">":
            return held > value
        case "in":
            return held in value if isinstance(value, list) else value in held
        case _:
            raise ValueError(f"the simulator knows no operator {op}")


def _typed(value: Any) -> Any:
    match value:
        case {"__class__": "datetime", **parts}:
            return datetime(tzinfo=UTC, **parts)
        case _:
            return value


def shown(record: Record, fields: Iterable[str]) -> dict[str, Any]:
    """The fields asked for, nested as the real one nests them."""
    answer: dict[str, Any] = {"id": record.get("id"), "__name__": record.get("__name__")}
    nested: dict[str, list[str]] = {}
    for field in fields:
        name, _, rest = field.partition(".")
        if rest:
            nested.setdefault(name, []).append(rest)
        else:
            answer[name] = _plain(record.get(name))
    for name, inner in nested.items():
        match record.get(name):
            case None:
                answer[name] = None
            case list() as many:  # pyright: ignore[reportUnknownVariableType] records
                answer[name] = [shown(one, inner) for one in cast("list[Record]", many)]
            case one:
                answer[name] = shown(one, inner)
    return answer


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
            return {"__class__": "datetime", **{part: getattr(value, part) for part in parts}}
        case date():
            parts = ("year", "month", "day")
            return {"__class__": "date", **{part: getattr(value, part) for part in parts}}
        case _:
            return value
