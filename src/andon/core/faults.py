"""Every fault of a document at once, each with its JSON pointer.

msgspec decides whether a document is good, and stops at the first fault. The JSON Schema of the
same type then lists all of them. Both must refuse the same documents, so every format here is
judged by msgspec itself; what msgspec does not judge is a predicate that both sides use.
"""

__all__ = [
    "UNREADABLE",
    "decode_faults",
    "exact_amount",
    "faults_of",
    "placeable_time",
    "raw_faults",
    "schema_of",
]

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, cast

import msgspec

from andon.core.errors import Fault

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding may raise on bytes from outside: not JSON or not the shape, not UTF-8, too deep."""

_LONGEST = 300
_DOCUMENT = msgspec.json.Decoder(Any, float_hook=lambda text: _number(text))


class _Number(Decimal):
    """A JSON number as written, not rounded to binary."""

    __slots__ = ()
    __repr__ = Decimal.__str__


def _number(text: str) -> _Number:
    try:
        return _Number(text)
    except InvalidOperation:  # an exponent beyond any computer
        return _Number("Infinity")


def exact_amount(amount: Decimal) -> bool:
    """A finite number that fits on a line: NaN, infinity and 1E+999999999 are not amounts."""
    return amount.is_finite() and -29 < amount.adjusted() < 29 and len(str(amount)) <= 64


def placeable_time(moment: datetime) -> bool:
    """A moment that exists in UTC too; at the edges of the calendar some do not."""
    if 1 < moment.year < 9999 or moment.tzinfo is None:
        return True
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True


@lru_cache(maxsize=512)
def schema_of(shape: Any) -> dict[str, Any]:
    """The JSON Schema 2020-12 of a message shape. Decimals may be strings (exact) or numbers."""
    (schema,), parts = msgspec.json.schema_components([shape], ref_template="#/$defs/{name}")
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": parts}
    return cast("dict[str, Any]", _with_numbers(whole))


def _with_numbers(part: Any) -> Any:
    match part:
        case {"type": "string", "format": "decimal"}:
            return {**part, "type": ["string", "number"]}
        case dict():
            return {k: _with_numbers(v) for k, v in cast("dict[str, Any]", part).items()}
        case list() | tuple():
            return [_with_numbers(v) for v in cast("Iterable[Any]", part)]
        case _:
            return part


def faults_of(document: Any, shape: Any) -> tuple[Fault, ...]:
    """All faults of a decoded JSON document against `shape`, sorted by place."""
    # Its library takes a quarter of a second to import; most processes never meet a bad document.
    from andon.core.judging import judged

    found = {Fault(_pointer(path), _short(says)) for path, says in judged(document, shape)}
    found.update(_unstorable(document, ()))
    return tuple(sorted(found, key=lambda fault: (fault.at, fault.says)))


def decode_faults(raw: bytes, shape: Any, error: Exception) -> tuple[Fault, ...]:
    """All faults of a raw document that failed to decode; at least the decoder's own words."""
    return raw_faults(raw, shape) or (_said(error),)


def raw_faults(raw: bytes, shape: Any) -> tuple[Fault, ...]:
    """All faults of a raw document, numbers judged as they are written."""
    try:
        return faults_of(_DOCUMENT.decode(raw), shape)
    except UNREADABLE as broken:
        return (Fault("", _short(str(broken))),)


def _unstorable(part: Any, path: tuple[Any, ...]) -> Iterator[Fault]:
    # PostgreSQL cannot hold the character 0 in a text; one such record would fail its whole batch.
    match part:
        case str() if "\0" in part:
            yield Fault(_pointer(path), "holds the character U+0000")
        case dict():
            for key, value in cast("dict[str, Any]", part).items():
                if "\0" in key:
                    yield Fault(_pointer(path), "a name holds the character U+0000")
                yield from _unstorable(value, (*path, key))
        case list():
            for place, value in enumerate(cast("list[Any]", part)):
                yield from _unstorable(value, (*path, place))
        case _:
            return


def _pointer(path: Iterable[Any]) -> str:
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in path)


def _said(error: Exception) -> Fault:
    text, _, place = str(error).partition(" - at `$")
    # The decoder writes `[...]` for a key of a dictionary: the place is known up to there.
    parts = re.findall(r"\.([^.\[`]+)|\[(\d+)\]", place.partition("[...]")[0])
    return Fault(_pointer(name or index for name, index in parts), _short(text))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
