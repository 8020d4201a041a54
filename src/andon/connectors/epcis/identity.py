"""An event's id by its content: the hash of CBV 2.0, section 8.9, on which partners agree."""

__all__ = ["CONTEXT", "content_id"]

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from threading import Lock
from typing import Any, NamedTuple, cast

import msgspec

from andon.core.errors import Fault, MappingError

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
"""The one context the hashing library carries with it."""
_CARRIED = "e532647e8eb371379b8b0e8602d8981c8566bc60f7351f22c76a5bc865962008.jsonld"
_ONE_AT_A_TIME = Lock()


def content_id(event: Mapping[str, Any], context: Sequence[Any]) -> str:
    """`ni:///sha-256;...?ver=CBV2.0`, the same for the same event however it is written.

    Reads nothing from the network: of the context only the prefixes written in it count, and the
    standard's own is the library's copy. Raises MappingError when the event cannot be hashed.
    """
    prefixes = [cast("dict[str, Any]", part) for part in context if isinstance(part, dict)]
    for part in prefixes:
        _refuse_addresses(part)
    document = {
        "@context": [CONTEXT, *prefixes],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "epcisBody": {"eventList": [dict(event)]},
    }
    try:
        hashes = _hashes(document)
    except Exception as error:  # the library raises whatever its parts raise
        raise _unhashable(f"{type(error).__name__}: {error}") from error
    if len(hashes) != 1:
        raise _unhashable("the hash algorithm of CBV 2.0 cannot read it")
    return hashes[0]


def _refuse_addresses(part: Mapping[str, Any]) -> None:
    """A prefix is a name and a URI; anything else could send the expansion elsewhere."""
    for name, value in part.items():
        if name.startswith("@") or not isinstance(value, str):
            raise _unhashable(f"the context's {name!r} is no plain prefix")


def _unhashable(why: str) -> MappingError:
    return MappingError(
        f"The event has no eventID and none can be made: {why}. Send it with an eventID.",
        [Fault("/eventID", "is missing")],
    )


def _hashes(document: Mapping[str, Any]) -> list[str]:
    with _ONE_AT_A_TIME:  # the library keeps prefixes in one global dictionary
        library = _library()
        library.jsonld.set_document_loader(_carried)
        getattr(library.reading, "_namespaces").clear()  # noqa: B009 else a name of an earlier one stays
        own = msgspec.json.decode(msgspec.json.encode(document))  # the library writes into it
        events = library.reading.event_list_from_epcis_document_json(own)
        return list(library.hashing.epcis_hashes_from_events(events))


def _carried(url: str, _: Any = None) -> Any:
    """The context that comes with the library; any other is refused, never fetched."""
    if url != CONTEXT:
        raise LookupError(f"{url} is not fetched")
    text = (files("epcis_event_hash_generator") / _CARRIED).read_text(encoding="utf-8")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": msgspec.json.decode(text),
    }


class _Library(NamedTuple):
    jsonld: Any
    reading: Any
    hashing: Any


@cache
def _library() -> _Library:
    """The untyped modules, loaded with the first event that comes without an id."""
    name = "epcis_event_hash_generator"
    return _Library(
        import_module("pyld.jsonld"),
        import_module(f"{name}.json_to_py"),
        import_module(f"{name}.hash_generator"),
    )
