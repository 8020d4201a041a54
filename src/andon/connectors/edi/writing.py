"""Documents become interchanges: envelopes, numbers, counts. What cannot be written is refused."""

__all__ = ["Draft", "Outline", "Ready", "bytes_of", "outline_of"]

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors.edi.agreement import Agreement
from andon.connectors.edi.checking import flaws_of, grammar_of
from andon.connectors.edi.delimiters import Delimiters, UnwritableError, joined
from andon.connectors.edi.nesting import nested
from andon.connectors.edi.segments import Element, Segment, flat
from andon.core.errors import RejectedError

_LARGEST = {"x12": 999_999_999, "edifact": 99_999_999_999_999}


class Outline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of a request: what is written, without its envelope."""

    document: str
    """`850`, `ORDERS`."""
    segments: list[list[Element] | Segment]
    """`["BEG", "00", "SA", "4711", "", "20261125"]`, or segments as an item holds them."""


class Draft(msgspec.Struct, frozen=True):
    """One message ready to be wrapped."""

    document: str
    segments: list[Segment]


class Ready(msgspec.Struct, frozen=True):
    """Messages of one interchange that were checked: only the number is missing."""

    drafts: list[Draft]


def outline_of(body: Any, agreed: Agreement) -> Draft:
    """Checks all that can be seen before it is written. Raises RejectedError."""
    try:
        outline = msgspec.convert(msgspec.to_builtins(body), Outline)
    except msgspec.ValidationError as error:
        raise RejectedError(f"the request is no document: {error}", "no-document") from error
    if not agreed.gives(outline.document):
        raise RejectedError(
            f"{outline.document!r} is not agreed with {agreed.name}, or not known here."
            " Write it into the partner's `writes`.",
            "not-agreed",
        )
    rules = grammar_of(agreed.partner.standard, outline.document)
    assert rules is not None  # `gives` knows it
    segments = [_segment(one, n) for n, one in enumerate(_flattened(outline.segments), 2)]
    if rules.counts:
        _total(agreed.partner.standard, segments, rules.counts)
    flaws = [*flaws_of(agreed.partner.standard, segments, rules)]
    if rules.hierarchy:  # only levels that are said can be said wrong
        flaws += nested(segments, rules)[1]
    if flaws:
        text = "; ".join(map(str, flaws[:5]))
        raise RejectedError(f"{outline.document} for {agreed.name}: {text}", flaws[0].kind)
    return Draft(outline.document, segments)


def _flattened(segments: Sequence[list[Element] | Segment]) -> list[Segment]:
    made: list[Segment] = []
    for one in segments:
        if isinstance(one, Segment):
            made += flat([one])
        elif not one or not isinstance(one[0], str):
            raise RejectedError(f"{one!r} is no segment: its tag comes first", "no-segment")
        else:
            made.append(Segment(one[0], one[1:]))
    return made


def _segment(one: Segment, at: int) -> Segment:
    if not (2 <= len(one.tag) <= 3 and one.tag.isascii() and one.tag.isalnum()):
        raise RejectedError(f"{one.tag!r} is no tag of a segment", "no-segment")
    for n, element in enumerate(one.elements, 1):
        lists = [isinstance(part, list) for part in element] if isinstance(element, list) else []
        if any(lists) and not all(lists):
            raise RejectedError(
                f"{one.tag} element {n}: {element!r} mixes texts with repetitions",
                "no-element",
            )
    return Segment(one.tag.upper(), one.elements, at)


def _total(standard: str, segments: list[Segment], counts: str) -> None:
    """The number of lines at the end of X12, where it was not written."""
    lines = sum(one.tag == counts for one in segments)
    if standard == "x12" and lines and not any(one.tag == "CTT" for one in segments):
        segments.append(Segment("CTT", [str(lines)], len(segments) + 2))


def bytes_of(drafts: Sequence[Draft], agreed: Agreement, number: int, now: datetime) -> bytes:
    """One interchange of this number. Raises RejectedError."""
    if not 0 < number <= _LARGEST[agreed.partner.standard]:
        raise RejectedError(f"{number} is no control number of {agreed.partner.standard}", "number")
    here = now.astimezone(ZoneInfo(agreed.partner.time_zone))
    wrap = _x12 if agreed.partner.standard == "x12" else _edifact
    try:
        text = wrap(drafts, agreed, number, here)
        return text.encode(agreed.encoding)
    except UnwritableError as error:
        raise RejectedError(f"{error}. Agree on other separators.", "separator") from error
    except UnicodeEncodeError as error:
        raise RejectedError(
            f"{error.object[error.start]!r} cannot be written in {agreed.encoding}", "encoding"
        ) from error


def _lines(segments: Sequence[Segment], signs: Delimiters, line_end: str) -> str:
    return "".join(joined(one, signs) + line_end for one in segments)


def _x12(drafts: Sequence[Draft], agreed: Agreement, number: int, now: datetime) -> str:
    one, signs = agreed.partner, agreed.signs
    isa = [
        "ISA", "00", " " * 10, "00", " " * 10,
        one.our_qualifier.ljust(2), one.our_id.ljust(15), one.qualifier.ljust(2), one.id.ljust(15),
        f"{now:%y%m%d}", f"{now:%H%M}", signs.repetition or "U", agreed.interchange_version,
        f"{number:09}", "0", "T" if one.mode == "test" else "P", signs.component,
    ]  # fmt: skip
    segments: list[Segment] = []
    groups = 0
    for n, (code, members) in enumerate(_grouped(drafts), 1):
        if not code:
            segments += [one for draft in members for one in draft.segments]
            continue
        groups += 1
        control = str(number) if n == 1 else f"{number}{n:02}"[-9:].lstrip("0")
        version = agreed.version_of(members[0].document)
        segments.append(Segment("GS", [
            code, one.our_group_id or one.our_id, one.group_id or one.id,
            f"{now:%Y%m%d}", f"{now:%H%M}", control, "X", version,
        ]))  # fmt: skip
        for m, draft in enumerate(members, 1):
            segments.append(Segment("ST", [draft.document, f"{m:04}"]))
            segments += draft.segments
            segments.append(Segment("SE", [str(len(draft.segments) + 2), f"{m:04}"]))
        segments.append(Segment("GE", [str(len(members)), control]))
    segments.append(Segment("IEA", [str(groups), f"{number:09}"]))
    head = signs.element.join(isa) + signs.segment + one.line_end
    return head + _lines(segments, signs, one.line_end)


def _grouped(drafts: Sequence[Draft]) -> list[tuple[str, list[Draft]]]:
    """One group per functional identifier, in order of appearance; TA1 stands before all."""
    groups: dict[str, list[Draft]] = {}
    for draft in sorted(drafts, key=lambda one: one.document != "TA1"):
        rules = grammar_of("x12", draft.document)
        groups.setdefault(rules.group if rules else "", []).append(draft)
    return list(groups.items())


def _edifact(drafts: Sequence[Draft], agreed: Agreement, number: int, now: datetime) -> str:
    one, signs = agreed.partner, agreed.signs
    advice = "UNA" + signs.component + signs.element + signs.decimal + "?"
    advice += (signs.repetition or " ") + signs.segment
    identifier, _, version = agreed.interchange_version.partition(":")
    asks = "1" if one.ack_within is not None and drafts[0].document != "CONTRL" else ""
    day = f"{now:%Y%m%d}" if version >= "4" else f"{now:%y%m%d}"
    segments = [Segment("UNB", [
        [identifier, version],
        [one.our_id, one.our_qualifier], [one.id, one.qualifier],
        [day, f"{now:%H%M}"], str(number),
        "", "", "", asks, "", "1" if one.mode == "test" else "",
    ])]  # fmt: skip
    for n, draft in enumerate(drafts, 1):
        control = str(number) if len(drafts) == 1 else f"{number}-{n}"
        of: list[str | list[str]] = [draft.document, *agreed.version_of(draft.document).split(":")]
        segments.append(Segment("UNH", [control, of]))
        segments += draft.segments
        segments.append(Segment("UNT", [str(len(draft.segments) + 2), control]))
    segments.append(Segment("UNZ", [str(len(drafts)), str(number)]))
    return advice + one.line_end + _lines(segments, signs, one.line_end)
