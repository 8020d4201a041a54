"""How X12 acknowledges: 997 and TA1, written and read."""

__all__ = ["answers", "verdicts"]

from collections.abc import Iterable, Iterator, Mapping

from andon.connectors.edi.messages import GroupReport, Refused, Report
from andon.connectors.edi.segments import Flaw, FlawKind, Segment
from andon.connectors.edi.verdicts import Verdict
from andon.connectors.edi.writing import Draft

_SEGMENT: Mapping[FlawKind, str] = {
    "unknown-segment": "1",
    "unexpected-segment": "2",
    "missing-segment": "3",
    "too-deep": "4",
    "hierarchy": "8",
}
"""AK304; any other flaw within a segment is 8: an element is wrong."""
_ELEMENT: Mapping[FlawKind, str] = {
    "missing-element": "1",
    "too-many-elements": "3",
    "too-short": "4",
    "too-long": "5",
    "invalid-character": "6",
    "invalid-number": "6",
    "invalid-date": "8",
    "invalid-time": "9",
}
"""AK403; any other is 7: a value that is not valid."""
_MESSAGE: Mapping[FlawKind, str] = {
    "not-supported": "1",
    "not-agreed": "1",
    "version": "1",
    "truncated": "2",
    "control-number": "3",
    "repeated-number": "7",
    "count": "4",
}
"""AK502; any other is 5: segments are in error."""
_GROUP: Mapping[FlawKind, str] = {"truncated": "3", "control-number": "4", "count": "5"}
"""AK905."""
_INTERCHANGE: Mapping[FlawKind, str] = {
    "control-number": "001",
    "not-agreed": "020",
    "count": "021",
    "truncated": "023",
    "repeated-number": "025",
}
"""TA105; any other is 022: a control structure that is not valid."""
_REFUSED = {"repeated-number"}


def answers(report: Report) -> list[Draft]:
    """A 997 for each group; a TA1 where the envelope asks for one or is wrong itself.
    What answers an acknowledgment is nothing."""
    if _REFUSED.intersection(flaw.kind for flaw in report.flaws):
        return [Draft("TA1", [_ta1(report)])]
    drafts = [Draft("997", _group(one)) for one in report.groups if one.code and one.code != "FA"]
    if (drafts or not report.groups) and (report.heading.asks or report.flaws):
        drafts.insert(0, Draft("TA1", [_ta1(report)]))
    return drafts


def _ta1(report: Report) -> Segment:
    date, _, time = report.heading.prepared.partition(" ")
    kinds: list[FlawKind] = [flaw.kind for flaw in report.flaws]
    word = "A" if not kinds else "R" if _REFUSED.intersection(kinds) else "E"
    code = _INTERCHANGE.get(kinds[0], "022") if kinds else "000"
    return Segment("TA1", [report.heading.control, date, time, word, code])


def _group(group: GroupReport) -> list[Segment]:
    segments = [Segment("AK1", [group.code, group.control])]
    for refused in group.refused:
        segments += _message(refused)
    word = "R" if not group.accepted else "P" if group.accepted < group.came else "A"
    codes = list(dict.fromkeys(_GROUP.get(flaw.kind, "6") for flaw in group.flaws))[:5]
    if word == "A" and codes:
        word = "E"
    said = group.came if group.said is None else group.said
    counts = [str(said), str(group.came), str(group.accepted)]
    return [*segments, Segment("AK9", [word, *counts, *codes])]


def _message(refused: Refused) -> Iterator[Segment]:
    yield Segment("AK2", [refused.document, refused.control])
    codes: list[str] = []
    last: tuple[int, str] | None = None
    for flaw in refused.flaws:
        if not flaw.at or flaw.tag in ("ST", "SE"):
            codes.append(_MESSAGE.get(flaw.kind, "5"))
            continue
        codes.append("5")
        code = _SEGMENT.get(flaw.kind, "8")
        if (flaw.at, code) != last:
            yield Segment("AK3", [flaw.tag or "ZZZ", str(flaw.at), "", code])
            last = (flaw.at, code)
        if flaw.element:
            yield _element(flaw)
    yield Segment("AK5", ["R", *list(dict.fromkeys(codes))[:5]])


def _element(flaw: Flaw) -> Segment:
    text = "".join(sign if sign.isalnum() or sign in " .-_/" else "?" for sign in flaw.text)
    code = _ELEMENT.get(flaw.kind, "7")
    return Segment("AK4", [str(flaw.element), "", code, text.strip()[:40]])


def verdicts(document: str, segments: Iterable[Segment]) -> Iterator[Verdict]:
    """What a 997 or TA1 says of what we sent."""
    tree = list(segments)
    if document == "TA1":
        for one in (segment for segment in tree if segment.tag == "TA1"):
            if one.text(4) == "R":
                says = f"the interchange was refused: TA1 code {one.text(5)}"
                yield Verdict(one.text(1), "refused", says, of="interchange")
        return
    group = next((one.text(2) for one in tree if one.tag == "AK1"), "")
    end = next((one for one in tree if one.tag == "AK9"), Segment("AK9"))
    says = "; ".join(filter(None, (_said(one) for one in tree if one.tag == "AK2")))
    match end.text(1):
        case "A" | "E":
            yield Verdict(group, "accepted", says)
        case "P":
            yield Verdict(group, "partly", says or "a part was refused")
        case word:
            codes = " ".join(filter(None, (end.text(n) for n in range(5, 10))))
            yield Verdict(group, "refused", says or f"AK9 says {word}, codes {codes or 'none'}")


def _said(message: Segment) -> str:
    """Why one message was refused, in the words of its AK3, AK4 and AK5."""
    end = message.first("AK5")
    if end.text(1) in ("A", "E"):
        return ""
    parts: list[str] = []
    for segment in message.all("AK3"):
        place = f"segment {segment.text(2)} ({segment.text(1)})"
        elements = [
            f"element {one.text(1)} code {one.text(3)}"
            + (f" {one.text(4)!r}" if one.text(4) else "")
            for one in segment.all("AK4")
        ]
        parts.append(f"{place}: {', '.join(elements) or 'code ' + segment.text(4)}")
    codes = " ".join(filter(None, (end.text(n) for n in range(2, 7))))
    parts.append(f"AK5 {end.text(1)} {codes}".strip())
    return f"{message.text(1)} {message.text(2)} was refused: {', '.join(parts)}"
