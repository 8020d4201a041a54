"""EPCIS documents: their events, and every fault of each with its place."""

__all__ = ["Captured", "captured_events", "document_of", "event_faults", "read_event"]

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any, cast

import msgspec

from andon.connectors.epcis.event import EpcisEvent, shape_of
from andon.connectors.epcis.identity import CONTEXT
from andon.connectors.epcis.vocabulary import (
    BIZ_STEPS,
    DISPOSITIONS,
    EVENT_TYPES,
    TRANSACTIONS,
    unknown_word,
)
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.faults import UNREADABLE, faults_of, raw_faults

_IN_A_DOCUMENT = "/epcisBody/eventList/"


class Captured(msgspec.Struct, frozen=True):
    """One event of a document, in its own words, with the context its prefixes need."""

    place: str
    """JSON pointer into the document."""
    event: Mapping[str, Any]
    context: Sequence[Any]
    raw: bytes
    """The event as a document of its own."""


class _Kind(msgspec.Struct, frozen=True):
    type: Any = None


class _Body(msgspec.Struct, frozen=True, rename="camel"):
    event_list: tuple[dict[str, Any], ...]


class _Results(msgspec.Struct, frozen=True, rename="camel"):
    results_body: _Body


class _Query(msgspec.Struct, frozen=True, rename="camel"):
    query_results: _Results


class _Document(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    context: list[Any] | str = msgspec.field(name="@context")
    schema_version: str
    epcis_body: _Body


class _Answer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    context: list[Any] | str = msgspec.field(name="@context")
    epcis_body: _Query


def captured_events(raw: bytes) -> list[Captured]:
    """The events of a capture document, a query answer, or one bare event, unjudged.

    Raises MappingError with every fault of what is around them.
    """
    try:
        kind = msgspec.json.decode(raw, type=_Kind).type
        bare: dict[str, Any] = msgspec.json.decode(raw) if _of_an_event(kind) else {}
    except UNREADABLE as error:
        raise MappingError("This is no JSON object", raw_faults(raw, dict[str, Any])) from error
    if bare:
        context = bare.pop("@context", None)
        if context is None:
            raise MappingError("The event has no context", [Fault("/@context", "is missing")])
        return _captured("", [bare], context)
    if kind == "EPCISQueryDocument":
        answer = _read(raw, _Answer)
        body, context = answer.epcis_body.query_results.results_body, answer.context
    elif kind == "EPCISDocument":
        document = _read(raw, _Document)
        body, context = document.epcis_body, document.context
        if not document.schema_version.startswith("2."):
            raise MappingError(
                "Only EPCIS 2 is read", [Fault("/schemaVersion", f"is {document.schema_version!r}")]
            )
    else:
        raise MappingError(
            "This is no EPCIS document",
            [Fault("/type", f"is {kind!r}, not EPCISDocument, EPCISQueryDocument or an event")],
        )
    return _captured(_IN_A_DOCUMENT, body.event_list, context)


def _of_an_event(kind: Any) -> bool:
    return isinstance(kind, str) and kind in EVENT_TYPES


def _captured(within: str, events: Iterable[dict[str, Any]], context: Any) -> list[Captured]:
    known = _listed(context)
    return [
        Captured(
            f"{within}{n}" if within else "",
            event,
            known,
            msgspec.json.encode({"@context": known, **event}),
        )
        for n, event in enumerate(events)
    ]


def _read(raw: bytes, shape: Any) -> Any:
    try:
        return msgspec.json.decode(raw, type=shape)
    except UNREADABLE as error:
        raise MappingError("The document does not read", raw_faults(raw, shape)) from error


def _listed(context: Any) -> list[Any]:
    return cast("list[Any]", context) if isinstance(context, list) else [context]


def event_faults(captured: Captured) -> list[Fault]:
    """Every fault of one event: shape, vocabulary, prefixes. Empty when it is well."""
    event = captured.event
    shape = shape_of(event.get("type"))
    if shape is None:
        known = ", ".join(sorted(EVENT_TYPES))
        return [Fault(f"{captured.place}/type", f"is {event.get('type')!r}, not one of {known}")]
    found = _misshapen(captured, shape)
    for at, says in chain(_words(event), _prefixes(event, captured.context, shape)):
        found.append(Fault(f"{captured.place}{at}", says))
    return found


def _misshapen(captured: Captured, shape: type[EpcisEvent]) -> list[Fault]:
    """What msgspec takes is well. Only of what it does not take are all faults looked for, which
    takes a hundred times as long."""
    place = captured.place
    try:
        read = msgspec.convert(captured.event, shape)
    except msgspec.ValidationError:
        read = None
    if read is None or _NUL in captured.raw:
        event = dict(captured.event)
        if found := faults_of(event, shape):
            return [Fault(f"{place}{one.at}", one.says) for one in found]
        read = msgspec.convert(event, shape, strict=False)
    lacks = read.missing()
    return [Fault(place, lacks)] if lacks else []


_NUL = b"\\u0000"
"""How JSON writes the one character that no database keeps."""


def _words(event: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, words in (("bizStep", BIZ_STEPS), ("disposition", DISPOSITIONS)):
        if (says := _judged(event.get(name), words)) is not None:
            yield f"/{name}", says
    standing = event.get("persistentDisposition")
    if isinstance(standing, dict):
        for side in ("set", "unset"):
            listed = cast("dict[str, Any]", standing).get(side)
            for n, word in enumerate(_list(listed)):
                if (says := _judged(word, DISPOSITIONS)) is not None:
                    yield f"/persistentDisposition/{side}/{n}", says
    for n, one in enumerate(_list(event.get("bizTransactionList"))):
        kind = cast("dict[str, Any]", one).get("type") if isinstance(one, dict) else None
        if (says := _judged(kind, TRANSACTIONS)) is not None:
            yield f"/bizTransactionList/{n}/type", says


def _list(part: Any) -> list[Any]:
    return cast("list[Any]", part) if isinstance(part, list) else []


def _judged(word: Any, words: frozenset[str]) -> str | None:
    if not isinstance(word, str) or word in words:  # nearly all are: a call less for each
        return None
    return unknown_word(word, words)


def _prefixes(
    event: Mapping[str, Any], context: Sequence[Any], shape: type[EpcisEvent]
) -> Iterator[tuple[str, str]]:
    """A field that is not EPCIS's must have a prefix that the context explains."""
    known, ilmd = _fields(shape), event.get("ilmd")
    named = [(f"/{name}", name) for name in event if name not in known]
    if isinstance(ilmd, dict):
        named += [(f"/ilmd/{name}", name) for name in cast("dict[str, Any]", ilmd)]
    if not named:
        return
    declared = {
        name for part in context if isinstance(part, dict) for name in cast("dict[str, Any]", part)
    }
    for at, name in named:
        yield from _extension(at, name, declared)


@cache
def _fields(shape: type[EpcisEvent]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(shape)) | _ELSEWHERE


_ELSEWHERE = {
    "@context", "certificationInfo", "destinationList", "ilmd", "sensorElementList", "sourceList",
}  # fmt: skip
"""Fields of EPCIS 2.0 that are not read, only kept."""


_STANDARD = {"cbv", "cbvmda", "dcterms", "epcis", "gs1", "owl", "rdf", "rdfs", "xsd"}
"""Prefixes that the standard's own context explains."""


def _extension(at: str, name: str, declared: set[str]) -> Iterator[tuple[str, str]]:
    prefix, colon, _ = name.partition(":")
    if not colon:
        yield at, "is no field of this event; an extension needs a prefix"
    elif prefix not in declared | _STANDARD | {"http", "https", "urn"}:
        yield at, f"has the prefix {prefix!r}, which the context does not explain"


def read_event(item: Item) -> EpcisEvent:
    """The event an item holds. Raises MappingError with every fault."""
    (captured,) = captured_events(item.raw)
    if faults := event_faults(captured):
        raise MappingError(f"{item.kind} {item.key} is no good EPCIS event", faults)
    shape = shape_of(captured.event["type"])
    assert shape is not None
    return msgspec.json.decode(item.raw, type=shape)


def document_of(events: Sequence[Mapping[str, Any]], *, created_at: datetime) -> dict[str, Any]:
    """A capture document of these events; contexts of their own are joined."""
    joined: dict[str, Any] = {}
    for event in events:
        for part in _listed(event.get("@context", [])):
            joined |= cast("dict[str, Any]", part) if isinstance(part, dict) else {}
    return {
        "@context": [CONTEXT, *([joined] if joined else [])],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created_at.isoformat(),
        "epcisBody": {
            "eventList": [{k: v for k, v in e.items() if k != "@context"} for e in events]
        },
    }
