"""JSON as the bytes of a job structure."""

__all__ = ["encoded"]

import struct
from collections.abc import Callable, Mapping
from typing import Any, cast

from andon.connectors.opcua.jobtypes import STRUCTURES
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.values import Unfit, variant

_binary = ua.ua_binary


def encoded(name: str, value: Any, at: str = "") -> bytes:
    """The bytes of a structure. Raises Unfit with the place."""
    if not isinstance(value, Mapping):
        raise Unfit(f"{at or '/'} must be an object")
    given = cast("Mapping[str, Any]", value)
    fields = STRUCTURES[name]
    unknown = given.keys() - {field.name for field in fields}
    if unknown:
        raise Unfit(f"{at}/{sorted(unknown)[0]} is no field of {name}")
    parts: list[bytes] = []
    optional = [field.name for field in fields if field.optional]
    if optional:
        bits = sum(1 << n for n, one in enumerate(optional) if given.get(one) is not None)
        parts.append(_binary.Primitives.UInt32.pack(bits))
    for field in fields:
        held = given.get(field.name)
        if held is None and field.optional:
            continue
        place = f"{at}/{field.name}"
        if field.many:
            if not isinstance(held, list | None):
                raise Unfit(f"{place} must be a list")
            many = cast("list[Any]", held or [])
            parts.append(_binary.Primitives.Int32.pack(len(many)))
            parts += [_written(field.type, one, f"{place}/{n}") for n, one in enumerate(many)]
        else:
            parts.append(_written(field.type, held, place))
    return b"".join(parts)


def _written(kind: str, value: Any, at: str) -> bytes:
    if kind in STRUCTURES:
        return encoded(kind, value, at)
    try:
        return _WRITE[kind](value)
    except (ValueError, TypeError, struct.error, KeyError, ua.UaError) as error:
        raise Unfit(f"{at}: {error}") from error


def _named(kind: str) -> Callable[[Any], bytes]:
    """As a variant of this type, without the byte that says the type."""
    type = ua.VariantType[kind]
    return lambda value: _binary.variant_to_binary(variant({"type": kind, "value": value}, type))[
        1:
    ]


def _free(value: Any) -> bytes:
    """`{"type", "value"}`, or the nearest type: texts, truth, numbers, lists of these."""
    if isinstance(value, Mapping):
        return _binary.variant_to_binary(variant(value))
    many = cast("list[Any]", value if isinstance(value, list) and value else [value])
    kinds: dict[Any, str] = {str: "String", bool: "Boolean", int: "Int64", float: "Double"}
    return _binary.variant_to_binary(variant({"type": kinds[type(many[0])], "value": value}))


def _symbol(value: Any) -> bytes:
    unit = ua.EUInformation(
        "http://www.opcfoundation.org/UA/units/un/cefact", -1,
        ua.LocalizedText(value), ua.LocalizedText(value),
    )  # fmt: skip
    return _binary.struct_to_binary(unit)


def _browse(value: Any) -> bytes:
    names: list[str] = value or []
    elements = [ua.RelativePathElement(TargetName=ua.QualifiedName(one, 0)) for one in names]
    return _binary.struct_to_binary(ua.RelativePath(elements))


_WRITE: Mapping[str, Callable[[Any], bytes]] = {
    **{kind: _named(kind) for kind in ("String", "UInt32", "Int16", "DateTime", "LocalizedText")},
    "Variant": _free,
    "EUInformation": _symbol,
    "RelativePath": _browse,
}
