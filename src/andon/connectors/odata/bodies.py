"""What is sent: values as OData takes them, and whether a row already says so."""

__all__ = ["agrees", "body_of"]

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import msgspec

from andon.connectors.odata.metadata import EntityType, Property
from andon.connectors.odata.values import instant_of, plain_row, wire_date
from andon.core.quantity import Quantity

_NUMBERS = ("Decimal", "Double", "Single", "Byte", "SByte", "Int16", "Int32", "Int64")


def body_of(value: Any, version: int) -> Any:
    """A body as JSON takes it: decimals as text, moments in the version's own form."""
    match value:
        case Mapping():
            fields = cast("Mapping[str, Any]", value)
            return {name: body_of(one, version) for name, one in fields.items()}
        case list() | tuple():
            return [body_of(one, version) for one in cast("list[Any]", value)]
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return wire_date(value) if version == 2 else _iso(value)
        case time():
            return (
                f"PT{value.hour:02}H{value.minute:02}M{value.second:02}S"
                if version == 2
                else (value.isoformat())
            )
        case timedelta():
            return f"PT{int(value.total_seconds())}S"
        case Quantity():
            raise TypeError(f"{value} is an amount and a unit: two fields")
        case msgspec.Struct():
            return body_of(
                msgspec.to_builtins(value, builtin_types=(Decimal, date, datetime)), version
            )
        case _:
            return value


def _iso(value: date | datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def agrees(row: Mapping[str, Any], wanted: Mapping[str, Any], kind: EntityType) -> bool:
    """Whether a row says what is wanted, field by field: an amount of 5 is 5.000, an instant an
    instant; text is compared as text. What lies behind a way is not compared."""
    return all(
        _same(plain_row(row.get(name)), plain_row(value), kind.properties.get(name))
        for name, value in wanted.items()
        if not isinstance(value, dict | list)
    )


def _same(there: Any, wanted: Any, field: Property | None) -> bool:
    if there == wanted or (there in (None, "") and wanted in (None, "")):
        return True
    kind = "" if field is None else field.type.removeprefix("Edm.")
    if kind in _NUMBERS:
        one, other = _number(there), _number(wanted)
        return one is not None and one == other
    if kind.startswith("Date"):
        first, second = instant_of(str(there)), instant_of(str(wanted))
        return first is not None and first == second
    return False


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
