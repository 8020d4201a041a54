"""945, 947 and INVRPT: what a warehouse shipped, and how its stock was corrected."""

__all__ = ["ADJUSTED", "SHIPPED", "Adjustment", "adjusted", "adjustments", "shipped"]

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from andon.connectors.edi.documents import Document
from andon.connectors.edi.mapping.notices import edifact_line
from andon.connectors.edi.mapping.values import amount_at, dtm, moment_of, packed_at, zone_of
from andon.connectors.edi.segments import Segment
from andon.core.connector import Item
from andon.core.mapping import Inbound, Known, Said
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsIssued, GoodsReceived


class Adjustment(msgspec.Struct, frozen=True, kw_only=True):
    """One correction of stock; below zero it is less."""

    number: str
    material: str
    change: Quantity
    lot: str = ""
    reason: str = ""
    """The code the warehouse gives."""
    at: datetime | None = None


def shipped(item: Item, known: Known) -> Iterable[Said]:
    """945: goods issued for each line, and a doubt where less left than was ordered."""
    document = item.read(Document)
    zone = zone_of(known, document.partner)
    head = document.first("W06")
    left_at = next((moment_of(one, 2, zone) for one in document.all("G62", "11")), None)
    lines = [(n, row) for n, lx in enumerate(document.all("LX"), 1) for row in lx.all("W12")]
    for nth, (n, row) in enumerate(lines, 1):
        material = row.text(8) or row.text(6)
        if row.text(3) and (left := amount_at(row, 3, 5)).amount > 0 and material:
            yield GoodsIssued(
                movement_id=f"{document.partner}/{head.text(2) or document.control}/{n}.{nth}",
                material_id=material,
                quantity=left,
                lot_id=row.text(9) or None,
                posted_at=left_at or moment_of(head, 3, zone),
            )
        if row.text(2) and row.text(3):
            ordered, left = amount_at(row, 2, 5), amount_at(row, 3, 5)
            if left.amount < ordered.amount:
                yield Finding(
                    "shipped-short",
                    f"{document.partner} shipped {left} of the {ordered} of {material} that"
                    f" {head.text(2)} asks for.",
                )


def adjustments(document: Document, known: Known) -> Iterator[Adjustment]:
    """947, and the movements of an INVRPT. Stock on hand is not read here."""
    if document.standard == "x12":
        yield from _x12(document, known)
    else:
        yield from _edifact(document, known)


def adjusted(item: Item, known: Known) -> Iterable[Said]:
    """A movement in for more, a movement out for less; nothing for no change."""
    for one in adjustments(item.read(Document), known):
        fields: dict[str, Any] = {
            "movement_id": one.number,
            "material_id": one.material,
            "lot_id": one.lot or None,
            "posted_at": one.at,
        }
        if one.change.amount > 0:
            yield GoodsReceived(**fields, quantity=one.change)
        elif one.change.amount < 0:
            yield GoodsIssued(**fields, quantity=Quantity(-one.change.amount, one.change.unit))


SHIPPED = (Inbound("945", shipped),)
ADJUSTED = (Inbound("947", adjusted), Inbound("INVRPT", adjusted))


def _x12(document: Document, known: Known) -> Iterator[Adjustment]:
    head = document.first("W15")
    at = moment_of(head, 1, zone_of(known, document.partner))
    number = f"{document.partner}/{head.text(3) or head.text(2) or document.control}"
    for n, row in enumerate(document.all("W19"), 1):
        yield Adjustment(
            number=f"{number}/{n}",
            material=row.text(6) or row.text(4),
            change=amount_at(row, 2, 3),
            lot=row.text(7),
            reason=row.text(1),
            at=at,
        )


_OUT, _IN = "1", "2"
"""EDIFACT 4501."""
_ON_HAND = {"17", "145"}
"""EDIFACT 6063: amounts that lie there, and do not move."""


def _edifact(document: Document, known: Known) -> Iterator[Adjustment]:
    zone = zone_of(known, document.partner)
    at = next((dtm(d, zone) for d in document.all("DTM") if d.text(1) in ("137", "366")), None)
    number = f"{document.partner}/{document.first('BGM').text(2)}"
    for n, row in enumerate(document.all("LIN"), 1):
        line = edifact_line(row)
        for m, (amount, move) in enumerate(_moves(row), 1):
            sign = {_OUT: -1, _IN: 1}.get(move.text(1))
            if sign is None:
                continue
            quantity = packed_at(amount)
            yield Adjustment(
                number=f"{number}/{row.text(1) or n}.{m}",
                material=line.material,
                change=Quantity(quantity.amount * sign, quantity.unit),
                lot=line.lots[0] if len(line.lots) == 1 else "",
                reason=move.text(3) or move.text(2),
                at=at,
            )


def _moves(row: Segment) -> Iterator[tuple[Segment, Segment]]:
    """Each amount with the INV that says which way, whichever of the two comes first."""
    amount: Segment | None = None
    move: Segment | None = None
    for one in row.under:
        if one.tag == "QTY" and one.text(1) not in _ON_HAND:
            amount = one
        elif one.tag == "INV":
            move = one
        if amount is not None and move is not None:
            yield amount, move
            amount = move = None
