"""Raw segments become messages and reports. Pure; whatever stands there, it goes on."""

__all__ = ["Hearing", "Judge"]

from collections.abc import Callable, Iterable, Iterator

from andon.connectors.edi.delimiters import cut
from andon.connectors.edi.envelopes import EDIFACT, X12, Envelope, Wrap, charset_of, heading_of
from andon.connectors.edi.frames import Frame, UnframedError
from andon.connectors.edi.messages import GroupReport, Message, Refused, Report
from andon.connectors.edi.segments import Flaw, Heading, Segment
from andon.connectors.edi.trailers import decoded, number_in, trailer_flaws

_TOLD = 500
_MOST_GROUPS = 10_000

Judge = Callable[[Message], None]
"""Adds the flaws of a message that can be seen in it alone."""


class Hearing:
    """One file. `judge` sees each message before it counts as accepted."""

    def __init__(
        self,
        digests: Iterator[str],
        judge: Judge,
        *,
        most: int,
        encoding_of: Callable[[Heading], str],
    ) -> None:
        self._digests = digests
        self._judge = judge
        self._most = most
        self._encoding_of = encoding_of
        self._encoding = "ascii"
        self._envelope: Envelope = X12
        self._report: Report | None = None
        self._group: GroupReport | None = None
        self._message: Message | None = None
        self._known: set[str] = set()

    def heard(self, frames: Iterable[Frame]) -> Iterator[Message | Report]:
        """Each message once it is whole, each report at the end of its interchange.
        Raises UnframedError at the end, if it must."""
        broken: UnframedError | None = None
        try:
            for frame in frames:
                yield from self._segment(frame)
        except UnframedError as error:
            broken = error
        yield from self._end_interchange(None, str(broken or ""))
        if broken is not None:
            raise broken

    def _segment(self, frame: Frame) -> Iterator[Message | Report]:
        if frame.raw[:3] in (b"ISA", b"UNB"):
            yield from self._end_interchange(None)
            self._begin_interchange(frame)
            return
        report, signs = self._report, frame.signs
        if report is None:
            raise UnframedError(
                frame.number, f"{frame.raw[:20]!r} stands where an interchange begins: ISA, UNB"
            )
        text, spoiled = decoded(frame.raw, self._encoding)
        segment = cut(text, signs)
        wraps = self._envelope
        match segment.tag:
            case wraps.interchange.ends:
                yield from self._end_interchange(segment)
            case wraps.group.begins:
                yield from self._end_group(None)
                self._begin_group(segment)
            case wraps.group.ends:
                yield from self._end_group(segment)
            case wraps.message.begins:
                yield from self._end_message(None)
                self._begin_message(segment, frame.number)
            case wraps.message.ends:
                yield from self._end_message(segment)
            case "TA1" if self._group is None:
                message = self._begin_message(Segment("ST", ["TA1", ""]), frame.number)
                message.segments.append(Segment("TA1", segment.elements, 1))
                self._message = None
                yield message
            case _:
                self._inside(segment, text, spoiled, len(frame.raw))

    def _begin_interchange(self, frame: Frame) -> None:
        self._envelope = X12 if frame.raw[:3] == b"ISA" else EDIFACT
        raw, _ = decoded(frame.raw, "latin-1")
        heading = heading_of(segment := cut(raw, frame.signs), raw, frame.signs)
        self._report = report = Report(heading, next(self._digests, ""))
        self._encoding = self._encoding_of(heading)
        if heading.standard == "edifact":
            identifier = segment.text(1)
            if (encoding := charset_of(identifier)) is None:
                report.oddities.append(f"{identifier!r} is no character set; it is read as UNOC")
            self._encoding = encoding or "latin-1"
        elif len(raw) != 105:
            report.oddities.append(f"ISA has {len(raw) + 1} characters, not 106")
        if not heading.control:
            report.flaws.append(Flaw("control-number", "the interchange has no control number"))

    def _begin_group(self, segment: Segment) -> None:
        assert self._report is not None
        place = self._envelope.group.control
        version = segment.text(8) if segment.tag == "GS" else segment.text(7)
        self._group = GroupReport(segment.text(1), segment.text(place), version)
        self._known = set()
        if len(self._report.groups) < _MOST_GROUPS:
            self._report.groups.append(self._group)
        elif len(self._report.flaws) < _TOLD:
            says = f"it has more than {_MOST_GROUPS} groups; those are not acknowledged"
            self._report.flaws.append(Flaw("too-large", says))

    def _begin_message(self, segment: Segment, number: int) -> Message:
        report = self._report
        assert report is not None
        if self._group is None and segment.text(1) != "TA1":
            if report.heading.standard == "x12":
                report.flaws.append(Flaw("missing-segment", "a message stands outside any group"))
            self._group = GroupReport("", "", "")
            self._known = set()
            report.groups.append(self._group)
        group = self._group or GroupReport("", "", "")
        if report.heading.standard == "x12":
            document, control = segment.text(1), segment.text(2)
            version = segment.text(3) or group.version
        else:
            document, control = segment.text(2), segment.text(1)
            version = ":".join(segment.text(2, n) for n in range(2, 6)).rstrip(":")
        self._message = message = Message(
            report.heading, group.control, group.code, document, version, control, number
        )
        if not control and document != "TA1":
            message.flaws.append(Flaw("control-number", "it has no control number", 1, segment.tag))
        if control in self._known:
            says = f"control number {control} stands twice in its group"
            message.flaws.append(Flaw("repeated-number", says, 1, segment.tag))
        self._known.add(control)
        return message

    def _inside(self, segment: Segment, text: str, spoiled: bool, size: int) -> None:
        message, report = self._message, self._report
        assert report is not None
        if message is None:
            if len(report.flaws) < _TOLD:
                says = f"{text[:40]!r} stands outside any message"
                report.flaws.append(Flaw("unexpected-segment", says, tag=segment.tag[:3]))
            return
        message.count += 1
        at = message.count + 1
        message.size += size
        if message.size > self._most:
            if message.flaws[-1:] != [large := Flaw("too-large", self._too_large())]:
                message.flaws.append(large)
            return
        if len(message.flaws) < _TOLD:
            tag = segment.tag
            if spoiled:
                says = f"{text[:80]!r} is not written in {self._encoding}"
                message.flaws.append(Flaw("invalid-character", says, at, tag[:3]))
            if not (2 <= len(tag) <= 3 and tag.isascii() and tag.isalnum() and tag.isupper()):
                says = f"{tag[:20]!r} is no segment"
                message.flaws.append(Flaw("unknown-segment", says, at, tag[:3]))
        message.segments.append(Segment(segment.tag, segment.elements, at))

    def _too_large(self) -> str:
        return f"it has more than the {self._most} bytes that `item_bytes` allows"

    def _end_message(self, trailer: Segment | None) -> Iterator[Message]:
        message, self._message = self._message, None
        if message is None:
            if trailer is not None and self._report is not None:
                says = f"{trailer.tag} ends a message that did not begin"
                self._report.flaws.append(Flaw("unexpected-segment", says, tag=trailer.tag))
            return
        wrap = self._envelope.message
        counted = message.count + 2
        if trailer is None:
            says = f"it is truncated: {wrap.ends} is missing"
            message.flaws.append(Flaw("truncated", says, counted, wrap.ends))
        else:
            message.flaws += trailer_flaws(trailer, counted, message.control, "segments", counted)
        if message.size > self._most:
            message.segments.clear()
        else:
            self._judge(message)
        yield message
        self._count(message)

    def _count(self, message: Message) -> None:
        group = self._group
        if group is None:
            return
        group.came += 1
        group.acks += message.document in ("997", "CONTRL")
        if not message.flaws:
            group.accepted += 1
        elif len(group.refused) < _TOLD:
            flaws = message.flaws[:50]
            group.refused.append(Refused(message.document, message.control, flaws, message.version))

    def _end_group(self, trailer: Segment | None) -> Iterator[Message]:
        yield from self._end_message(None)
        group, self._group = self._group, None
        if group is None:
            if trailer is not None and self._report is not None:
                says = f"{trailer.tag} ends a group that did not begin"
                self._report.flaws.append(Flaw("unexpected-segment", says, tag=trailer.tag))
            return
        wrap = self._envelope.group
        if trailer is not None:
            group.said = number_in(trailer.text(1))
            group.flaws += trailer_flaws(trailer, group.came, group.control, "messages", 0)
        elif group.code:
            group.flaws.append(Flaw("truncated", f"{wrap.ends} is missing", tag=wrap.ends))

    def _end_interchange(
        self, trailer: Segment | None, why: str = ""
    ) -> Iterator[Message | Report]:
        report = self._report
        if report is None:
            return
        yield from self._end_group(None)
        wrap: Wrap = self._envelope.interchange
        if trailer is None:
            says = f"{wrap.ends} is missing" + (f"; {why}" if why else "")
            report.flaws.append(Flaw("truncated", says, tag=wrap.ends))
        else:
            groups = [group for group in report.groups if group.code]
            came = len(groups) or sum(group.came for group in report.groups)
            of = "groups" if groups else "messages"
            report.flaws += trailer_flaws(trailer, came, report.heading.control, of, 0)
        self._report = None
        yield report
