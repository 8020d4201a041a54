"""How a file is laid out, as settings say it: one struct per format."""

__all__ = ["Column", "Csv", "Fixed", "Format", "JsonLines", "Text", "Trailer", "Xml"]

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

Place = Annotated[tuple[int, int], msgspec.Meta(description="First position, from 1, and length.")]


class _Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Column(_Declared, frozen=True, kw_only=True):
    """What one column, field or element holds."""

    name: str = ""
    """Its name in the item; empty keeps the name it has in the file."""
    type: Literal["text", "number", "date", "time"] = "text"
    """`number` becomes an exact decimal, `time` a moment with its zone."""
    format: str = ""
    """How a date or time is written, `%d.%m.%Y %H:%M:%S`; empty means ISO 8601."""
    implied: int = 0
    """Decimals a number has without writing the sign: `0001250` with 2 is 12.50."""


class Trailer(_Declared, frozen=True, kw_only=True):
    """The last row, by which the sender says how much it sent. Without it a file is truncated."""

    first: str
    """What the row begins with: its first cell, or its record code."""
    count: int = 2
    """Which cell, from 1, holds the number of rows (fixed width: the field called `count`)."""


class Text(_Declared, frozen=True, kw_only=True):
    """What all formats made of text have in common."""

    encoding: str = "utf-8"
    """`utf-8`, `cp1252`, `utf-16`. A byte order mark of another encoding rejects the file."""
    decimal: str = "."
    """Sign before the decimals."""
    thousands: str = ""
    """Sign between groups of three digits; empty where none is written."""
    zone: str = "UTC"
    """Zone of times that are written without one. Of an hour that comes twice in autumn it is the
    first; one that is left out in spring is no time."""
    columns: Mapping[str, Column] = {}
    """By the name in the file. A column said here must be there, others are read as text.
    A file that is written has these columns and no others; without them, those of its first row."""


class Csv(Text, frozen=True, kw_only=True, tag_field="is", tag="csv"):
    """Cells between delimiters, quoted where needed."""

    delimiter: str = ","
    quote: str = '"'
    names: tuple[str, ...] = ()
    """Names of the columns where the file has no header row."""
    skip: int = 0
    """Lines before the header that say nothing."""
    trailer: Trailer | None = None
    lines_per_row: int = 100
    """A quoted cell may hold line ends; a row of more lines has lost its closing quote."""
    bom: bool = False
    """Whether outgoing files begin with a byte order mark."""
    newline: str = "\r\n"
    """What ends an outgoing row."""


class JsonLines(Text, frozen=True, kw_only=True, tag_field="is", tag="jsonl"):
    """One JSON object per line."""

    newline: str = "\n"


class Fixed(Text, frozen=True, kw_only=True, tag_field="is", tag="fixed"):
    """Fields at fixed places, one or more types of record."""

    records: Mapping[str, Mapping[str, Place]]
    """Per record code its fields; a single type of record has the code `""`."""
    code: Place | None = None
    """Where the record code stands."""
    trailer: Trailer | None = None
    newline: str = "\r\n"


class Xml(Text, frozen=True, kw_only=True, tag_field="is", tag="xml"):
    """Elements become objects, attributes `@name`, repeated elements lists."""

    record: str = ""
    """Local name of the element that is one item; empty makes the whole file one."""
    lists: tuple[str, ...] = ()
    """Elements that are lists also when they come once."""
    root: str = "rows"
    """Root element of outgoing files."""


Format = Csv | JsonLines | Fixed | Xml
