"""214 and IFTSTA: where a consignment is."""

__all__ = ["Milestone", "milestones"]

from collections.abc import Iterator
from datetime import datetime

import msgspec

from andon.connectors.edi.documents import Document
from andon.connectors.edi.mapping.values import dtm, moment_of, zone_of
from andon.connectors.edi.segments import Segment
from andon.core.mapping import Known


class Milestone(msgspec.Struct, frozen=True, kw_only=True):
    """One status of one consignment."""

    consignment: str
    """The carrier's or shipper's number, whichever the document says."""
    status: str
    """As the carrier says it: AT701 (`AF`, `X1`, `D1`), or the event of STS (`13`, `21`)."""
    reason: str = ""
    at: datetime | None = None
    place: str = ""


def milestones(document: Document, known: Known) -> Iterator[Milestone]:
    """Every status the document says, in its order. Raises MappingError with the place."""
    zone = zone_of(known, document.partner)
    if document.standard == "x12":
        head = document.first("B10")
        for lx in document.all("LX"):
            for one in lx.all("AT7"):
                town = one.first("MS1")
                yield Milestone(
                    consignment=head.text(2) or head.text(1),
                    status=one.text(1) or one.text(3),
                    reason=one.text(2) or one.text(4),
                    at=moment_of(one, 5, zone, time=6, code=7),
                    place=", ".join(filter(None, (town.text(n) for n in (1, 2, 3)))),
                )
        return
    for consignment in document.all("CNI"):
        for one in consignment.all("STS"):
            dates = list(one.all("DTM")) or [Segment("DTM")]
            where = next(one.all("LOC"), Segment("LOC"))
            yield Milestone(
                consignment=consignment.text(2) or document.first("BGM").text(2),
                status=one.text(2),
                reason=one.text(3),
                at=dtm(dates[0], zone),
                place=where.text(2, 4) or where.text(2),
            )
