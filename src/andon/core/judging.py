"""A document against the JSON Schema of its shape: every fault there is, not only the first."""

__all__ = ["judged"]

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, cast

import msgspec
from jsonschema import Draft202012Validator, FormatChecker, TypeChecker, ValidationError
from jsonschema.validators import (
    extend,  # pyright: ignore[reportUnknownVariableType] untyped library
)

from andon.core.faults import exact_amount, placeable_time, schema_of

_FORMATS = FormatChecker(formats=())


def _reads(value: object, shape: Any, sound: Callable[[Any], bool] = lambda _: True) -> bool:
    try:
        return sound(msgspec.convert(value, shape))
    except msgspec.ValidationError:
        return False


@_FORMATS.checks("decimal")
def _decimal(value: object) -> bool:
    if isinstance(value, str):
        return _reads(value, Decimal, exact_amount)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return exact_amount(Decimal(str(value)))
    return True


@_FORMATS.checks("date-time")
def _aware_time(value: object) -> bool:
    aware = Annotated[datetime, msgspec.Meta(tz=True)]
    return not isinstance(value, str) or _reads(value, aware, placeable_time)


@_FORMATS.checks("duration")
def _duration(value: object) -> bool:
    return not isinstance(value, str) or _reads(value, timedelta)


def _is_integer(_: TypeChecker, value: object) -> bool:
    # JSON Schema calls 1.0 an integer, msgspec does not.
    return isinstance(value, int) and not isinstance(value, bool)


_Validator: Any = cast(Any, extend)(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer),
)


@lru_cache(maxsize=512)
def _validator_of(shape: Any) -> Any:
    return _Validator(schema_of(shape), format_checker=_FORMATS)


def judged(document: Any, shape: Any) -> Iterator[tuple[Sequence[str | int], str]]:
    """The path and the words of every fault."""
    errors = cast("Iterable[ValidationError]", _validator_of(shape).iter_errors(document))
    for error in errors:
        for leaf in _leaves(error):
            yield tuple(leaf.absolute_path), leaf.message


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """Inside `a thing or null`, the faults of the thing are what the reader needs."""
    inner: list[ValidationError] = list(error.context or ())
    branches = {part.schema_path[0] for part in inner if part.validator != "type" or part.path}
    if error.validator == "anyOf" and len(branches) == 1:
        for part in inner:
            if part.schema_path[0] in branches:
                yield from _leaves(part)
    else:
        yield error
