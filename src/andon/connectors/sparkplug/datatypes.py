"""The data types of Sparkplug B by number, and how arrays lie in bytes."""

__all__ = ["ARRAYS", "NUMBERS", "SIGNED", "UNSIGNED", "named", "packed", "unpacked"]

import math
import struct
from collections.abc import Sequence
from typing import Any

_NAMES = (
    "Unknown", "Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float",
    "Double", "Boolean", "String", "DateTime", "Text", "UUID", "DataSet", "Bytes", "File",
    "Template", "PropertySet", "PropertySetList", "Int8Array", "Int16Array", "Int32Array",
    "Int64Array", "UInt8Array", "UInt16Array", "UInt32Array", "UInt64Array", "FloatArray",
    "DoubleArray", "BooleanArray", "StringArray", "DateTimeArray",
)  # fmt: skip

NUMBERS = {name: number for number, name in enumerate(_NAMES)}
"""Name -> number."""

SIGNED = {1: 8, 2: 16, 3: 32, 4: 64}
"""Number -> bits of integers whose negative values come as two's complement."""

UNSIGNED = {5: 8, 6: 16, 7: 32, 8: 64}
"""Number -> bits."""

ARRAYS = range(22, 35)
"""Types whose elements lie in one field of bytes, little-endian."""

_ELEMENTS = dict(zip(range(22, 32), "bhiqBHIQfd", strict=True)) | {34: "Q"}
_BOOLEANS, _STRINGS = 32, 33


def named(number: int) -> str:
    """The name of a type, or its number where the standard has no such type."""
    return _NAMES[number] if 0 <= number < len(_NAMES) else str(number)


def unpacked(data: bytes, datatype: int) -> list[Any]:
    """The elements of an array. Raises ValueError when the bytes do not add up."""
    if datatype == _BOOLEANS:
        return _booleans(data)
    if datatype == _STRINGS:
        return _strings(data)
    letter = _ELEMENTS[datatype]
    size = struct.calcsize(f"<{letter}")
    if len(data) % size:
        raise ValueError(f"{len(data)} bytes are no {named(datatype)}: an element takes {size}")
    return list(struct.unpack(f"<{len(data) // size}{letter}", data))


def packed(values: Sequence[Any], datatype: int) -> bytes:
    """The bytes of an array. Raises ValueError for an element that does not fit."""
    try:
        if datatype == _STRINGS:
            return b"".join(_terminated(value) for value in values)
        if datatype == _BOOLEANS:
            bits = "".join("1" if value else "0" for value in values)
            whole = bits.ljust(math.ceil(len(bits) / 8) * 8, "0")
            body = bytes(int(whole[n : n + 8], 2) for n in range(0, len(whole), 8))
            return struct.pack("<I", len(bits)) + body
        return struct.pack(f"<{len(values)}{_ELEMENTS[datatype]}", *values)
    except (struct.error, OverflowError, TypeError, AttributeError) as error:
        raise ValueError(f"is no {named(datatype)}: {error}") from error


def _terminated(value: str) -> bytes:
    if "\0" in value:
        raise ValueError("a text in a StringArray cannot hold a NUL")
    return value.encode() + b"\0"


def _strings(data: bytes) -> list[Any]:
    if data and not data.endswith(b"\0"):
        raise ValueError("the last text of the StringArray does not end")
    return [part.decode("utf-8") for part in data.split(b"\0")[:-1]]


def _booleans(data: bytes) -> list[Any]:
    if len(data) < 4:
        raise ValueError(f"{len(data)} bytes are no BooleanArray: its length takes 4")
    (count,) = struct.unpack_from("<I", data)
    if len(data) - 4 != math.ceil(count / 8):
        raise ValueError(f"a BooleanArray of {count} does not lie in {len(data) - 4} bytes")
    return [bool(data[4 + n // 8] >> (7 - n % 8) & 1) for n in range(count)]
