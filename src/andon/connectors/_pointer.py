"""JSON pointers (RFC 6901), checked when the settings are read."""

__all__ = ["MISSING", "Pointer", "at", "parsed", "raw_at"]

from functools import lru_cache
from typing import Any, cast

import msgspec

Pointer = tuple[str, ...]

MISSING: Any = msgspec.UNSET
"""What stands where nothing stands; null is something else."""


@lru_cache(maxsize=1024)  # the settings name few, and every row is looked into by them
def parsed(text: str) -> Pointer:
    """The parts of `/data/0/id`; empty for the whole document. Raises ValueError."""
    if text and not text.startswith("/"):
        raise ValueError(f"{text!r} is no JSON pointer: write /{text}")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def at(document: Any, pointer: Pointer) -> Any:
    """The value there, or MISSING."""
    for part in pointer:
        match document:
            case dict():
                document = cast("dict[str, Any]", document).get(part, MISSING)
            case list() if part.isdecimal() and int(part) < len(cast("list[Any]", document)):
                document = cast("list[Any]", document)[int(part)]
            case _:
                return MISSING
    return document


def raw_at(body: bytes, pointer: Pointer) -> bytes | None:
    """The bytes of the value there, as they were written; None where nothing stands."""
    raw = body
    for part in pointer:
        try:
            inner = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
        except msgspec.ValidationError:
            return None
        if part not in inner:
            return None
        raw = bytes(inner[part])
    return raw
