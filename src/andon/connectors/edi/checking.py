"""What can be seen of a message without knowing its partner: what is missing, what misreads."""

__all__ = ["flaws_of", "grammar_of"]

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from andon.connectors.edi.edifact import documents as edifact_documents
from andon.connectors.edi.grammar import Grammar
from andon.connectors.edi.segments import Flaw, FlawKind, Segment
from andon.connectors.edi.x12 import documents as x12_documents

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", re.ASCII)
_DATE = re.compile(r"(\d\d)?\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d([0-5]\d\d{0,2})?", re.ASCII)


def grammar_of(standard: str, document: str) -> Grammar | None:
    """None for a document this connector does not know."""
    known = x12_documents.DOCUMENTS if standard == "x12" else edifact_documents.DOCUMENTS
    return known.get(document)


def flaws_of(standard: str, segments: Sequence[Segment], rules: Grammar) -> Iterator[Flaw]:
    """Every mistake, in the order of their places."""
    there = {segment.tag for segment in segments}
    for tag in rules.needs:
        if tag not in there:
            yield Flaw("missing-segment", f"{tag} is missing", 1, tag)
    known = x12_documents.SEGMENTS if standard == "x12" else edifact_documents.SEGMENTS
    for segment in segments:
        if segment.tag in known:
            yield from _segment_flaws(segment, _elements(known[segment.tag]))
    if rules.counts:
        yield from _total_flaws(segments, rules.counts)


@cache
def _elements(text: str) -> tuple[tuple[bool, "_Check | None"], ...]:
    parts = [part.partition(":") for part in text.split()]
    return tuple((need == "M", _check_of(rule)) for need, _, rule in parts)


def _segment_flaws(
    segment: Segment, elements: "tuple[tuple[bool, _Check | None], ...]"
) -> Iterator[Flaw]:
    for n, (needed, check) in enumerate(elements, 1):
        text = segment.text(n)
        if text:
            found = check(text) if check else None
        else:
            found = ("missing-element", "it is missing") if needed else None
        if found is not None:
            yield Flaw(found[0], found[1], segment.at, segment.tag, n, 0, text[:80])


_Check = Callable[[str], tuple[FlawKind, str] | None]
"""What is wrong with a text."""


def _check_of(rule: str) -> _Check | None:
    """A rule, ready to be used: it is looked at once, and texts of it again and again."""
    match rule:
        case "" | "-":
            return None
        case "N":
            return lambda text: (
                None if _NUMBER.fullmatch(text) else ("invalid-number", f"{text!r} is no number")
            )
        case "D":
            return lambda text: (
                None if _DATE.fullmatch(text) else ("invalid-date", f"{text!r} is no date")
            )
        case "T":
            return lambda text: (
                None if _TIME.fullmatch(text) else ("invalid-time", f"{text!r} is no time")
            )
        case _:
            least, _, most = rule.partition("-")
            return partial(_length, int(least), int(most or least))


def _length(least: int, most: int, text: str) -> tuple[FlawKind, str] | None:
    if len(text) < least:
        return "too-short", f"{text!r} is shorter than {least}"
    if len(text) > most:
        return "too-long", f"{text[:80]!r} is longer than {most}"
    return None


def _total_flaws(segments: Sequence[Segment], counts: str) -> Iterator[Flaw]:
    there = sum(segment.tag == counts for segment in segments)
    for segment in segments:
        said, component = "", 0
        if segment.tag == "CTT":
            said = segment.text(1)
        elif segment.tag == "CNT" and segment.text(1) == "2":
            said, component = segment.text(1, 2), 2
        if said and (not said.isascii() or not said.isdigit() or int(said[:18]) != there):
            says = f"it says {said!r} times {counts}, there are {there}"
            yield Flaw("count", says, segment.at, segment.tag, 1, component, said)
