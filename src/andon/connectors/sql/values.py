"""Between a database's values and JSON, losing nothing, and back into places and bound values."""

__all__ = [
    "Unread",
    "bound",
    "fields_of",
    "json_value",
    "placed",
    "raw_of",
    "raws_of",
    "unplaced",
]

import base64
import hashlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

import msgspec

from andon.core.errors import Fault, MappingError
from andon.core.quantity import Quantity

LARGEST = 1_000_000
"""Bytes of a raw item; from there on its longest values are kept by digest."""
LONG = 65_536
_ODD_OFFSETS = 1972
"""Until then some zones stood seconds off; msgspec, much faster, writes offsets to the minute."""
_encode = msgspec.json.Encoder().encode
_zone_of = attrgetter("tzinfo")


class Unread(bytes):
    """A text that is not in the encoding it should be in: kept byte for byte."""


def _float(value: float, _: tzinfo | None) -> Any:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _moment(value: datetime, zone: tzinfo | None) -> datetime:
    # Of the two equal hours in autumn the first is taken: the database does not say which.
    return value.replace(tzinfo=zone) if value.tzinfo is None else value


def _list(value: Sequence[Any], zone: tzinfo | None) -> list[Any]:
    return [json_value(part, zone) for part in value]


def _dict(value: Mapping[Any, Any], zone: tzinfo | None) -> dict[str, Any]:
    return {str(name): json_value(part, zone) for name, part in value.items()}


_AS_JSON: dict[type[Any], Callable[[Any, tzinfo | None], Any]] = {
    float: _float,
    datetime: _moment,
    Unread: lambda value, _: {"unreadable": base64.b64encode(value).decode()},
    list: _list,
    tuple: _list,
    dict: _dict,
}
_AS_IT_IS: set[type[Any]] = {
    *(str, int, bool, type(None), bytes, memoryview),
    *(Decimal, date, time, timedelta, UUID, msgspec.Raw),
}


def json_value(value: Any, zone: tzinfo | None) -> Any:
    """What msgspec writes without loss: times aware, what is no number as text."""
    kind = cast("type[Any]", type(value))
    if kind in _AS_IT_IS:
        return value
    as_json = _AS_JSON.get(kind)
    return str(value) if as_json is None else as_json(value, zone)


def raw_of(names: Sequence[str], values: Sequence[Any], zones: Sequence[tzinfo | None]) -> bytes:
    """One row as JSON."""
    return _written(dict(zip(names, map(json_value, values, zones), strict=True)))


def raws_of(
    names: Sequence[str], columns: Iterable[Sequence[Any]], zones: Sequence[tzinfo | None]
) -> Iterator[bytes]:
    """Many rows as JSON. Most columns hold what msgspec writes as it is, so it is asked of each
    column and not of each value."""
    for row in zip(*map(_column, columns, zones), strict=True):
        yield _written(dict(zip(names, row, strict=True)))


def _column(values: Sequence[Any], zone: tzinfo | None) -> Sequence[Any]:
    kinds = set(map(type, values))
    if kinds <= _AS_IT_IS or (kinds == {datetime} and all(map(_zone_of, values))):
        return values
    return [json_value(value, zone) for value in values]


def _written(row: dict[str, Any]) -> bytes:
    raw = _encode(row)
    return raw if len(raw) <= LARGEST else _encode(_shortened(row))


def _shortened(row: dict[str, Any]) -> dict[str, Any]:
    written = {name: _encode(value) for name, value in row.items()}
    return {
        name: {"sha256": hashlib.sha256(written[name]).hexdigest(), "bytes": len(written[name])}
        if len(written[name]) > LONG
        else value
        for name, value in row.items()
    }


def placed(value: Any) -> Any:
    """A value of a key or cursor as a position keeps it."""
    match value:
        case datetime():
            return {"at": value if value.year > _ODD_OFFSETS else value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case bytes() | bytearray():
            return {"bytes": base64.b64encode(value).decode()}
        case UUID():
            return {"uuid": str(value)}
        case None | bool() | int() | str():
            return value
        case float():
            return {"float": value.hex()}
        case _:
            return {"number": str(value)}


def unplaced(kept: Any) -> Any:
    """The value again, in its own type. Raises ValueError when it is none of ours."""
    match kept:
        case None | bool() | int() | str():
            return kept
        case {"at": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
        case {"bytes": str(text)}:
            return base64.b64decode(text)
        case {"uuid": str(text)}:
            return UUID(text)
        case {"float": str(text)}:
            return _number(float.fromhex, text)
        case {"number": str(text)}:
            return _number(Decimal, text)
        case _:
            raise ValueError(f"{kept!r} is no value of a key")


def _number(reads: Callable[[str], float | Decimal], text: str) -> float | Decimal:
    try:
        return reads(text)
    except ArithmeticError as error:  # too large, or no number
        raise ValueError(f"{text!r} is no number of a key") from error


def bound(body: Any, names: frozenset[str], key: str) -> dict[str, Any]:
    """The values of a statement's names. Raises MappingError with every one that has none."""
    fields = fields_of(body)
    if "key" in fields:
        raise MappingError("The body has a field `key`, which is Andon's own name. Rename it.")
    fields["key"] = key
    faults = [Fault(f"/{name}", "is missing") for name in sorted(names - set(fields))]
    faults += [
        Fault(f"/{name}", f"a {type(fields[name]).__name__} cannot be bound to a name")
        for name in sorted(names & set(fields))
        if not _bindable(fields[name])
    ]
    if faults:
        raise MappingError("The request does not fit its statement", faults)
    return {name: fields[name] for name in names}


def fields_of(body: Any) -> dict[str, Any]:
    """The fields of a body, or of one of its lines, by name. Raises MappingError if it has none."""
    match body:
        case None:
            return {}
        case msgspec.Struct():
            return msgspec.structs.asdict(body)
        case Mapping():
            return dict(cast("Mapping[str, Any]", body))
        case _:
            raise MappingError("The body is no object, so no name of the statement has a value")


def _bindable(value: Any) -> bool:
    plain = (str, int, float, Decimal, date, time, timedelta, bytes, UUID)
    return value is None or (isinstance(value, plain) and not isinstance(value, Quantity))
