"""What brokers carry, as items and from requests: JSON, text, bytes and CloudEvents."""

__all__ = ["CloudEvent", "Format", "Mode", "Written", "event_of", "kept", "pointed", "written"]

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from andon.connectors._cloudevents import STRUCTURED, attributes_of, structured
from andon.connectors._pointer import MISSING, at, parsed
from andon.core.errors import RejectedError
from andon.core.faults import UNREADABLE
from andon.core.message import Message

Format = Literal["json", "text", "bytes"]
Mode = Literal["plain", "structured", "binary"]
"""How our messages are written: the body alone, or as CloudEvents in one of their two modes."""

_JSON = "application/json"


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request's `body` holds where CloudEvents are written."""

    type: str
    data: Any
    subject: str = ""
    at: datetime | None = None
    """When it happened; none: when it is sent."""


class Written(NamedTuple):
    """One message as it leaves."""

    content_type: str
    attributes: Mapping[str, str]
    """Of a CloudEvent in binary mode, without any prefix; else empty."""
    payload: bytes


def event_of(message: Message, *, happened: datetime | None = None) -> CloudEvent:
    """Any message of the canonical model as a CloudEvent: its contract name is the type."""
    return CloudEvent(
        type=message.TYPE, subject=f"{message.KIND}/{message.local}", data=message, at=happened
    )


def written(body: Any, mode: Mode, *, key: str, source: str, now: datetime) -> Written:
    """A request's body as a message. Raises RejectedError when it is not what `mode` needs."""
    if mode == "plain":
        if isinstance(body, bytes):
            return Written("application/octet-stream", {}, body)
        return Written(_JSON, {}, msgspec.json.encode(body))
    try:
        event = msgspec.convert(body, CloudEvent)
        attributes = attributes_of(
            event.type, id=key, source=source, at=event.at or now, subject=event.subject
        )
    except (msgspec.ValidationError, ValueError) as error:
        raise RejectedError(
            f"{key} cannot be written as a CloudEvent: {error}. The mapping's body must be a"
            " CloudEvent, or hold `type` and `data`."
        ) from error
    data = msgspec.json.encode(event.data)
    if mode == "structured":
        return Written(STRUCTURED, {}, structured(attributes, data))
    return Written(_JSON, attributes, data)


def kept(form: Format, payload: bytes) -> Mapping[str, Any]:
    """`payload` in the declared format; what is not in it has `unreadable` with the reason and
    `bytes` in base64 instead, so that a mapping refuses it and nothing is lost."""
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


def pointed(payload: Any, pointer: str) -> Any:
    """What a JSON pointer leads to in a JSON payload; None when it leads nowhere."""
    if not isinstance(payload, msgspec.Raw):
        return None
    found = at(msgspec.json.decode(payload), parsed(pointer))
    return None if found is MISSING else found
