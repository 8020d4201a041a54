"""861 and RECADV: what arrived, what was taken, what is in question."""

__all__ = ["RECEIVED", "Arrived", "arrivals", "received"]

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.connectors.edi.documents import Document
from andon.connectors.edi.mapping.notices import Line, edifact_line
from andon.connectors.edi.mapping.values import amount_at, dtm, moment_of, packed_at, zone_of
from andon.connectors.edi.segments import Segment
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Said
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsReceived


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """One line that was received."""

    number: str
    """Partner, document and line: `acme/R-17/3`."""
    line: Line
    taken: Quantity | None
    returned: Quantity | None = None
    questioned: Quantity | None = None
    received_at: datetime | None = None


def arrivals(document: Document, known: Known) -> Iterator[Arrived]:
    """The lines of a receiving advice. Raises MappingError with the place."""
    if document.standard == "x12":
        yield from _x12(document, known)
    else:
        yield from _edifact(document, known)


def received(item: Item, known: Known) -> Iterable[Said]:
    """Goods received for what was taken; a doubt for what went back or is in question."""
    document = item.read(Document)
    for one in arrivals(document, known):
        if one.taken is not None and one.taken.amount > 0:
            if not one.line.material:
                raise MappingError(
                    f"segment {one.line.at}: no material is named",
                    [Fault(f"/{one.line.at}", "no material is named")],
                )
            yield GoodsReceived(
                movement_id=one.number,
                material_id=one.line.material,
                quantity=one.taken,
                lot_id=one.line.lots[0] if len(one.line.lots) == 1 else None,
                posted_at=one.received_at,
            )
        for word, quantity in (("returned", one.returned), ("in question", one.questioned)):
            if quantity is not None and quantity.amount > 0:
                yield Finding(
                    "not-all-taken",
                    f"{document.partner} says in {one.number}: {quantity} of {one.line.material}"
                    f" {'were' if word == 'returned' else 'are'} {word}.",
                )


RECEIVED = (Inbound("861", received), Inbound("RECADV", received))


def _x12(document: Document, known: Known) -> Iterator[Arrived]:
    zone = zone_of(known, document.partner)
    head = document.first("BRA")
    at = next((moment_of(d, 2, zone, time=3, code=4) for d in document.all("DTM", "050")), None)
    at = at or moment_of(head, 2, zone)
    order = next((one.text(2) for one in document.all("REF", "PO")), "")
    for n, row in enumerate(document.all("RCD"), 1):
        materials = row.first("LIN").pairs(2)
        lots = [materials.pop("LT")] if materials.get("LT") else []
        lots += [one.text(2) for one in row.all("REF") if one.text(1) in ("LT", "BT")]
        named = row.first("PRF").text(1) or order
        line = Line(materials=materials, order=named, lots=tuple(dict.fromkeys(lots)), at=row.at)
        yield Arrived(
            number=f"{document.partner}/{head.text(1)}/{row.text(1) or n}",
            line=line,
            taken=_amount(row, 2),
            returned=_amount(row, 4),
            questioned=_amount(row, 6),
            received_at=at,
        )


def _amount(row: Segment, element: int) -> Quantity | None:
    return amount_at(row, element, element + 1) if row.text(element) else None


def _edifact(document: Document, known: Known) -> Iterator[Arrived]:
    zone = zone_of(known, document.partner)
    at = next((dtm(d, zone) for d in document.all("DTM") if d.text(1) in ("50", "310")), None)
    number = f"{document.partner}/{document.first('BGM').text(2)}"
    order = next((one.text(1, 2) for one in document.all("RFF", "ON")), "")
    rows = [line for level in _levels(document.all("CPS")) for line in level.all("LIN")]
    for n, row in enumerate([*rows, *document.all("LIN")], 1):
        amounts = {one.text(1): packed_at(one) for one in row.all("QTY")}
        taken = amounts.get("194") or amounts.get("48")
        refused = amounts.get("195")
        if taken is not None and "194" not in amounts and refused is not None:
            taken = Quantity(max(taken.amount - refused.amount, Decimal(0)), taken.unit)
        yield Arrived(
            number=f"{number}/{row.text(1) or n}",
            line=edifact_line(row, order),
            taken=taken,
            returned=amounts.get("61"),
            questioned=refused,
            received_at=at,
        )


def _levels(levels: Iterable[Segment]) -> Iterator[Segment]:
    for level in levels:
        yield level
        yield from _levels(level.all("CPS"))
