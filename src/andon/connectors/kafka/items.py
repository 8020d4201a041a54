"""Records as items: JSON around the value, with key, headers and time of the record."""

__all__ = ["GAP", "Taken", "gap_item", "items_of"]

from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from andon.connectors._cloudevents import BATCH, STRUCTURED, events_of
from andon.connectors._pointer import MISSING, at, parsed
from andon.connectors.kafka.settings import Topic
from andon.core.connector import Item, Position
from andon.core.errors import MappingError
from andon.core.faults import UNREADABLE
from andon.core.moments import aware

GAP = "kafka.gap"
"""Kind of the item that stands for records nobody can read any more."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Taken(msgspec.Struct, frozen=True, gc=False):
    """One record as it was fetched."""

    topic: str
    partition: int
    offset: int
    life: int
    timestamp: int
    """Milliseconds since 1970; below 0 when the record has none."""
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]
    behind: Position | None = None
    """Where we stand once all that it says is in the log."""

    @property
    def name(self) -> str:
        """What it is known by: no two records share it, also when the topic began anew."""
        again = f"~{self.life}" if self.life else ""
        return f"{self.topic}{again}/{self.partition}/{self.offset}"


class _Document(msgspec.Struct, frozen=True, gc=False):
    """What an item says of its record; what is unset is left out."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: str | None = None
    headers: Sequence[dict[str, Any]] = ()
    key_base64: str | msgspec.UnsetType = msgspec.UNSET
    payload: Any = msgspec.UNSET
    deleted: bool | msgspec.UnsetType = msgspec.UNSET
    unreadable: str | msgspec.UnsetType = msgspec.UNSET
    bytes: str | msgspec.UnsetType = msgspec.UNSET


def items_of(kind: str, topic: Topic, taken: Taken) -> Sequence[Item]:
    """`{"topic", "partition", "offset", "timestamp", "key", "headers", "payload"}`; what is not
    UTF-8 comes as base64. A record that is not in its format has `unreadable` with the reason and
    its value in `bytes`, instead of `payload`, so a mapping refuses it and the next one goes on."""
    if topic.format == "cloudevents":
        try:
            return _cloudevents(taken)
        except MappingError as error:
            faults = "; ".join(map(str, error.faults))
            why = f"{error} ({faults})" if faults else str(error)
            return [_item(kind, taken.name, taken, _unreadable(why, taken), _moment(taken))]
    said, payload = _payload(topic, taken)
    told = _at(payload, topic.key) if topic.key else None
    key = taken.name if told is None else f"{kind}/{told}"
    moment = aware(_at(payload, topic.at)) if topic.at else _moment(taken)
    return [_item(kind, key, taken, said, moment)]


def gap_item(topic: str, partition: int, life: int, *, first: int, last: int, why: str) -> Item:
    """Says which offsets are gone; `andon.connectors.kafka.mapping.lost_records` reads it."""
    again = f"~{life}" if life else ""
    document = {
        "topic": topic, "partition": partition, "first": first, "last": last, "why": why,
    }  # fmt: skip
    return Item(
        kind=GAP,
        key=f"{topic}{again}/{partition} lost {first} to {last}: {why}",
        raw=msgspec.json.encode(document),
    )


def _cloudevents(taken: Taken) -> list[Item]:
    headers = {name: value for name, value in taken.headers if value is not None}
    kind = headers.get("content-type", b"").decode("utf-8", "replace")
    attributes = {
        name.removeprefix("ce_"): value.decode("utf-8", "replace")
        for name, value in headers.items()
        if name.startswith("ce_")
    }
    whole = kind.partition(";")[0].strip().lower() in (STRUCTURED, BATCH)
    events = events_of(kind, {} if whole else attributes, taken.value or b"")
    return [
        _item(
            event.kind,
            event.key,
            taken,
            {"payload": msgspec.Raw(event.raw)},
            event.occurred_at or _moment(taken),
        )
        for event in events
    ]


def _item(kind: str, key: str, taken: Taken, said: dict[str, Any], moment: datetime | None) -> Item:
    document = _Document(
        taken.topic,
        taken.partition,
        taken.offset,
        taken.timestamp,
        headers=[{"name": name, **_words(value, "value")} for name, value in taken.headers],
        **_words(taken.key, "key"),
        **said,
    )
    return Item(
        kind=kind, key=key, raw=_encode(document), position=taken.behind, occurred_at=moment
    )


def _words(value: bytes | None, name: str) -> dict[str, Any]:
    """Text, or base64 where it is none."""
    if value is None:
        return {name: None}
    try:
        return {name: value.decode("utf-8")}
    except UnicodeDecodeError:
        return {f"{name}_base64": b64encode(value).decode()}


def _payload(topic: Topic, taken: Taken) -> tuple[dict[str, Any], Any]:
    """What is said of the value, and the value itself where it is JSON."""
    value = taken.value
    if value is None:
        return {"payload": None, "deleted": True}, None
    try:
        match topic.format:
            case "json" | "cloudevents":
                # as it was written: numbers keep all their digits
                return {"payload": msgspec.Raw(value)}, _decode(value)
            case "text":
                return {"payload": value.decode("utf-8")}, None
            case "bytes":
                return {"payload": b64encode(value).decode()}, None
    except UNREADABLE as error:
        return _unreadable(f"no {topic.format}: {error}", taken), None


def _unreadable(why: str, taken: Taken) -> dict[str, Any]:
    return {"unreadable": why, "bytes": b64encode(taken.value or b"").decode()}


def _moment(taken: Taken) -> datetime | None:
    try:
        return datetime.fromtimestamp(taken.timestamp / 1000, UTC) if taken.timestamp >= 0 else None
    except (OverflowError, ValueError, OSError):
        return None


def _at(payload: Any, pointer: str) -> Any:
    """What a JSON pointer leads to in the payload; None when it leads nowhere."""
    found = at(payload, parsed(pointer))
    return None if found is MISSING else found
