"""What is not business: acknowledgments, refusals, reports, numbers that are odd."""

__all__ = ["ANSWERS", "advised", "answered", "doubted", "refused", "reported"]

from collections.abc import Iterable, Iterator

from andon.connectors.edi.answering import verdicts_of
from andon.connectors.edi.documents import (
    DOUBT,
    REFUSED,
    REPORT,
    Document,
    Doubt,
    RefusedMessage,
    ReportItem,
)
from andon.connectors.edi.segments import Segment
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Said, inbound
from andon.core.message import Finding


@inbound(REFUSED)
def refused(item: Item, _: Known) -> Iterable[Said]:
    """An exception with every place, and the message beside it."""
    one = item.read(RefusedMessage)
    who = one.partner or "somebody unknown"
    says = "; ".join(map(str, one.flaws[:5]))
    raise MappingError(
        f"{one.document} {one.control} of {who} in interchange {one.interchange}, from segment"
        f" {one.number} of the file on: {says}",
        [Fault(flaw.pointer if flaw.at else "", flaw.says) for flaw in one.flaws],
    )


@inbound(REPORT)
def reported(item: Item, _: Known) -> Iterable[Said]:
    """Nothing to say of an interchange that is in order."""
    said = item.read(ReportItem)
    report, who = said.report, said.partner or said.report.heading.sender
    name = f"Interchange {said.interchange} of {who}"
    if said.repeated:
        yield Finding("repeated-interchange", f"{name} came again. It counts once.")
    flaws = [str(flaw) for flaw in report.flaws]
    for group in report.groups:
        flaws += [f"group {group.control}: {flaw}" for flaw in group.flaws]
    if flaws:
        text = "; ".join(flaws[:10])
        yield Finding(
            "envelope", f"{name}: {text}. What could be read was taken. Ask {who} what is missing."
        )
    if report.oddities:
        yield Finding("odd-envelope", f"{name}: {'; '.join(report.oddities)}.")


@inbound(DOUBT)
def doubted(item: Item, _: Known) -> Iterable[Said]:
    """An acknowledgment that is overdue, or one that could not be sent."""
    doubt = item.read(Doubt)
    yield Finding(doubt.code, doubt.says)


def answered(item: Item, _: Known) -> Iterator[Said]:
    """An acknowledgment that accepts is no news; what it refuses is told."""
    document = item.read(Document)
    for verdict in verdicts_of(document):
        if verdict.word != "accepted":
            yield Finding(
                "ack-refused",
                f"{document.partner} did not take all of interchange {verdict.number}, which was"
                f" sent: {verdict.says}. Correct it and send it anew; this one counts as delivered,"
                " not as taken.",
            )


def advised(item: Item, _: Known) -> Iterator[Said]:
    """824 or APERAK: the partner's application read it, and cannot use it."""
    document = item.read(Document)
    says = _advice_x12(document) if document.standard == "x12" else _advice_edifact(document)
    for text in says:
        yield Finding("advice", f"{document.partner} says in {document.document}: {text}")


def _advice_x12(document: Document) -> Iterator[str]:
    for about in document.all("OTI"):
        word, kind, number = about.text(1), about.text(2), about.text(3)
        if word in ("TA", "GA", "IA", "BA"):
            continue
        errors = [_error(one) for one in about.all("TED")]
        yield f"{word} {kind} {number} {'; '.join(errors)}".strip()


def _error(error: Segment) -> str:
    notes = [note.text(2) for note in error.all("NTE")]
    return " ".join(filter(None, (error.text(1), error.text(2), *notes)))


def _advice_edifact(document: Document) -> Iterator[str]:
    about = " ".join(
        f"{one.text(1)} {one.text(1, 2)}" for one in document.all("RFF") if one.text(1, 2)
    )
    for error in document.all("ERC"):
        texts = [
            " ".join(filter(None, (t.text(4, n) for n in range(1, 6)))) for t in error.all("FTX")
        ]
        yield f"{error.text(1)} {'; '.join(texts)} about {about or document.first('BGM').text(2)}"


ANSWERS = (
    *(Inbound(kind, answered) for kind in ("997", "TA1", "CONTRL")),
    *(Inbound(kind, advised) for kind in ("824", "APERAK")),
)
