"""What an item of this connector holds: a document, a message that was refused, a report."""

__all__ = ["DOUBT", "REFUSED", "REPORT", "Document", "Doubt", "RefusedMessage", "ReportItem"]

from collections.abc import Iterator
from typing import Literal

import msgspec

from andon.connectors.edi.messages import Report
from andon.connectors.edi.segments import Flaw, Segment, flat, matching

REFUSED = "edi.refused"
"""Kind of an item that is a message we do not take."""
REPORT = "edi.report"
"""Kind of the item that ends each interchange."""
DOUBT = "edi.doubt"
"""Kind of an item that says something odd: an acknowledgment that does not come."""


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    standard: Literal["x12", "edifact"]
    document: str
    """`856`, `DESADV`; an item's kind is this."""
    version: str
    partner: str
    """The name it has in the settings; empty: nobody there."""
    mode: Literal["production", "test"]
    interchange: str
    """Its control number, and those of group and message, as they stand there."""
    group: str
    control: str
    digest: str
    """Of the interchange it came in."""
    prepared: str = ""
    """Date and time of the interchange, as they stand there."""


class Document(_Head, frozen=True, kw_only=True):
    """One message, its segments as a tree of loops. Headers and trailers are left out."""

    segments: list[Segment]

    def all(self, tag: str, qualifier: str = "") -> Iterator[Segment]:
        """Segments outside all loops, and those that begin one."""
        return matching(self.segments, tag, qualifier)

    def first(self, tag: str, qualifier: str = "") -> Segment:
        """The first of `all`, or one without elements."""
        return next(self.all(tag, qualifier), Segment(tag))

    def everywhere(self, tag: str) -> Iterator[Segment]:
        """Segments of a tag in any loop, in the order they were written."""
        return matching(flat(self.segments), tag)


class RefusedMessage(_Head, frozen=True, kw_only=True):
    """A message that is not taken: why, and all of it that could be cut."""

    number: int
    """Where it begins: segment of the file."""
    flaws: list[Flaw]
    segments: list[Segment]


class ReportItem(msgspec.Struct, frozen=True, kw_only=True):
    """An interchange at its end."""

    partner: str
    digest: str
    interchange: str
    repeated: bool = False
    """The same came before, and is answered again."""
    report: Report


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """Something people should know that is in no message."""

    code: str
    says: str
