"""Segments as both standards have them, with the place at which each stands."""

__all__ = [
    "Element",
    "Flaw",
    "Heading",
    "Segment",
    "composite",
    "flat",
    "matching",
    "plain",
    "repetitions",
]

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeAlias, cast

import msgspec

Element: TypeAlias = str | list[str | list[str]]
"""A text; a composite is a list of its components; repetitions are a list of such lists."""

FlawKind = Literal[
    "unknown-segment", "unexpected-segment", "missing-segment", "missing-element",
    "too-short", "too-long", "invalid-character", "invalid-number", "invalid-date",
    "invalid-time", "too-many-elements", "too-deep", "too-large", "count", "control-number",
    "repeated-number", "truncated", "hierarchy", "not-agreed", "not-supported", "version",
]  # fmt: skip


class Segment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One segment, and the segments of the loop it begins."""

    tag: str
    elements: list[Element] = []
    """From the first after the tag; empty ones at the end are not kept."""
    at: int = 0
    """Its place in the message, ST or UNH being 1."""
    under: "list[Segment]" = []
    """What follows in the loop that this one begins, loops within it included."""

    def text(self, element: int, component: int = 1) -> str:
        """An element by its number in the standard, `BEG03` is `text(3)`. Absent is empty.
        Of repetitions it is the first."""
        parts = composite(self.elements[element - 1]) if element <= len(self.elements) else []
        return parts[component - 1] if component <= len(parts) else ""

    def all(self, tag: str, qualifier: str = "") -> "Iterator[Segment]":
        """Those directly under it of a tag, whose first element is the qualifier if one is
        asked for."""
        return matching(self.under, tag, qualifier)

    def first(self, tag: str, qualifier: str = "") -> "Segment":
        """The first of `all`, or one without elements: what it holds is absent, then."""
        return next(self.all(tag, qualifier), Segment(tag))

    def pairs(self, start: int) -> dict[str, str]:
        """Qualifier and value in turn from an element on, as LIN and PO1 have them."""
        texts = [self.text(n) for n in range(start, len(self.elements) + 1)]
        return dict(zip(texts[::2], texts[1::2], strict=False))


class Flaw(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing wrong in a message, and where."""

    kind: FlawKind
    says: str
    at: int = 0
    """Place of the segment in its message; 0: the whole of it."""
    tag: str = ""
    element: int = 0
    component: int = 0
    text: str = ""
    """What stands there."""

    def __str__(self) -> str:
        if not self.at:
            return self.says
        place = f"segment {self.at} ({self.tag})"
        if self.element:
            place += f", element {self.element}"
        if self.component:
            place += f".{self.component}"
        return f"{place}: {self.says}"

    @property
    def pointer(self) -> str:
        """The place as a pointer: `/14/2` is element 2 of segment 14."""
        return f"/{self.at}" + (f"/{self.element}" if self.element else "")


class Heading(msgspec.Struct, frozen=True):
    """Who speaks to whom, under which number, as the envelope of an interchange says."""

    standard: Literal["x12", "edifact"]
    sender: str
    """Qualifier and id, `ZZ:ACME`."""
    receiver: str
    control: str
    mode: Literal["production", "test"]
    prepared: str = ""
    """Date and time as they stand there; the sender's zone is not said."""
    version: str = ""
    asks: bool = False
    """Whether the sender asks for an acknowledgment in the envelope itself."""


def matching(segments: Iterable[Segment], tag: str, qualifier: str = "") -> Iterator[Segment]:
    """Segments of a tag whose first element is the qualifier, if one is asked for."""
    for one in segments:
        if one.tag == tag and qualifier in ("", one.text(1)):
            yield one


def composite(element: Element) -> list[str]:
    """The components of an element; of repetitions those of the first."""
    if isinstance(element, str):
        return [element]
    first = element[0] if element else ""
    return first if isinstance(first, list) else cast("list[str]", element)


def repetitions(element: Element) -> list[list[str]]:
    """All that an element holds: repetitions, each with its components."""
    if isinstance(element, list) and element and isinstance(element[0], list):
        return cast("list[list[str]]", element)
    return [composite(element)]


def plain(parts: Sequence[Sequence[str]]) -> Element:
    """The shortest form of repetitions with components; what is empty at the end falls away."""
    trimmed = [_trimmed(part) for part in parts]
    while len(trimmed) > 1 and trimmed[-1] == [""]:
        trimmed.pop()
    if len(trimmed) > 1:
        return cast("Element", trimmed)
    (only,) = trimmed
    return only[0] if len(only) == 1 else cast("Element", only)


def _trimmed(parts: Sequence[str]) -> list[str]:
    kept = list(parts) or [""]
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return kept


def flat(segments: Iterable[Segment]) -> Iterator[Segment]:
    """All of them in the order in which they are written; loops are let go."""
    for one in segments:
        yield Segment(one.tag, one.elements, one.at)
        yield from flat(one.under)
