"""What a type cannot say: amounts that are numbers, times that exist. Built once per class."""

__all__ = ["Bound", "bound_of"]

from collections.abc import Callable
from typing import Any

from msgspec import inspect

from andon.core.faults import exact_amount, placeable_time

Bound = Callable[[Any], bool]
"""Whether a decoded value keeps its bounds."""


def bound_of(shape: Any) -> Bound | None:
    """The check for a type, None when nothing in it needs one."""
    return _bound(inspect.type_info(shape))


def _bound(kind: inspect.Type) -> Bound | None:
    match kind:
        case inspect.DecimalType():
            return exact_amount
        case inspect.DateTimeType():
            return placeable_time
        case inspect.StructType():
            return _each_field(kind)
        case inspect.VarTupleType() | inspect.ListType():
            return _every(_bound(kind.item_type))
        case inspect.DictType():
            values = _every(_bound(kind.value_type))
            return None if values is None else lambda value: values(value.values())
        case inspect.UnionType():
            return _optional(kind)
        case _:
            return None


def _each_field(kind: inspect.StructType) -> Bound | None:
    found = [(field.name, _bound(field.type)) for field in kind.fields]
    checks = tuple((name, check) for name, check in found if check is not None)
    if not checks:
        return None

    def keeps(value: Any) -> bool:
        for name, check in checks:  # noqa: SIM110 a loop: this runs for every message
            if not check(getattr(value, name)):
                return False
        return True

    return keeps


def _every(check: Bound | None) -> Bound | None:
    return None if check is None else lambda values: all(map(check, values))


def _optional(kind: inspect.UnionType) -> Bound | None:
    parts = [part for part in kind.types if not isinstance(part, inspect.NoneType)]
    checks = [_bound(part) for part in parts]
    check = checks[0]
    if len(parts) == 1 and check is not None:
        return lambda value: value is None or check(value)
    if any(checks):
        raise TypeError(f"a field cannot be one of {parts}: only one of them, or none at all")
    return None
