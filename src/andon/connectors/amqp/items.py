"""Messages of queues as items: JSON around the payload, with properties, headers and route."""

__all__ = ["Arrived", "Reader", "items_of"]

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, Literal, cast

import msgspec

from andon.connectors._cloudevents import events_of
from andon.connectors._messages import kept, pointed
from andon.connectors._topics import Template
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.moments import aware

_PREFIXES = ("cloudEvents:", "cloudEvents_")
_COUNTED = {"x-delivery-count", "x-acquired-count"}
"""Headers by which a broker counts deliveries: the same message would not look the same."""


class Reader(msgspec.Struct, frozen=True):
    """How messages of one kind are read."""

    kind: str
    queue: str
    template: Template | None
    format: Literal["json", "text", "bytes", "cloudevents"]
    key: str | None
    at: str | None

    def takes(self, queue: str, routing_key: str) -> bool:
        """Whether a message is of this kind."""
        return queue == self.queue and (
            self.template is None or self.template.places(routing_key) is not None
        )


class Arrived(msgspec.Struct, frozen=True):
    """One message as it arrived."""

    queue: str
    exchange: str
    routing_key: str
    properties: Mapping[str, Any]
    """Those that are set, by their names in AMQP: `content_type`, `message_id`."""
    headers: Mapping[str, Any]
    payload: bytes
    tag: int
    """Counts from 1 on this connection."""


def items_of(readers: Sequence[Reader], message: Arrived) -> Sequence[Item]:
    """One item, or those of a batch of CloudEvents; only the last of them has a position."""
    reader = next((r for r in readers if r.takes(message.queue, message.routing_key)), None)
    headers = {n: _plain(v) for n, v in message.headers.items() if n not in _COUNTED}
    template = reader.template if reader else None
    document: dict[str, Any] = {
        "queue": message.queue,
        "exchange": message.exchange,
        "routing_key": message.routing_key,
        "places": (template.places(message.routing_key) if template else None) or {},
        "properties": {name: _plain(value) for name, value in message.properties.items()},
        "headers": headers,
    }
    if reader is None:
        says = "no kind in the settings takes this routing key"
        document |= {"unreadable": says, "bytes": b64encode(message.payload).decode()}
        return (_item(message, f"{message.queue}/{message.routing_key}", None, document, None),)
    if reader.format == "cloudevents":
        try:
            return _events(message)
        except MappingError as error:
            faults = "; ".join([str(error), *map(str, error.faults)])
            document |= {"unreadable": faults, "bytes": b64encode(message.payload).decode()}
    else:
        document |= kept(reader.format, message.payload)
    said = document.get("payload")
    return (_item(message, reader.kind, _told(reader.key, headers, said), document, reader.at),)


def _item(message: Arrived, kind: str, told: Any, document: dict[str, Any], at: str | None) -> Item:
    sent = message.properties.get("timestamp")
    happened = aware(pointed(document.get("payload"), at)) if at else None
    return Item(
        kind=kind,
        key=_known_by(message) if told is None else f"{kind}/{told}",
        raw=msgspec.json.encode(document),
        position=str(message.tag),
        occurred_at=happened or (_with_zone(sent) if isinstance(sent, datetime) else None),
    )


def _told(key: str | None, headers: Mapping[str, Any], payload: Any) -> Any:
    if key is None:
        return None
    return pointed(payload, key) if key.startswith("/") else headers.get(key)


def _known_by(message: Arrived) -> str:
    """Its own name, or a digest of what it says and where it went."""
    if name := message.properties.get("message_id"):
        return f"{message.queue}/{name}"
    digest = blake2b(message.payload, digest_size=16)
    digest.update(f"\0{message.exchange}\0{message.routing_key}".encode())
    return f"{message.queue}/{digest.hexdigest()}"


def _events(message: Arrived) -> Sequence[Item]:
    attributes = {
        name[len(_PREFIXES[0]) :]: _text(value)
        for name, value in message.headers.items()
        if name.startswith(_PREFIXES)
    }
    said = message.properties.get("content_type") or ""
    events = events_of(str(said), attributes, message.payload)
    if not events:
        raise MappingError("The batch holds no event")
    last = msgspec.structs.replace(events[-1], position=str(message.tag))
    return (*events[:-1], last)


def _text(value: Any) -> str:
    """An attribute in its canonical form, whichever type of AMQP carried it."""
    plain = _plain(value)
    return plain if isinstance(plain, str) else msgspec.json.encode(plain).decode()


def _plain(value: Any) -> Any:
    """A field of AMQP as JSON holds it."""
    match value:
        case bytes() | bytearray():
            try:
                return bytes(value).decode()
            except UnicodeDecodeError:
                return {"base64": b64encode(value).decode()}
        case datetime():
            return _with_zone(value).isoformat().replace("+00:00", "Z")
        case Decimal():
            return str(value)
        case dict():
            fields = cast("dict[Any, Any]", value)
            return {str(name): _plain(field) for name, field in fields.items()}
        case list() | tuple():
            return [_plain(field) for field in cast("list[Any]", value)]
        case float() if value != value or abs(value) == float("inf"):
            return str(value)
        case _:
            return value


def _with_zone(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
