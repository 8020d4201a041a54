"""Every fault of a document at once, each with its JSON pointer."""

__all__ = ["decode_faults", "faults_of", "schema_of"]

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker

from andon.core.errors import Fault

_FORMATS = FormatChecker(formats=())
_DURATION = re.compile(r"^[+-]?P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$")


@_FORMATS.checks("decimal")
def _decimal(text: object) -> bool:
    if not isinstance(text, str):
        return True
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


@_FORMATS.checks("date-time")
def _aware_time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@_FORMATS.checks("duration")
def _duration(text: object) -> bool:
    return not isinstance(text, str) or _DURATION.match(text) is not None


@lru_cache(maxsize=512)
def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON Schema 2020-12 of a message shape."""
    (schema,), parts = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": parts}


def faults_of(document: Any, shape: Any) -> tuple[Fault, ...]:
    """All faults of a decoded JSON document against `shape`, sorted by place."""
    check: Callable[[Any], Any] = Draft202012Validator(
        schema_of(shape), format_checker=_FORMATS
    ).iter_errors  # pyright: ignore[reportUnknownMemberType] untyped library
    found = {Fault("".join(f"/{part}" for part in e.absolute_path), e.message) for e in check(document)}
    return tuple(sorted(found, key=lambda fault: (fault.at, fault.says)))


def decode_faults(raw: bytes, shape: Any, error: msgspec.DecodeError) -> tuple[Fault, ...]:
    """All faults of a raw document that failed to decode; at least the decoder's own words."""
    try:
        document = msgspec.json.decode(raw)
    except msgspec.DecodeError as broken:
        return (Fault("", str(broken)),)
    return faults_of(document, shape) or (Fault("", str(error)),)
