"""EPCIS documents: their events, and every fault of each with its place."""

__all__ = ["Captured", "captured_events", "document_of", "event_faults", "read_event"]

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
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

    def raw(self) -> bytes:
        """The event as a document of its own."""
        return msgspec.json.encode({"@context": self.context, **self.event})


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
        kind = msgspec.json.decode(raw, type=dict[str, Any]).get("type")
    except UNREADABLE as error:
        raise MappingError("This is no JSON object", raw_faults(raw, dict[str, Any])) from error
    if isinstance(kind, str) and kind in EVENT_TYPES:
        bare: dict[str, Any] = msgspec.json.decode(raw)
        context = bare.pop("@context", None)
        if context is None:
            raise MappingError("The event has no context", [Fault("/@context", "is missing")])
        return [Captured("", bare, _listed(context))]
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
    return [
        Captured(f"{_IN_A_DOCUMENT}{n}", event, _listed(context))
        for n, event in enumerate(body.event_list)
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
    event = dict(captured.event)
    shape = shape_of(event.get("type"))
    if shape is None:
        known = ", ".join(sorted(EVENT_TYPES))
        return [Fault(f"{captured.place}/type", f"is {event.get('type')!r}, not one of {known}")]
    found = [Fault(f"{captured.place}{f.at}", f.says) for f in faults_of(event, shape)]
    if not found:
        lacks = msgspec.convert(event, shape, strict=False).missing()
        found += [Fault(captured.place, lacks)] if lacks else []
    return (
        found
        + [Fault(f"{captured.place}{at}", says) for at, says in _words(event) if says is not None]
        + [
            Fault(f"{captured.place}{at}", says)
            for at, says in _prefixes(event, captured.context, shape)
        ]
    )


def _words(event: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield "/bizStep", _judged(event.get("bizStep"), BIZ_STEPS)
    yield "/disposition", _judged(event.get("disposition"), DISPOSITIONS)
    standing = event.get("persistentDisposition")
    if isinstance(standing, dict):
        for side in ("set", "unset"):
            words = cast("dict[str, Any]", standing).get(side)
            if isinstance(words, list):
                for n, word in enumerate(cast("list[Any]", words)):
                    yield f"/persistentDisposition/{side}/{n}", _judged(word, DISPOSITIONS)
    listed = event.get("bizTransactionList")
    if isinstance(listed, list):
        for n, one in enumerate(cast("list[Any]", listed)):
            if isinstance(one, dict):
                kind = cast("dict[str, Any]", one).get("type")
                yield f"/bizTransactionList/{n}/type", _judged(kind, TRANSACTIONS)


def _judged(word: Any, words: frozenset[str]) -> str | None:
    return unknown_word(word, words) if isinstance(word, str) else None


def _prefixes(
    event: Mapping[str, Any], context: Sequence[Any], shape: type[EpcisEvent]
) -> Iterator[tuple[str, str]]:
    """A field that is not EPCIS's must have a prefix that the context explains."""
    declared = {
        name for part in context if isinstance(part, dict) for name in cast("dict[str, Any]", part)
    }
    known = {field.encode_name for field in msgspec.structs.fields(shape)} | _ELSEWHERE
    for name in event:
        if name not in known:
            yield from _extension(f"/{name}", name, declared)
    ilmd = event.get("ilmd")
    if isinstance(ilmd, dict):
        for name in cast("dict[str, Any]", ilmd):
            yield from _extension(f"/ilmd/{name}", name, declared)


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
