"""Acknowledgments in either standard: what we answer, and what an answer to us says."""

__all__ = ["answer_of", "verdicts_of"]

from collections.abc import Iterator

from andon.connectors.edi.documents import Document
from andon.connectors.edi.edifact import answers as edifact
from andon.connectors.edi.messages import Report
from andon.connectors.edi.settings import Partner
from andon.connectors.edi.verdicts import Verdict
from andon.connectors.edi.writing import Draft
from andon.connectors.edi.x12 import answers as x12


def answer_of(report: Report, partner: Partner) -> list[Draft]:
    """What acknowledges an interchange; nothing where none is agreed."""
    match partner.acknowledges:
        case "never":
            return []
        case "asked":
            if not report.heading.asks:
                return []
        case "always":
            pass
    match partner.standard:
        case "x12":
            return x12.answers(report)
        case "edifact":
            return edifact.answers(report)


def verdicts_of(document: Document) -> Iterator[Verdict]:
    """What a 997, TA1 or CONTRL says of what we sent; nothing for other documents."""
    match document.document:
        case "997" | "TA1":
            yield from x12.verdicts(document.document, document.segments)
        case "CONTRL":
            yield from edifact.verdicts(document.segments)
        case _:
            return
