"""Messages as items: JSON around the payload, with the topic and its named levels."""

__all__ = ["Reader", "item_of"]

from base64 import b64encode
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Literal, cast

import msgspec

from andon.connectors._mqtt import Taken
from andon.connectors._topics import Template
from andon.core.connector import Item
from andon.core.faults import UNREADABLE
from andon.core.moments import aware

_ABSENT = object()


class Reader(msgspec.Struct, frozen=True):
    """How messages of one topic are read."""

    kind: str
    format: Literal["json", "text", "bytes"]
    key: str | None
    at: str | None
    retained: Literal["read", "skip"]
    template: Template


def item_of(reader: Reader, taken: Taken, places: Mapping[str, str]) -> Item:
    """`{"topic", "places", "retained", "payload"}`. What is not in the declared format has
    `unreadable` with the reason, and the payload as base64 in `bytes`, instead of `payload`."""
    document: dict[str, Any] = {
        "topic": taken.topic, "places": places, "retained": taken.retained,
    }  # fmt: skip
    document |= _payload(reader.format, taken.payload)
    payload = document.get("payload", _ABSENT)
    told = _at(payload, reader.key) if reader.key else None
    return Item(
        kind=reader.kind,
        key=_digest(taken) if told is None else f"{reader.kind}/{told}",
        raw=msgspec.json.encode(document),
        position=str(taken.number),
        occurred_at=aware(_at(payload, reader.at) if reader.at else None),
    )


def _payload(form: Literal["json", "text", "bytes"], payload: bytes) -> dict[str, Any]:
    try:
        match form:
            case "json":
                # as it was written: numbers keep all their digits
                msgspec.json.decode(payload)
                return {"payload": msgspec.Raw(payload)}
            case "text":
                return {"payload": payload.decode("utf-8")}
            case "bytes":
                return {"payload": b64encode(payload).decode()}
    except UNREADABLE as error:
        return {"unreadable": f"no {form}: {error}", "bytes": b64encode(payload).decode()}


def _digest(taken: Taken) -> str:
    digest = blake2b(taken.payload, digest_size=16)
    digest.update(b"\0" + taken.topic.encode())
    return digest.hexdigest()


def _at(payload: Any, pointer: str) -> Any:
    """What a JSON pointer leads to in the payload; None when it leads nowhere."""
    if not isinstance(payload, msgspec.Raw):
        return None
    place: Any = msgspec.json.decode(payload)
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(place, dict):
            place = cast("dict[str, Any]", place).get(name)
        elif isinstance(place, list) and name.isdecimal():
            listed = cast("list[Any]", place)
            place = listed[int(name)] if int(name) < len(listed) else None
        else:
            return None
    return place
