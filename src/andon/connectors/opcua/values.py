"""Values of OPC UA as JSON, exactly; an item for each."""

__all__ = ["item_of", "plain"]

import math
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, cast

import msgspec
from asyncua import ua

from andon.core.connector import Item


def plain(value: Any) -> Any:
    """JSON that loses nothing: bytes as base64, numbers JSON cannot hold as text, times aware."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case bytes():
            return b64encode(value).decode()
        case datetime():
            return _aware(value).isoformat()
        case list() | tuple():
            return [plain(one) for one in cast("list[Any]", value)]
        case _:
            return str(value)


def item_of(kind: str, node: str, read: ua.DataValue, position: str | None) -> Item:
    """`{"node", "type", "value", "status", "source_at", "server_at"}`."""
    held = read.Value
    at = read.SourceTimestamp or read.ServerTimestamp
    status = read.StatusCode.name if read.StatusCode else "Good"
    value = {"type": held.VariantType.name if held else "Null", "value": plain(held and held.Value)}
    moment = _aware(at) if at else None
    digest = blake2b(msgspec.json.encode([status, value]), digest_size=8).hexdigest()
    document = {
        "node": node,
        **value,
        "status": status,
        "source_at": read.SourceTimestamp and _aware(read.SourceTimestamp).isoformat(),
        "server_at": read.ServerTimestamp and _aware(read.ServerTimestamp).isoformat(),
    }
    return Item(
        kind=kind,
        key=f"{node}/{moment.isoformat() if moment else ''}/{digest}",
        raw=msgspec.json.encode(document),
        position=position,
        occurred_at=moment,
    )


def _aware(moment: datetime) -> datetime:
    """OPC UA times are UTC; the library leaves out the zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
