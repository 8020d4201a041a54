"""Messages of a stream as items: JSON around the payload, with where and when it was stored."""

__all__ = ["GAP", "Gap", "Place", "Reader", "gap", "items_of"]

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import msgspec

from andon.connectors._cloudevents import events_of, said_in
from andon.connectors._messages import kept, pointed
from andon.connectors._topics import Template
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.moments import aware

GAP = "nats.gap"
"""Kind of item that says what a stream no longer keeps; `nats.mappings` makes it a finding."""


class Reader(msgspec.Struct, frozen=True):
    """How messages of one subject are read."""

    kind: str
    format: Literal["json", "text", "bytes", "cloudevents"]
    key: str | None
    at: str | None
    template: Template


class Place(NamedTuple):
    """Where a message stands: the stream in its present life, and the number there."""

    stream: str
    made: int
    """When the stream was made, in microseconds: made anew, it counts anew."""
    sequence: int

    def position(self) -> str:
        """To resume after this message."""
        return f"{self.made}.{self.sequence}"


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of a stream that nobody can read any more."""

    stream: str
    first: int
    last: int
    says: str


def gap(place: Place, first: int, last: int, says: str) -> Item:
    """The item that stands for what is missing; read on after `place`."""
    told = Gap(stream=place.stream, first=first, last=last, says=says)
    return Item(
        kind=GAP,
        key=f"{place.stream}/{place.made}/gap/{first}-{last}",
        raw=msgspec.json.encode(told),
        position=place.position(),
    )


def items_of(
    reader: Reader,
    subject: str,
    headers: Mapping[str, str],
    payload: bytes,
    place: Place,
    stored_ns: int,
) -> Sequence[Item]:
    """One item, or those of a batch of CloudEvents; only the last of them has a position."""
    stored = datetime.fromtimestamp(stored_ns / 1e9, UTC)
    own = f"{place.stream}/{place.made}/{place.sequence}"
    document: dict[str, Any] = {
        "subject": subject,
        "places": reader.template.places(subject) or {},
        "sequence": place.sequence,
        "stored_at": stored,
        "headers": headers,
    }
    if reader.format == "cloudevents":
        try:
            return _events(headers, payload, place)
        except MappingError as error:
            faults = "; ".join([str(error), *map(str, error.faults)])
            document |= {"unreadable": faults, "bytes": b64encode(payload).decode()}
    else:
        document |= kept(reader.format, payload)
    said = document.get("payload")
    told = _told(reader.key, headers, said)
    at = aware(pointed(said, reader.at)) if reader.at else None
    return (
        Item(
            kind=reader.kind,
            key=own if told is None else f"{reader.kind}/{told}",
            raw=msgspec.json.encode(document),
            position=place.position(),
            occurred_at=at or stored,
        ),
    )


def _told(key: str | None, headers: Mapping[str, str], payload: Any) -> Any:
    if key is None:
        return None
    return pointed(payload, key) if key.startswith("/") else headers.get(key)


def _events(headers: Mapping[str, str], payload: bytes, place: Place) -> Sequence[Item]:
    """By the NATS binding `content-type` only marks the structured mode; in the binary one the
    type of the data is an attribute like the others."""
    lower = {name.lower(): value for name, value in headers.items()}
    attributes = said_in(lower)
    whole = lower.get("content-type", "")
    if not whole.lower().startswith("application/cloudevents"):
        whole = attributes.get("datacontenttype", whole)
    events = events_of(whole, attributes, payload)
    if not events:
        raise MappingError("The batch holds no event")
    last = msgspec.structs.replace(events[-1], position=place.position())
    return (*events[:-1], last)
