"""Arguments of an operation, checked against its WSDL before anything is sent."""

__all__ = ["HOLE", "prepared", "with_holes"]

import re
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast

import msgspec

from andon.connectors._template import placeholders
from andon.connectors.soap.shapes import Leaf, Member, Shape, Shapes, near
from andon.core.errors import Fault
from andon.core.quantity import plain

HOLE: Any = msgspec.UNSET
"""What a placeholder will put there, nobody knows yet what."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def with_holes(template: Any) -> Any:
    """A template whose placeholders may be anything."""
    match template:
        case str():
            return HOLE if placeholders(template) else template
        case dict():
            rows = cast("dict[str, Any]", template)
            return {name: with_holes(part) for name, part in rows.items()}
        case list():
            return [with_holes(part) for part in cast("list[Any]", template)]
        case _:
            return template


def prepared(shapes: Shapes, shape: Shape, value: Any, at: str, faults: list[Fault]) -> Any:
    """The value as zeep takes it; every fault goes into the list with its place."""
    if value is HOLE:
        return value
    if shape.leaf == "list":
        many = cast("list[Any]", value) if isinstance(value, list | tuple) else str(value).split()
        return [_leaf("text", one, at, faults) for one in many]
    if shape.leaf is not None:
        return _leaf(shape.leaf, value, at, faults)
    if not isinstance(value, Mapping):
        if shape.text is not None:
            value = {"_value_1": value}
        elif shape.open:
            return value
        else:
            said = f"must be a table of {', '.join(shape.names[:20]) or 'nothing'}"
            faults.append(Fault(at, said))
            return None
    return _table(shapes, shape, cast("Mapping[str, Any]", value), at, faults)


def _table(
    shapes: Shapes, shape: Shape, given: Mapping[str, Any], at: str, faults: list[Fault]
) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, part in given.items():
        place = f"{at}/{name}"
        member = shape.members.get(name) or shape.attributes.get(name)
        if member is not None:
            if part is None and not member.required:
                continue
            made[name] = _member(shapes, member, part, place, faults)
        elif name == "_value_1" and shape.text is not None:
            made[name] = prepared(shapes, shapes.of(shape.text), part, place, faults)
        elif shape.open:
            made[name] = part
        else:
            faults.append(Fault(place, f"is not there{near(name, shape.names)}"))
    for member in (*shape.members.values(), *shape.attributes.values()):
        if member.required and member.name not in given:
            faults.append(Fault(f"{at}/{member.name}", "is missing"))
    return made


def _member(shapes: Shapes, member: Member, value: Any, at: str, faults: list[Fault]) -> Any:
    shape = shapes.of(member.type)
    if value is None:
        if not member.nillable:
            faults.append(Fault(at, "is missing"))
        return None
    if not member.many:
        if isinstance(value, list) and shape.leaf not in (None, "list"):
            faults.append(Fault(at, "stands once, a list was given"))
            return None
        return prepared(shapes, shape, value, at, faults)
    if value is HOLE:
        return value
    if not isinstance(value, list | tuple):
        return [prepared(shapes, shape, value, at, faults)]
    many = cast("list[Any]", value)
    return [prepared(shapes, shape, one, f"{at}/{n}", faults) for n, one in enumerate(many)]


def _leaf(leaf: Leaf, value: Any, at: str, faults: list[Fault]) -> str:
    try:
        text = _WRITTEN[leaf](value)
    except (ValueError, TypeError, OverflowError):
        faults.append(Fault(at, f"{str(value)[:60]!r} is no {leaf}"))
        return ""
    if _NOT_XML.search(text):
        faults.append(Fault(at, "holds a character that XML cannot"))
    return text


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return plain(value)
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            raise TypeError(value)


def _boolean(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case "true" | "1" | 1:
            return "true"
        case "false" | "0" | 0:
            return "false"
        case _:
            raise ValueError(value)


def _decimal(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise TypeError(value)
    try:
        return plain(Decimal(str(value).strip()))
    except ArithmeticError as error:
        raise ValueError(value) from error


def _integer(value: Any) -> str:
    text = _decimal(value)
    if "." in text:
        raise ValueError(value)
    return text


def _float(value: Any) -> str:
    number = float(value)
    if number != number:
        return "NaN"
    if number in (float("inf"), float("-inf")):
        return "INF" if number > 0 else "-INF"
    return repr(number) if isinstance(value, float) else _decimal(value)


def _moment(value: Any) -> str:
    if isinstance(value, str):
        datetime.fromisoformat(value)
        if "T" not in value:
            raise ValueError(value)
        return value
    if not isinstance(value, datetime):
        raise TypeError(value)
    return value.isoformat().replace("+00:00", "Z")


def _date(value: Any) -> str:
    if isinstance(value, str):
        date.fromisoformat(value[:10])
        if not re.fullmatch(r"\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?", value):
            raise ValueError(value)
        return value
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError(value)
    return value.isoformat()


def _time(value: Any) -> str:
    if isinstance(value, str):
        time.fromisoformat(value)
        return value
    if not isinstance(value, time):
        raise TypeError(value)
    return value.isoformat()


def _duration(value: Any) -> str:
    return str(msgspec.to_builtins(msgspec.convert(value, timedelta)))


def _bytes(value: Any) -> str:
    """A text is taken to be written as base64 already."""
    return b64encode(value).decode() if isinstance(value, bytes) else _text(value)


_WRITTEN: Mapping[Leaf, Callable[[Any], str]] = {
    "text": _text,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "float": _float,
    "moment": _moment,
    "date": _date,
    "time": _time,
    "duration": _duration,
    "bytes": _bytes,
    "list": _text,
}
