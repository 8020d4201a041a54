"""A table filled in by a person, read as settings with every mistake named."""

__all__ = ["References", "filled", "span"]

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar, cast, get_origin

import msgspec

from andon.core.errors import Fault
from andon.core.secret import SecretStr
from andon.core.shapes import inside, without_none

S = TypeVar("S", bound=msgspec.Struct)

_SPAN = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|min|h|d)")
_UNITS = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "d": 86400}


class References(Protocol):
    """How a value that stands elsewhere is looked up. Both raise ValueError with the reason."""

    def named(self, reference: Mapping[str, Any]) -> str | None:
        """What `{env = "NAME"}` or `{file = "path"}` stands for; None when it is neither."""
        ...

    def secret(self, text: str) -> SecretStr:
        """A secret written in place, where that is allowed."""
        ...


def filled(
    shape: type[S], table: Mapping[str, Any], *, at: str, references: References
) -> S | list[Fault]:
    """The settings a table holds, or every mistake in it with its key."""
    faults: list[Fault] = []
    found = _struct(shape, table, at, references, faults)
    return faults if faults else cast("S", found)


def span(text: str) -> timedelta:
    """`200ms`, `30 s`, `5 min`, `2 h`, `1 d`, or ISO 8601: `PT30S`."""
    match = _SPAN.fullmatch(text.strip())
    if match is not None:
        return timedelta(seconds=float(match[1]) * _UNITS[match[2]])
    try:
        return msgspec.convert(text.strip(), timedelta)
    except msgspec.ValidationError:
        raise ValueError(
            f"{text!r} is no span of time; write 200ms, 30 s, 5 min, 2 h or 1 d"
        ) from None


def _struct(
    shape: type[msgspec.Struct], table: Any, at: str, look: References, faults: list[Fault]
) -> Any:
    if not isinstance(table, Mapping):
        faults.append(Fault(at, "must be a table"))
        return None
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    given = cast("Mapping[str, Any]", table)
    before = len(faults)
    tag = shape.__struct_config__.tag_field
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key in fields:
            values[fields[key].name] = _value(value, fields[key].type, f"{at}.{key}", look, faults)
        elif key != tag:
            known = ", ".join(fields)
            faults.append(Fault(f"{at}.{key}", f"is no setting of {shape.__name__} ({known})"))
    for key, field in fields.items():
        if field.required and key not in given:
            faults.append(Fault(f"{at}.{key}", "is missing"))
    if len(faults) > before:
        return None
    try:
        return shape(**values)
    except (ValueError, TypeError) as error:  # what the settings themselves check, in words
        faults.append(Fault(at, str(error)))
        return None


def _value(value: Any, shape: Any, at: str, look: References, faults: list[Fault]) -> Any:
    plain = without_none(shape)
    match inside(plain):
        case "struct", choices:
            chosen = _chosen(choices, value)
            if chosen is not None:
                return _struct(chosen, value, at, look, faults)
        case "list", inner if isinstance(value, list):
            many = cast("list[Any]", value)
            read = [_value(one, inner, f"{at}[{n}]", look, faults) for n, one in enumerate(many)]
            return read if get_origin(plain) is list else tuple(read)
        case "table", inner if isinstance(value, Mapping):
            rows = cast("Mapping[str, Any]", value)
            return {k: _value(v, inner, f"{at}.{k}", look, faults) for k, v in rows.items()}
        case _:
            pass
    try:
        return _leaf(value, plain, look)
    except (ValueError, msgspec.ValidationError) as error:
        faults.append(Fault(at, str(error)))
        return None


def _leaf(value: Any, shape: Any, look: References) -> Any:
    secret = shape is SecretStr
    if isinstance(value, Mapping):
        named = look.named(cast("Mapping[str, Any]", value))
        if named is not None:
            value = SecretStr(named) if secret else named
    elif isinstance(value, str) and secret:
        value = look.secret(value)
    if isinstance(value, str) and shape is timedelta:
        return span(value)
    if secret:
        if not isinstance(value, SecretStr):
            raise ValueError('is a secret: write {env = "NAME"} or {file = "path"}')
        return value
    return msgspec.convert(value, shape, strict=False)


def _chosen(choices: Sequence[type[msgspec.Struct]], table: Any) -> type[msgspec.Struct] | None:
    if len(choices) == 1:
        return choices[0]
    for choice in choices:
        config = choice.__struct_config__
        if isinstance(table, Mapping) and table.get(config.tag_field) == config.tag:  # pyright: ignore[reportUnknownMemberType] any table
            return choice
    return None
