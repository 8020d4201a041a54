"""CloudEvents 1.0 over HTTP: binary, structured and in batches become one form of item."""

__all__ = ["STRUCTURED", "headers_of", "items_of"]

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Annotated, Any
from urllib.parse import quote, unquote

import msgspec

from andon.core.connector import Arrival, Item
from andon.core.errors import Fault, MappingError
from andon.core.faults import UNREADABLE, placeable_time

STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_NAME = re.compile(r"[a-z0-9]+")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json|text/json")
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_TIMES = msgspec.json.Decoder(_Time)


class _Envelope(msgspec.Struct):
    specversion: str = ""
    id: str = ""
    source: str = ""
    type: str = ""
    time: str | None = None


def items_of(arrival: Arrival) -> Sequence[Item]:
    """All events of one post, in order. Raises MappingError when the post is no CloudEvent; one odd
    event of a batch is kept as an item no mapping reads, and the others go on."""
    kind = arrival.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _BATCH:
        return [_of_batch(raw, n) for n, raw in enumerate(_listed(arrival.body))]
    if kind == STRUCTURED:
        return [_item(arrival.body)]
    if "ce-specversion" in arrival.headers:
        return [_item(_whole(arrival, kind))]
    raise MappingError(
        f"This is no CloudEvent: its content-type is {kind or 'not said'} and it has no"
        f" ce-specversion. Send {STRUCTURED}, {_BATCH}, or ce- headers."
    )


def headers_of(attributes: Mapping[str, str]) -> Mapping[str, str]:
    """Attributes as the headers of the binary mode."""
    return {f"ce-{name}": quote(value, safe=_PLAIN) for name, value in attributes.items()}


_PLAIN = "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"


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


def _whole(arrival: Arrival, kind: str) -> bytes:
    """The binary mode in the form of the structured one; JSON data stay as they were written."""
    event: dict[str, Any] = {
        name.removeprefix("ce-"): unquote(value.strip('"'))
        for name, value in arrival.headers.items()
        if name.startswith("ce-") and _NAME.fullmatch(name.removeprefix("ce-"))
    }
    if kind:
        event["datacontenttype"] = arrival.headers["content-type"]
    body = arrival.body
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
