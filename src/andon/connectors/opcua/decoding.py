"""Bytes of a job structure as JSON."""

__all__ = ["MalformedError", "decoded", "value_of"]

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, cast

from andon.connectors.opcua.jobtypes import STRUCTURES, Field
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.values import plain
from andon.core.errors import MappingError

_DEEPEST = 30
_MOST_SIZES = 8
_NESTED = (23, 24, 25)
"""Readings, values, diagnostics."""
_binary = ua.ua_binary


class MalformedError(MappingError):
    """Bytes that are not the structure they are said to be."""


def decoded(name: str, body: bytes) -> dict[str, Any]:
    """One structure. Raises MalformedError, whatever the bytes are."""
    buffer = ua.utils.Buffer(body)
    try:
        found = _decoded(name, buffer, 0)
    except MalformedError:
        raise
    except Exception as error:  # the library raises many kinds on bytes that are none
        raise MalformedError(f"{len(body)} bytes are no {name}: {type(error).__name__}") from error
    if len(buffer):
        raise MalformedError(f"{len(buffer)} bytes are left behind a {name}")
    return found


def _decoded(name: str, buffer: Any, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise MalformedError(f"structures stand more than {_DEEPEST} deep in each other")
    fields = STRUCTURES[name]
    given = _mask(fields, buffer)
    found: dict[str, Any] = {}
    for field in fields:
        if field.optional and field.name not in given:
            continue
        if field.many:
            found[field.name] = _many(field.type, buffer, depth)
        else:
            found[field.name] = _read(field.type, buffer, depth)
    return found


def _mask(fields: tuple[Field, ...], buffer: Any) -> set[str]:
    optional = [field.name for field in fields if field.optional]
    if not optional:
        return set()
    bits = _binary.Primitives.UInt32.unpack(buffer)
    if bits >> len(optional):
        raise MalformedError("more fields are said to be there than there are")
    return {name for n, name in enumerate(optional) if bits >> n & 1}


def _many(kind: str, buffer: Any, depth: int) -> list[Any] | None:
    length = _binary.Primitives.Int32.unpack(buffer)
    if length < 0:
        return None
    if length > len(buffer):
        raise MalformedError(f"{length} values are said to stand in {len(buffer)} bytes")
    return [_read(kind, buffer, depth) for _ in range(length)]


def _read(kind: str, buffer: Any, depth: int) -> Any:
    if kind in STRUCTURES:
        return _decoded(kind, buffer, depth + 1)
    found: Any = plain(_onward(_READ[kind], buffer))
    if isinstance(found, dict) and kind != "Variant":
        raise MalformedError(f"a {kind} is no UTF-8")
    return cast("Any", found)


def value_of(buffer: Any) -> Any:
    """A variant that holds no variants: the library would believe any length of those. Structures
    stay bytes."""
    ahead = buffer.copy()
    said = _binary.Primitives.Byte.unpack(ahead)
    kind, many = said & 63, bool(said & 128)
    if kind in _NESTED:
        raise MalformedError("a value holds values or readings, which are not read here")
    length = _binary.Primitives.Int32.unpack(ahead) if many else 1
    if length > len(ahead):
        raise MalformedError("a list is said to hold more values than there are bytes")
    if said & 64:
        return _onward(_matrix, buffer)
    if kind != ua.VariantType.ExtensionObject.value:
        return _binary.variant_from_binary(buffer)
    buffer.skip(5 if many else 1)
    found = [_onward(_structure, buffer) for _ in range(length)]
    return ua.Variant(found if many else found[0], ua.VariantType.ExtensionObject, is_array=many)


def _matrix(buffer: Any) -> Any:
    """The library fills up what the sizes promise and the values do not: a few bytes, a million
    elements. Here both must agree."""
    said = _binary.Primitives.Byte.unpack(buffer)
    if not said & 128 or said & 63 == ua.VariantType.ExtensionObject.value:
        raise MalformedError("a matrix of structures, or of one value, is not read here")
    kind = ua.datatype_to_varianttype(said & 63)
    flat: list[Any] = _binary.unpack_uatype_array(kind, buffer) or []
    sizes: list[int] = _binary.unpack_uatype_array(ua.VariantType.Int32, buffer) or []
    if not 0 < len(sizes) <= _MOST_SIZES or min(sizes) < 0 or prod(sizes) != len(flat):
        raise MalformedError(
            f"a matrix of {sizes[:_MOST_SIZES]} is said to hold {len(flat)} values"
        )
    return ua.Variant(_shaped(flat, sizes[1:]), kind, sizes, is_array=True)


def _shaped(flat: list[Any], sizes: Sequence[int]) -> list[Any]:
    """Rows of rows, the last size innermost."""
    for size in reversed(sizes):
        flat = [flat[at : at + size] for at in range(0, len(flat), size)] if size else []
    return flat


def _structure(buffer: Any) -> Any:
    kind = _binary.nodeid_from_binary(buffer)
    encoding = _binary.Primitives.Byte.unpack(buffer)
    body = _binary.Primitives.Bytes.unpack(buffer) if encoding else None
    return ua.ExtensionObject(TypeId=kind, Body=body)


def _unit(buffer: Any) -> Any:
    """The symbol: what a quantity is written with."""
    return _binary.struct_from_binary(ua.EUInformation, buffer).DisplayName.Text


def _path(buffer: Any) -> list[str] | None:
    """The names along a browse path; None for the top of the states."""
    length = _binary.Primitives.Int32.unpack(buffer)
    if length > len(buffer):
        raise MalformedError(f"{length} steps are said to stand in {len(buffer)} bytes")
    steps = [_onward(_step, buffer) for _ in range(length)]
    return [one.TargetName.Name for one in steps] or None


def _step(buffer: Any) -> Any:
    return _binary.struct_from_binary(ua.RelativePathElement, buffer)


def _onward(read: Callable[[Any], Any], buffer: Any) -> Any:
    """The library takes a negative length as the way back: who goes back may never end."""
    before = len(buffer)
    found = read(buffer)
    if len(buffer) > before:
        raise MalformedError("a length is negative")
    return found


_READ: Mapping[str, Callable[[Any], Any]] = {
    "String": _binary.Primitives.String.unpack,
    "UInt32": _binary.Primitives.UInt32.unpack,
    "Int16": _binary.Primitives.Int16.unpack,
    "DateTime": _binary.Primitives.DateTime.unpack,
    "LocalizedText": lambda buffer: _binary.struct_from_binary(ua.LocalizedText, buffer),
    "Variant": value_of,
    "EUInformation": _unit,
    "RelativePath": _path,
}
