"""Values of metrics as JSON holds them: integers, texts, tables; each by its data type."""

__all__ = ["parameters_of", "properties_of", "read", "text", "value_of"]

import math
import struct
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from andon.connectors.sparkplug.datatypes import (
    ARRAYS,
    NUMBERS,
    SIGNED,
    UNSIGNED,
    named,
    unpacked,
)
from andon.connectors.sparkplug.schema import (
    DataSet,
    Holder,
    Metric,
    PropertySet,
    PropertyValue,
    Template,
)

_FLOAT, _DOUBLE, _BOOLEAN, _DATETIME = (
    NUMBERS[name] for name in ("Float", "Double", "Boolean", "DateTime")
)
_TEXTS = {NUMBERS["String"], NUMBERS["Text"], NUMBERS["UUID"]}
_BYTES = {NUMBERS["Bytes"], NUMBERS["File"]}
_FLOATS, _DOUBLES, _DATETIMES = (
    NUMBERS[name] for name in ("FloatArray", "DoubleArray", "DateTimeArray")
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def value_of(holder: Holder, datatype: int) -> Any:
    """Integers, numbers, texts and booleans as such; DateTime as ISO 8601, bytes as base64, arrays
    as lists, DataSet and Template as tables. None when there is no value; numbers JSON does not
    know are texts: `NaN`, `Infinity`. Raises ValueError when field and type do not fit."""
    field = holder.WhichOneof("value")
    return None if field is None else read(getattr(holder, field), field, datatype)


def read(raw: Any, field: str, datatype: int) -> Any:
    """What `value_of` makes of what stands in one field."""
    match field:
        case "int_value" | "long_value":
            return _integer(raw, datatype)
        case "float_value":
            _fits(datatype, field, _FLOAT, _DOUBLE, 0)
            return _single(raw)
        case "double_value":
            _fits(datatype, field, _FLOAT, _DOUBLE, 0)
            return _number(raw)
        case "boolean_value":
            _fits(datatype, field, _BOOLEAN, 0)
            return raw
        case "string_value":
            _fits(datatype, field, *_TEXTS, 0)
            return text(raw)
        case "bytes_value":
            return _bytes(raw, datatype)
        case "dataset_value":
            _fits(datatype, field, NUMBERS["DataSet"], 0)
            return _table(raw)
        case "template_value":
            _fits(datatype, field, NUMBERS["Template"], 0)
            return _template(raw)
        case "propertyset_value":
            return properties_of(raw)
        case "propertysets_value":
            return [properties_of(one) for one in raw.propertyset]
        case _:
            raise ValueError(f"a value in {field}")


def properties_of(held: PropertySet) -> dict[str, Any]:
    """Properties by their key: unit, range, quality. Raises ValueError."""
    keys, values = list(held.keys), list(held.values)
    if len(keys) != len(values):
        raise ValueError(f"{len(keys)} keys of properties for {len(values)} values")
    return {text(key): _property(value) for key, value in zip(keys, values, strict=True)}


def parameters_of(template: Template) -> Mapping[str, Any]:
    """Parameters of a template by their name, each with its type. Raises ValueError."""
    return {
        text(one.name): {"type": named(one.type), "value": value_of(one, one.type)}
        for one in template.parameters
    }


def text(raw: str | bytes) -> str:
    """A text of a payload, which protobuf leaves as bytes where it is not UTF-8. Raises
    ValueError."""
    return raw if isinstance(raw, str) else raw.decode("utf-8")


def _property(value: PropertyValue) -> Any:
    return None if value.is_null else value_of(value, value.type)


def _fits(datatype: int, field: str, *wanted: int) -> None:
    if datatype not in wanted:
        raise ValueError(f"a {named(datatype)} in {field}")


def _integer(raw: int, datatype: int) -> Any:
    if (bits := SIGNED.get(datatype)) is not None:
        if raw < 1 << (bits - 1):
            return raw
        for wire in (bits, 32, 64):  # some extend the sign to the field, some do not
            if wire >= bits and (1 << wire) - (1 << (bits - 1)) <= raw < 1 << wire:
                return raw - (1 << wire)
    elif (bits := UNSIGNED.get(datatype)) is not None:
        if raw < 1 << bits:
            return raw
    elif datatype == _DATETIME:
        return _moment(raw)
    elif datatype == 0:
        return raw
    raise ValueError(f"{raw} is no {named(datatype)}")


def _moment(milliseconds: int) -> str:
    try:
        at = _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        raise ValueError(f"{milliseconds} is no DateTime: no calendar goes so far") from error
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _number(value: float) -> Any:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _single(value: float) -> Any:
    """The shortest decimal that is this 32-bit number: 0.1, not 0.10000000149011612."""
    if not math.isfinite(value):
        return _number(value)
    short = float(f"{value:.7g}")
    try:
        return short if struct.pack("<f", short) == struct.pack("<f", value) else value
    except OverflowError:  # rounded up beyond the largest
        return value


def _bytes(raw: bytes, datatype: int) -> Any:
    if datatype in ARRAYS:
        found = unpacked(raw, datatype)
        if datatype == _FLOATS:
            return [_single(value) for value in found]
        if datatype == _DOUBLES:
            return [_number(value) for value in found]
        return [_moment(value) for value in found] if datatype == _DATETIMES else found
    _fits(datatype, "bytes_value", *_BYTES, 0)
    return b64encode(raw).decode()


def _table(held: DataSet) -> dict[str, Any]:
    columns, types = list(held.columns), list(held.types)
    rows = [list(row.elements) for row in held.rows]
    if len(types) != len(columns) or any(len(row) != len(types) for row in rows):
        raise ValueError(f"a DataSet of {len(columns)} columns whose types or rows are others")
    return {
        "columns": [text(column) for column in columns],
        "types": [named(one) for one in types],
        "rows": [
            [value_of(one, kind) for one, kind in zip(row, types, strict=True)] for row in rows
        ],
    }


def _template(held: Template) -> dict[str, Any]:
    return {
        "ref": text(held.template_ref) or None,
        "version": text(held.version) or None,
        "definition": held.is_definition,
        "parameters": parameters_of(held),
        "metrics": {text(one.name): _member(one) for one in held.metrics},
    }


def _member(metric: Metric) -> dict[str, Any]:
    value = None if metric.is_null else value_of(cast("Holder", metric), metric.datatype)
    return {"type": named(metric.datatype), "value": value}
