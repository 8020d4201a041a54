"""Values from JSON put into metrics, each as its data type wants it."""

__all__ = ["put", "put_metric"]

import math
import struct
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from andon.connectors.sparkplug.datatypes import (
    ARRAYS,
    NUMBERS,
    SIGNED,
    UNSIGNED,
    named,
    packed,
)
from andon.connectors.sparkplug.schema import DataSet, Holder, Metric, Template

_DATETIMES = NUMBERS["DateTimeArray"]


def put_metric(metric: Metric, datatype: int, value: Any) -> None:
    """Type and value; None becomes `is_null`. Raises ValueError when they do not fit."""
    metric.datatype = datatype
    if value is None:
        metric.is_null = True
    elif datatype in ARRAYS:
        listed = _whole(value, list, datatype)
        milliseconds = [_milliseconds(one) for one in listed] if datatype == _DATETIMES else listed
        metric.bytes_value = packed(milliseconds, datatype)
    elif datatype in (NUMBERS["Bytes"], NUMBERS["File"]):
        metric.bytes_value = b64decode(_whole(value, str, datatype), validate=True)
    elif datatype == NUMBERS["DataSet"]:
        _put_table(metric.dataset_value, _whole(value, dict, datatype))
    elif datatype == NUMBERS["Template"]:
        _put_template(metric.template_value, _whole(value, dict, datatype))
    else:
        put(metric, datatype, value)


def put(holder: Holder, datatype: int, value: Any) -> None:
    """A plain value: integer, number, boolean, text, time. Raises ValueError."""
    if datatype in SIGNED or datatype in UNSIGNED:
        _put_integer(holder, datatype, _whole(value, int, datatype))
        return
    match named(datatype):
        case "Float":
            holder.float_value = _single(value)
        case "Double":
            holder.double_value = _number(value, datatype)
        case "Boolean":
            holder.boolean_value = _whole(value, bool, datatype)
        case "String" | "Text" | "UUID":
            holder.string_value = _whole(value, str, datatype)
        case "DateTime":
            holder.long_value = _milliseconds(value)
        case _:
            raise ValueError(f"{named(datatype)} cannot be written")


def _put_integer(holder: Holder, datatype: int, value: int) -> None:
    bits = SIGNED.get(datatype) or UNSIGNED[datatype]
    low = -(1 << (bits - 1)) if datatype in SIGNED else 0
    high = (1 << (bits - 1)) if datatype in SIGNED else 1 << bits
    if not low <= value < high:
        raise ValueError(f"{value} is no {named(datatype)}")
    if bits == 64:
        holder.long_value = value % (1 << 64)
    else:
        holder.int_value = value % (1 << 32)


def _whole(value: Any, wanted: type, datatype: int) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise ValueError(f"{value!r} is no {named(datatype)}")
    return value


def _number(value: Any, datatype: int) -> float:
    if value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is no {named(datatype)}")
    return float(value)


def _single(value: Any) -> float:
    number = _number(value, NUMBERS["Float"])
    try:
        struct.pack("<f", number)
    except OverflowError as error:
        raise ValueError(f"{value!r} is no Float: it is too large") from error
    return number


def _milliseconds(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value < 1 << 64:
            raise ValueError(f"{value} is no DateTime")
        return value
    try:
        at = datetime.fromisoformat(_whole(value, str, NUMBERS["DateTime"]))
        if at.tzinfo is None:
            raise ValueError("without a zone")
        seconds = at.timestamp()
    except (TypeError, ValueError) as error:
        raise ValueError(f"{value!r} is no DateTime: {error}") from error
    if seconds < 0:
        raise ValueError(f"{value!r} is no DateTime: it is before 1970")
    return math.floor(seconds * 1000 + 0.5)


def _put_table(held: DataSet, table: Mapping[str, Any]) -> None:
    columns = cast("Sequence[str]", table.get("columns", ()))
    types = [NUMBERS.get(one, 0) for one in cast("Sequence[str]", table.get("types", ()))]
    if len(types) != len(columns):
        raise ValueError(f"a DataSet of {len(columns)} columns and {len(types)} types")
    held.num_of_columns = len(columns)
    for column, kind in zip(columns, types, strict=True):
        held.columns.append(column)
        held.types.append(kind)
    for row in cast("Sequence[Sequence[Any]]", table.get("rows", ())):
        if len(row) != len(types):
            raise ValueError(f"a row of {len(row)} in a DataSet of {len(types)} columns")
        elements = held.rows.add().elements
        for value, kind in zip(row, types, strict=True):
            element = elements.add()
            if value is not None:
                put(element, kind, value)


def _put_template(held: Template, table: Mapping[str, Any]) -> None:
    held.is_definition = bool(table.get("definition", False))
    if table.get("ref"):
        held.template_ref = table["ref"]
    if table.get("version"):
        held.version = table["version"]
    for name, told in cast("Mapping[str, Any]", table.get("parameters", {})).items():
        parameter = held.parameters.add()
        parameter.name, parameter.type = name, NUMBERS[told["type"]]
        if told["value"] is not None:
            put(parameter, parameter.type, told["value"])
    for name, told in cast("Mapping[str, Any]", table.get("metrics", {})).items():
        metric = held.metrics.add()
        metric.name = name
        put_metric(metric, NUMBERS[told["type"]], told["value"])
