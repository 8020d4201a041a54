"""CloudEvents 1.0, whatever carries them: binary, structured and in batches become one item."""

__all__ = [
    "BATCH",
    "STRUCTURED",
    "attributes_of",
    "events_of",
    "headers_of",
    "said_in",
    "structured",
]

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any
from urllib.parse import quote, unquote

import msgspec

from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.faults import UNREADABLE, placeable_time

STRUCTURED = "application/cloudevents+json"
"""Content type of one whole event."""
BATCH = "application/cloudevents-batch+json"
"""Content type of several."""

_PREFIX = "ce-"
_PLAIN = "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
_NAME = re.compile(r"[a-z0-9]+")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json|text/json")
_Time = Annotated[datetime, msgspec.Meta(tz=True)]


class _Envelope(msgspec.Struct):
    specversion: str = ""
    id: str = ""
    source: str = ""
    type: str = ""
    time: str | None = None


def events_of(content_type: str, attributes: Mapping[str, str], body: bytes) -> Sequence[Item]:
    """All events of one message, in order; `raw` is each in the JSON format. `attributes` are those
    of the binary mode without their prefix, and empty in the other modes.

    Raises MappingError when the message is no CloudEvent; one odd event of a batch is kept as an
    item no mapping reads, and the others go on.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == BATCH:
        return [_of_batch(raw, n) for n, raw in enumerate(_listed(body))]
    if kind == STRUCTURED:
        return [_item(body)]
    if "specversion" in attributes:
        return [_item(_whole(attributes, content_type, kind, body))]
    raise MappingError(
        f"This is no CloudEvent: its content-type is {kind or 'not said'} and it has no"
        f" specversion. Send {STRUCTURED}, {BATCH}, or the attributes as headers."
    )


def attributes_of(
    type: str, *, id: str, source: str, at: datetime, subject: str = ""
) -> Mapping[str, str]:
    """What every event of ours says about itself. Raises ValueError for a time without a zone."""
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no zone")
    said = {
        "specversion": "1.0", "id": id, "source": source, "type": type, "time": at.isoformat(),
    }  # fmt: skip
    return {**said, "subject": subject} if subject else said


def headers_of(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """Attributes as `ce-` headers, percent-encoded, as HTTP and NATS carry them."""
    return {f"{_PREFIX}{name}": quote(value, safe=_PLAIN) for name, value in attributes.items()}


def said_in(headers: Mapping[str, str]) -> Mapping[str, str]:
    """The attributes in such headers, whose names are in lower case."""
    return {
        name.removeprefix(_PREFIX): unquote(value.strip('"'))
        for name, value in headers.items()
        if name.startswith(_PREFIX)
    }


def structured(attributes: Mapping[str, str], data: bytes) -> bytes:
    """One whole event around data that are JSON, which stay as they were written."""
    whole: dict[str, Any] = {**attributes, "datacontenttype": "application/json"}
    return msgspec.json.encode({**whole, "data": msgspec.Raw(data)})


def _listed(body: bytes) -> list[bytes]:
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except UNREADABLE as error:
        raise MappingError("The batch is no JSON list", [Fault("", str(error))]) from error


def _of_batch(raw: bytes, number: int) -> Item:
    try:
        return _item(raw)
    except MappingError as error:
        fault = error.faults[0] if error.faults else Fault("", str(error))
        return Item(
            kind=f"cloudevent with a fault at /{number}{fault.at}",
            key=f"unreadable/{blake2b(raw, digest_size=16).hexdigest()}",
            raw=raw,
        )


def _item(raw: bytes) -> Item:
    try:
        said = msgspec.json.decode(raw, type=_Envelope)
    except UNREADABLE as error:
        raise MappingError("The event is no JSON object", [_fault(error)]) from error
    faults = [
        Fault(f"/{name}", "is missing or empty")
        for name in ("id", "source", "type")
        if not getattr(said, name)
    ]
    if said.specversion != "1.0":
        faults.append(Fault("/specversion", f"is {said.specversion!r}; we read 1.0"))
    at = None
    if said.time is not None:
        try:
            at = msgspec.convert(said.time, _Time)
            if not placeable_time(at):
                raise msgspec.ValidationError("is at no time there is")
        except msgspec.ValidationError as error:
            faults.append(Fault("/time", str(error)))
    if faults:
        raise MappingError("The event is no CloudEvent", faults)
    # The source is a URI and holds no space, so no two pairs read the same.
    return Item(kind=said.type, key=f"{said.source} {said.id}", raw=raw, occurred_at=at)


def _whole(attributes: Mapping[str, str], content_type: str, kind: str, body: bytes) -> bytes:
    """The binary mode in the form of the structured one; JSON data stay as they were written."""
    event: dict[str, Any] = {
        name: value for name, value in attributes.items() if _NAME.fullmatch(name)
    }
    if kind:
        event["datacontenttype"] = content_type
    if body and (not kind or _JSON.fullmatch(kind)):
        try:
            msgspec.json.decode(body)
        except UNREADABLE as error:
            raise MappingError(
                f"The data are not the {kind or 'JSON'} they say", [_fault(error)]
            ) from error
        event["data"] = msgspec.Raw(body)
    elif body:
        event["data_base64"] = b64encode(body).decode()
    return msgspec.json.encode(event)


def _fault(error: Exception) -> Fault:
    text, _, place = str(error).partition(" - at `$")
    return Fault("/" + place.strip("`.").replace(".", "/") if place else "", text)
