"""How EDIFACT acknowledges: CONTRL, written and read."""

__all__ = ["answers", "verdicts"]

from collections.abc import Iterable, Iterator, Mapping

from andon.connectors.edi.messages import Refused, Report
from andon.connectors.edi.segments import Element, FlawKind, Segment
from andon.connectors.edi.verdicts import Verdict
from andon.connectors.edi.writing import Draft

_CODES: Mapping[FlawKind, str] = {
    "missing-segment": "13",
    "missing-element": "13",
    "too-many-elements": "16",
    "not-agreed": "17",
    "not-supported": "17",
    "version": "17",
    "invalid-character": "21",
    "repeated-number": "26",
    "control-number": "28",
    "truncated": "13",
    "count": "29",
    "unexpected-segment": "15",
    "invalid-number": "37",
    "invalid-date": "12",
    "invalid-time": "12",
    "too-long": "39",
    "too-short": "40",
}
"""Data element 0085; any other is 18: an error that has no code."""
_REFUSED = {"repeated-number"}


def answers(report: Report) -> list[Draft]:
    """One CONTRL; messages that are accepted are not named in it.
    What answers an acknowledgment is nothing."""
    heading, came = report.heading, [one for group in report.groups for one in group.refused]
    if report.groups and all(group.acks == group.came for group in report.groups):
        return []
    refused = bool(_REFUSED.intersection(flaw.kind for flaw in report.flaws))
    code = _CODES.get(report.flaws[0].kind, "18") if report.flaws else ""
    parties = [_party(heading.sender), _party(heading.receiver)]
    uci = Segment("UCI", [heading.control, *parties, "4" if refused else "7", code])
    segments = [uci]
    for one in came if not refused else ():
        segments += _message(one)
    return [Draft("CONTRL", segments)]


def _party(text: str) -> Element:
    qualifier, colon, identity = text.partition(":")
    return [identity, qualifier] if colon else text


def _message(refused: Refused) -> Iterator[Segment]:
    whole = [flaw for flaw in refused.flaws if not flaw.at or flaw.tag in ("UNH", "UNT")]
    code = _CODES.get(whole[0].kind, "18") if whole else ""
    of: list[str | list[str]] = [refused.document, *refused.version.split(":")]
    yield Segment("UCM", [refused.control, of, "4", code])
    last = 0
    for flaw in refused.flaws:
        if flaw in whole:
            continue
        code = _CODES.get(flaw.kind, "18")
        if flaw.at != last:
            yield Segment("UCS", [str(flaw.at), "" if flaw.element else code])
            last = flaw.at
        if flaw.element:
            place: list[str | list[str]] = [str(flaw.element)]
            if flaw.component:
                place.append(str(flaw.component))
            yield Segment("UCD", [code, place])


def verdicts(segments: Iterable[Segment]) -> Iterator[Verdict]:
    """What a CONTRL says of what we sent."""
    tree = list(segments)
    uci = next((one for one in tree if one.tag == "UCI"), Segment("UCI"))
    if uci.text(4) == "4":
        yield Verdict(uci.text(1), "refused", f"UCI says 4, error {uci.text(5) or 'none'}")
        return
    refused = [one for one in tree if one.tag == "UCM" and one.text(3) == "4"]
    if refused:
        yield Verdict(uci.text(1), "refused", "; ".join(map(_said, refused)))
    else:
        yield Verdict(uci.text(1), "accepted", "")


def _said(message: Segment) -> str:
    """Why one message was refused, in the words of its UCM, UCS and UCD."""
    parts = [f"error {message.text(4)}"] if message.text(4) else []
    for segment in message.all("UCS"):
        elements = [f"element {one.text(2)} error {one.text(1)}" for one in segment.all("UCD")]
        place = f"segment {segment.text(1)}"
        parts.append(f"{place}: {', '.join(elements) or 'error ' + segment.text(2)}")
    return f"{message.text(2)} {message.text(1)} was refused: {', '.join(parts) or 'UCM says 4'}"
