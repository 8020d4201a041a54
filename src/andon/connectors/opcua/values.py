"""Values of OPC UA as JSON, exactly, and back."""

__all__ = ["Unfit", "aware", "document", "item_of", "lost_item", "overflowed", "plain", "variant"]

import math
import struct
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from hashlib import blake2b, sha256
from typing import Any, cast
from uuid import UUID

import msgspec

from andon.connectors.opcua.library import status, ua
from andon.core.connector import Item

_MOST = 1_000_000
_OVERFLOW = 0x480


class Unfit(ValueError):  # noqa: N818 a reason, caught where the request is known
    """Why a value cannot be sent as this type."""


def plain(value: Any) -> Any:
    """JSON that loses nothing: bytes as base64, numbers JSON cannot hold as text, times aware.

    A structure nobody here knows is its type and its bytes.
    """
    match value:
        case None | bool():
            return value
        case str():
            return _text_of(value)
        case Enum():
            return value.name
        case int():
            return int(value)
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return aware(value).isoformat()
        case UUID():
            return str(value)
        case list() | tuple():
            return [plain(one) for one in cast("list[Any]", value)]
        case _:
            return _structured(value)


def _structured(value: Any) -> Any:
    if isinstance(value, ua.NodeId | ua.ExpandedNodeId):
        return _text_of(value.to_string())
    if isinstance(value, ua.StatusCode):
        return status(value.value)
    if isinstance(value, ua.LocalizedText):
        return plain(value.Text)
    if isinstance(value, ua.QualifiedName):
        return _text_of(f"{value.NamespaceIndex}:{value.Name}")
    if isinstance(value, ua.Variant):
        return {"type": value.VariantType.name, "value": plain(value.Value)}
    if isinstance(value, ua.DataValue):
        return document(value)
    if isinstance(value, ua.ExtensionObject):
        return {"structure": plain(value.TypeId), "bytes": plain(value.Body)}
    if is_dataclass(value):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    return _text_of(str(value))


def _text_of(value: str) -> Any:
    """A text, or one that is no UTF-8 with its bytes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "surrogateescape")
        return {"text": raw.decode("utf-8", "replace"), "bytes": b64encode(raw).decode()}
    return value


def document(read: Any) -> dict[str, Any]:
    """`{"type", "value", "status", "source_at", "server_at"}` of one reading."""
    held, code = read.Value, read.StatusCode.value if read.StatusCode else 0
    return {
        "type": held.VariantType.name if held else "Null",
        "value": plain(held.Value) if held else None,
        "status": status(code),
        "source_at": read.SourceTimestamp and aware(read.SourceTimestamp).isoformat(),
        "server_at": read.ServerTimestamp and aware(read.ServerTimestamp).isoformat(),
    }


def overflowed(read: Any) -> bool:
    """Whether the server's queue was too short for what happened before this value."""
    code = read.StatusCode.value if read.StatusCode else 0
    return code & _OVERFLOW == _OVERFLOW


def item_of(
    kind: str, node: str, read: Any, *, otherwise: str = "", mirror: str | None = None
) -> Item:
    """A reading as an item. Its key is node, time and content, so that a history and a subscription
    give the same fact the same key; a reading without any time is known by `otherwise`."""
    at = read.SourceTimestamp or read.ServerTimestamp
    moment = aware(at) if at else None
    told = document(read)
    content = [told["status"], {"type": told["type"], "value": told["value"]}]
    encoded = msgspec.json.encode(content)
    digest = blake2b(encoded, digest_size=8).hexdigest()
    if len(encoded) > _MOST:
        told["value"] = {"sha256": sha256(encoded).hexdigest(), "length": len(encoded)}
    return Item(
        kind=kind,
        key=f"{node}/{moment.isoformat() if moment else otherwise}/{digest}",
        raw=msgspec.json.encode({"node": node, **told}),
        mirror=mirror,
        occurred_at=moment,
    )


def aware(moment: datetime) -> datetime:
    """OPC UA times are UTC; the library leaves out the zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def variant(body: Any, known: Any = None) -> Any:
    """`{"type": "Int32", "value": 5}`, or a bare value of the type the variable has now.
    Raises Unfit."""
    kind, value = known, body
    if isinstance(body, Mapping) and set(cast("Mapping[str, Any]", body)) == {"type", "value"}:
        named = cast("Mapping[str, Any]", body)
        value = named["value"]
        if named["type"] not in ua.VariantType.__members__:
            raise Unfit(f"{named['type']!r} is no type of OPC UA, such as Int32, Double, String")
        kind = ua.VariantType[named["type"]]
    if kind is None or kind is ua.VariantType.Null:
        raise Unfit('nothing says the type; write {"type": "Int32", "value": 5}')
    if isinstance(value, list | tuple):
        made: Any = [_one(kind, one) for one in cast("list[Any]", value)]
    else:
        made = _one(kind, value)
    fitted = ua.Variant(made, kind)
    try:
        ua.ua_binary.variant_to_binary(fitted)
    except (ValueError, OverflowError, struct.error, ua.UaError) as error:
        raise Unfit(f"{repr(cast('Any', value))[:100]} does not fit into a {kind.name}") from error
    return fitted


_WHOLE = {
    name: (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    for name, bits, signed in (
        ("SByte", 8, True), ("Byte", 8, False), ("Int16", 16, True), ("UInt16", 16, False),
        ("Int32", 32, True), ("UInt32", 32, False), ("Int64", 64, True), ("UInt64", 64, False),
    )
}  # fmt: skip


def _one(kind: Any, value: Any) -> Any:
    name: str = kind.name
    if name in _WHOLE:
        low, high = _WHOLE[name]
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise Unfit(f"{value!r} is no {name}: a whole number from {low} to {high}")
    if name in _TEXTUAL and not isinstance(value, str):
        raise Unfit(f"{value!r} is no {name}, which is written as a text")
    make = _MAKERS.get(name)
    if make is None:
        raise Unfit(f"values of type {name} cannot be written")
    try:
        made = make(value)
    except (ValueError, TypeError, KeyError, OverflowError, ua.UaError) as error:
        raise Unfit(f"{value!r} is no {name}: {error}") from error
    if made is None:
        raise Unfit(f"{value!r} is no {name}")
    return made


_TEXTUAL = ("DateTime", "Guid", "ByteString", "NodeId")


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> float | None:
    return None if isinstance(value, bool) else float(value)


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.utcoffset() is None:
        raise ValueError("it says no zone")
    return moment.astimezone(UTC)


def _structure(value: Any) -> Any:
    """`{"structure", "bytes"}`, as it was read."""
    kind, body = ua.NodeId.from_string(value["structure"]), value["bytes"]
    return ua.ExtensionObject(TypeId=kind, Body=b64decode(body, validate=True))


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "Boolean": lambda value: value if isinstance(value, bool) else None,
    "Float": _number,
    "Double": _number,
    "String": _text,
    "DateTime": _moment,
    "Guid": lambda value: UUID(value),
    "ByteString": lambda value: b64decode(value, validate=True),
    "NodeId": lambda value: ua.NodeId.from_string(value),
    "ExtensionObject": _structure,
    "LocalizedText": lambda value: ua.LocalizedText(value) if isinstance(value, str) else None,
}


def lost_item(kind: str, node: str, at: datetime, loss: int) -> Item:
    """That a variable is not known any more, for its server is gone. It has the time of its last
    reading, as only the server's clock can order what it says: ours may be ahead of it. It is no
    reading before the next one, for a counter goes on from what it said last."""
    gone = ua.StatusCode(ua.StatusCodes.BadNoCommunication)
    told = document(ua.DataValue(StatusCode=gone, SourceTimestamp=at))
    return Item(
        kind=kind,
        key=f"{node}/lost/{loss}",
        raw=msgspec.json.encode({"node": node, **told}),
        occurred_at=at,
    )
