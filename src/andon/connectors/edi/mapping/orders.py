"""850 and ORDERS out, 855 and ORDRSP in."""

__all__ = ["Confirmation", "Confirmed", "Purchase", "Wanted", "confirmation", "order"]

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors.edi.documents import Document
from andon.connectors.edi.mapping.values import amount_at, days_of, dtm, moment_of, packed_at
from andon.connectors.edi.segments import Segment
from andon.core.mapping import Known
from andon.core.quantity import Quantity, plain


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a purchase order."""

    material: str
    quantity: Quantity
    price: Decimal | None = None
    qualifier: str = "BP"
    """Whose id the material's is: `BP`, `VP`; in EDIFACT `IN`, `SA`, `SRV`."""


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered."""

    number: str
    ordered_on: date
    lines: tuple[Wanted, ...]
    wanted_on: date | None = None
    ship_to: str = ""
    """GLN or the like of where it goes."""
    currency: str = ""


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What the supplier says of one line."""

    line: str
    materials: dict[str, str]
    word: str
    """As it says: `IA`, `IR`, `IB`; in EDIFACT the action code of LIN: `5`, `3`, `7`."""
    quantity: Quantity | None = None
    due_at: datetime | None = None


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What the supplier says of one order."""

    order: str
    word: str
    """As it says: `AC`, `AT`, `RD`; in EDIFACT the function of BGM: `29`, `4`, `27`."""
    lines: tuple[Confirmed, ...]


def order(purchase: Purchase, standard: Literal["x12", "edifact"]) -> dict[str, Any]:
    """The body of a request to a partner: `Request(target="acme", body=order(...))`."""
    if standard == "x12":
        return {"document": "850", "segments": list(_850(purchase))}
    return {"document": "ORDERS", "segments": list(_orders(purchase))}


def confirmation(document: Document, known: Known) -> Confirmation:
    """An 855 or ORDRSP as one type. Raises MappingError with the place."""
    zone = days_of(known, document.partner)
    if document.standard == "x12":
        head = document.first("BAK")
        lines = tuple(_acknowledged(document, zone))
        return Confirmation(order=head.text(3), word=head.text(2), lines=lines)
    head = document.first("BGM")
    number = next((one.text(1, 2) for one in document.all("RFF", "ON")), "")
    lines = tuple(_responded(document, zone))
    return Confirmation(order=number, word=head.text(3), lines=lines)


def _850(purchase: Purchase) -> Iterator[list[Any]]:
    yield ["BEG", "00", "SA", purchase.number, "", f"{purchase.ordered_on:%Y%m%d}"]
    if purchase.currency:
        yield ["CUR", "BY", purchase.currency]
    if purchase.wanted_on:
        yield ["DTM", "002", f"{purchase.wanted_on:%Y%m%d}"]
    if purchase.ship_to:
        yield ["N1", "ST", "", "UL", purchase.ship_to]
    for n, line in enumerate(purchase.lines, 1):
        price = "" if line.price is None else plain(line.price)
        amount = plain(line.quantity.amount)
        row = ["PO1", str(n), amount, line.quantity.unit, price, ""]
        yield [*row, line.qualifier, line.material]


def _orders(purchase: Purchase) -> Iterator[list[Any]]:
    yield ["BGM", "220", purchase.number, "9"]
    yield ["DTM", ["137", f"{purchase.ordered_on:%Y%m%d}", "102"]]
    if purchase.wanted_on:
        yield ["DTM", ["2", f"{purchase.wanted_on:%Y%m%d}", "102"]]
    if purchase.ship_to:
        yield ["NAD", "DP", [purchase.ship_to, "", "9"]]
    if purchase.currency:
        yield ["CUX", ["2", purchase.currency, "9"]]
    for n, line in enumerate(purchase.lines, 1):
        qualifier = "IN" if line.qualifier == "BP" else line.qualifier
        yield ["LIN", str(n), "", [line.material, qualifier]]
        yield ["QTY", ["21", plain(line.quantity.amount), line.quantity.unit]]
        if line.price is not None:
            yield ["PRI", ["AAA", plain(line.price)]]
    yield ["UNS", "S"]
    yield ["CNT", ["2", str(len(purchase.lines))]]


def _acknowledged(document: Document, zone: ZoneInfo) -> Iterator[Confirmed]:
    for n, row in enumerate(document.all("PO1"), 1):
        answers = list(row.all("ACK")) or [Segment("ACK")]
        for ack in answers:
            amount = None
            if ack.text(2):
                amount = amount_at(ack, 2, 3)
            elif row.text(2):
                amount = amount_at(row, 2, 3)
            yield Confirmed(
                line=row.text(1) or str(n),
                materials=row.pairs(6),
                word=ack.text(1),
                quantity=amount,
                due_at=moment_of(ack, 5, zone),
            )


def _responded(document: Document, zone: ZoneInfo) -> Iterator[Confirmed]:
    for n, row in enumerate(document.all("LIN"), 1):
        amount = next((q for q in row.all("QTY") if q.text(1) in ("113", "21", "12")), None)
        due = next((d for d in row.all("DTM") if d.text(1) in ("2", "67", "69")), None)
        yield Confirmed(
            line=row.text(1) or str(n),
            materials={row.text(3, 2): row.text(3)} if row.text(3) else {},
            word=row.text(2),
            quantity=packed_at(amount) if amount else None,
            due_at=dtm(due, zone) if due else None,
        )
