"""Messages as items: JSON around the payload, with the topic and its named levels."""

__all__ = ["Reader", "item_of"]

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from andon.connectors._messages import kept, pointed
from andon.connectors._mqtt import Taken
from andon.connectors._topics import Template
from andon.core.connector import Item
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
    document |= kept(reader.format, taken.payload)
    payload = document.get("payload", _ABSENT)
    told = pointed(payload, reader.key) if reader.key else None
    return Item(
        kind=reader.kind,
        key=_digest(taken) if told is None else f"{reader.kind}/{told}",
        raw=msgspec.json.encode(document),
        position=str(taken.number),
        occurred_at=aware(pointed(payload, reader.at) if reader.at else None),
    )


def _digest(taken: Taken) -> str:
    digest = blake2b(taken.payload, digest_size=16)
    digest.update(b"\0" + taken.topic.encode())
    return digest.hexdigest()
