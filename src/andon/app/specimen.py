"""A made-up command of any type: enough to see where its mapping would send it."""

__all__ = ["specimen"]

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import inspect as types

from andon.core.message import Command

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def specimen(shape: type[Command]) -> Command | None:
    """With every field that has no default, and one element in each list; None where no such
    command may be, because the type itself forbids what stands in it."""
    try:
        return msgspec.convert(_made(types.type_info(shape)), shape)
    except (msgspec.ValidationError, TypeError, ValueError):
        return None


def _made(kind: types.Type) -> Any:
    match kind:
        case types.StructType() | types.DataclassType() | types.TypedDictType():
            return {one.encode_name: _made(one.type) for one in kind.fields if one.required}
        case types.UnionType():
            return _made(next(one for one in kind.types if not isinstance(one, types.NoneType)))
        case types.VarTupleType() | types.ListType() | types.SetType() | types.FrozenSetType():
            return [_made(kind.item_type)]
        case types.TupleType():
            return [_made(one) for one in kind.item_types]
        case types.DictType():
            return {_made(kind.key_type): _made(kind.value_type)}
        case types.LiteralType():
            return kind.values[0]
        case types.EnumType():
            return next(iter(kind.cls))
        case types.Metadata() | types.CustomType():
            raise TypeError(f"{kind} is not made up")
        case _:
            return _leaf(kind)


def _leaf(kind: types.Type) -> Any:
    match kind:
        case types.StrType() | types.AnyType():
            return "specimen"
        case types.BoolType():
            return True
        case types.IntType() | types.FloatType():
            return 1
        case types.DecimalType():
            return Decimal(1)
        case types.DateTimeType():
            return _NOON
        case types.DateType():
            return date(2026, 1, 1)
        case types.TimeType():
            return time(12)
        case types.TimeDeltaType():
            return timedelta(minutes=1)
        case _:
            return None
