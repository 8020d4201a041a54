"""What a reader of one format yields, row by row; it never raises on what it reads.

A document that is one item is one row with `raw`, `kind` and `key`.
"""

__all__ = [
    "Asks",
    "Bad",
    "Body",
    "Broken",
    "Row",
    "Total",
    "UnreadableFileError",
    "Yielded",
    "guarded",
    "longest",
]

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from andon.core.errors import MappingError

Body = dict[str, Any]

longest = 1_000_000
"""A row, a record or a raw item of more bytes is not carried along; its digest is."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row that could be read."""

    number: int
    """From 1, bad rows counted too."""
    line: int
    body: Body
    raw: bytes | None = None
    """The row as JSON, where it came as JSON or was made JSON as a whole."""
    kind: str = ""
    """What its item is called, where not all are called the same."""
    key: str = ""
    """What names the fact, where the row has a key of its own."""
    mirror: str = ""
    """Names what is said again and again, so that a mapping is given what was said before."""
    occurred_at: datetime | None = None
    """Where the row says it; else the time of the file counts."""


class Bad(msgspec.Struct, frozen=True):
    """One row that could not be read; the next one goes on."""

    number: int
    line: int
    says: str
    text: str | None
    """What stands there; None when it is too long to be carried along."""


class Broken(msgspec.Struct, frozen=True):
    """The rest of the file cannot be read; always the last one."""

    line: int
    says: str


class Total(msgspec.Struct, frozen=True):
    """How many rows the sender says it wrote; None when it does not read as a number."""

    line: int
    rows: int | None


class Asks(msgspec.Struct, frozen=True):
    """The sender asks for an answer; `Layout.answers` writes it once the file is recorded."""


Yielded = Row | Bad | Broken | Total | Asks


class UnreadableFileError(MappingError):
    """A file nothing can be read from."""


def guarded(rows: Iterator[Yielded]) -> Iterator[Yielded]:
    """A defect of a reader costs one file, not the connection. What the disk says passes."""
    try:
        yield from rows
    except OSError:
        raise
    except Exception as error:
        yield Broken(0, f"the reader failed: {type(error).__name__}: {error}")
