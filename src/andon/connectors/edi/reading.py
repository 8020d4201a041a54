"""A file becomes rows: documents, messages that were refused, and a report of each interchange."""

__all__ = ["Mailbox"]

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, BinaryIO

import msgspec

from andon.connectors._folders.rows import Body, Broken, Row, Yielded, guarded
from andon.connectors.edi.agreement import Agreement, agreements_of
from andon.connectors.edi.checking import flaws_of, grammar_of
from andon.connectors.edi.documents import (
    REFUSED,
    REPORT,
    Document,
    RefusedMessage,
    ReportItem,
)
from andon.connectors.edi.frames import Frames, UnframedError
from andon.connectors.edi.grammar import Grammar
from andon.connectors.edi.hearing import Hearing
from andon.connectors.edi.messages import Message, Report
from andon.connectors.edi.nesting import nested
from andon.connectors.edi.segments import Flaw, Heading, Segment
from andon.connectors.edi.settings import EdiSettings

_encode = msgspec.json.Encoder().encode
_NOTHING: Body = {}
_ANY = Grammar()


class Mailbox:
    """Whose interchanges are read, and what is agreed with each."""

    def __init__(self, settings: EdiSettings) -> None:
        self._agreed = agreements_of(settings)
        self._most = settings.item_bytes

    def rows(self, stream: BinaryIO) -> Iterator[Yielded]:
        """Raises nothing but OSError, whatever the file holds."""
        return guarded(self._rows(stream))

    def agreement(self, heading: Heading) -> Agreement | None:
        """With whoever sent this; None for an unknown pair of ids."""
        return self._agreed.get((heading.standard, heading.sender, heading.receiver))

    def _rows(self, stream: BinaryIO) -> Iterator[Yielded]:
        digests = list(_digests(stream))
        stream.seek(0)
        hearing = Hearing(
            iter(digests), self._judge, most=self._most, encoding_of=self._encoding_of
        )
        number, nth, digest = 0, 0, digests[0] if digests else ""
        try:
            for one in hearing.heard(Frames(stream)):
                number += 1
                if isinstance(one, Message):
                    yield self._message_row(one, digest, number)
                else:
                    yield self._report_row(one, number)
                    nth += 1
                    digest = digests[nth] if nth < len(digests) else ""
        except UnframedError as error:
            yield Broken(error.segment, str(error))

    def _encoding_of(self, heading: Heading) -> str:
        agreed = self.agreement(heading)
        return "latin-1" if agreed is None else agreed.encoding

    def _judge(self, message: Message) -> None:
        agreed, heading = self.agreement(message.heading), message.heading
        if agreed is None:
            says = f"nobody in `partners` is {heading.sender} and knows us as {heading.receiver}"
            message.flaws.insert(0, Flaw("not-agreed", says))
            return
        message.flaws += agreed.flaws_of(heading, message.document, message.version)
        rules = grammar_of(heading.standard, message.document)
        if rules is not None:
            message.flaws += flaws_of(heading.standard, message.segments, rules)
            tree, flaws = nested(message.segments, rules)
            message.flaws += flaws
            if not message.flaws:
                message.segments = tree

    def _message_row(self, message: Message, digest: str, number: int) -> Row:
        heading, agreed = message.heading, self.agreement(message.heading)
        head: dict[str, Any] = {
            "standard": heading.standard,
            "document": message.document,
            "version": message.version,
            "partner": agreed.name if agreed else "",
            "mode": heading.mode,
            "interchange": heading.control,
            "group": message.group,
            "control": message.control,
            "digest": digest,
            "prepared": heading.prepared,
        }
        key = f"{_origin(heading, agreed)}/{message.group}/{message.control or message.document}"
        if not message.flaws:
            raw = _encode(Document(**head, segments=message.segments))
            if len(raw) <= self._most:
                return Row(number, message.number, _NOTHING, raw, message.document, key)
            says = f"as JSON it has {len(raw)} bytes; `item_bytes` allows {self._most}"
            message.flaws.append(Flaw("too-large", says))
        refused = RefusedMessage(
            **head, number=message.number, flaws=message.flaws, segments=message.segments
        )
        raw = _encode(refused)
        if len(raw) > self._most:
            raw = _encode(msgspec.structs.replace(refused, segments=list[Segment]()))
        return Row(number, message.number, _NOTHING, raw, REFUSED, f"{key}/refused/{digest}")

    def _report_row(self, report: Report, number: int) -> Row:
        agreed = self.agreement(report.heading)
        item = ReportItem(
            partner=agreed.name if agreed else "",
            digest=report.digest,
            interchange=report.heading.control,
            report=report,
        )
        key = f"{_origin(report.heading, agreed)}/report/{report.digest}"
        return Row(number, 0, _NOTHING, _encode(item), REPORT, key)


def _origin(heading: Heading, agreed: Agreement | None) -> str:
    """What names an interchange among all that ever came: who sent it, under which number."""
    if agreed is None:
        return f"{heading.standard}/{heading.sender}/{heading.receiver}/{heading.control}"
    counted = f"{agreed.partner.counted}." if agreed.partner.counted else ""
    return f"{agreed.name}/{counted}{heading.control}"


def _digests(stream: BinaryIO) -> Iterator[str]:
    """Of every interchange in the file, in order: a report needs it before the end is read."""
    digest = None
    try:
        for frame in Frames(stream):
            if frame.raw[:3] in (b"ISA", b"UNB"):
                if digest is not None:
                    yield digest.hexdigest()
                digest = blake2b(digest_size=12)
            if digest is not None:
                digest.update(frame.raw)
                digest.update(b"\n")
    except UnframedError:
        pass  # said when it is read
    if digest is not None:
        yield digest.hexdigest()
