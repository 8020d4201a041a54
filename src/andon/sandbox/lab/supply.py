"""What purchasing comes to: receipts, returns and promises in the books, advices at suppliers."""

__all__ = [
    "Received",
    "advised",
    "announced",
    "aside",
    "booked",
    "expected",
    "given_back",
    "happened",
    "judged",
    "promised",
    "promises_booked",
    "returns_booked",
    "taken",
    "told_back",
    "went_back",
]

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

import msgspec

from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import ASIDE, Receiving
from andon.sandbox.systems.supplier_edi import Advised, GivenBack, Promised, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.systems.supplier_portal.seller import Seller
from andon.sandbox.truth import Arrived, Returned, Truth


class Received(msgspec.Struct, frozen=True):
    """An amount of a lot that came for a line of a purchase order, or went back."""

    movement: str
    """As the books say it: fit, 101; damaged, 103; gone back, 124."""
    order: str
    line: str
    lot: str
    quantity: Decimal


def happened(truth: Truth) -> Iterator[Received]:
    """As it stood on the dock."""
    for fact in truth.facts:
        if isinstance(fact, Arrived) and "/" in fact.because:
            order, _, line = fact.because.partition("/")
            movement = "103" if fact.place == ASIDE else "101"
            yield Received(movement, order, line, fact.lot, fact.quantity)


def booked(erp: Erp) -> Iterator[Received]:
    """As the books have it; a reversal is a fault here."""
    yield from _booked(erp, ("101", "102", "103", "104"))


def went_back(truth: Truth) -> Iterator[Received]:
    """As drivers have taken it."""
    for fact in truth.facts:
        if isinstance(fact, Returned):
            order, _, line = fact.because.partition("/")
            yield Received("124", order, line, fact.lot, fact.quantity)


def returns_booked(erp: Erp) -> Iterator[Received]:
    """As the books have it; a reversal is a fault here."""
    yield from _booked(erp, ("124", "125"))


def aside(erp: Erp) -> Mapping[str, Decimal]:
    """Lot -> how much of it came and is not taken, as the books have it."""
    signs = {"103": 1, "104": -1, "124": -1, "125": 1}
    found: dict[str, Decimal] = {}
    for row in _booked(erp, signs):
        found[row.lot] = found.get(row.lot, Decimal(0)) + signs[row.movement] * row.quantity
    return found


def told_back(truth: Truth, mailbox: SupplierEdi) -> Iterator[GivenBack]:
    """What went back to suppliers with a mailbox, by the shipment on which it came."""
    came = {
        lot: shipment
        for office in mailbox.offices.values()
        for shipment, shipped in office.shipped.items()
        for _, lot, _ in shipped.lots
    }
    for row in went_back(truth):
        if row.lot in came:
            yield GivenBack(came[row.lot], row.lot, row.quantity)


def given_back(mailbox: SupplierEdi) -> Iterator[GivenBack]:
    """What suppliers were told of it."""
    for office in mailbox.offices.values():
        yield from office.given_back


def _booked(erp: Erp, movements: Collection[str]) -> Iterator[Received]:
    for row in erp.company.books.rows("A_MaterialDocumentItem").values():
        kind = row["GoodsMovementType"]
        if kind in movements and row["PurchaseOrder"]:
            order, line = row["PurchaseOrder"], row["PurchaseOrderItem"]
            yield Received(kind, order, line, row["Batch"], row["QuantityInEntryUnit"])


def taken(erp: Erp, mailbox: SupplierEdi, *sellers: Seller) -> Reckoned:
    """Each order must have come to its own supplier once."""
    rows = erp.company.books.rows("A_PurchaseOrder").values()
    behind = [
        (number, one)
        for number, office in mailbox.offices.items()
        for one in office.taken.elements()
    ]
    found = [(seller.number, one) for seller in sellers for one in seller.found]
    return compare([(row["Supplier"], row["PurchaseOrder"]) for row in rows], behind + found)


def promised(mailbox: SupplierEdi, *sellers: Seller) -> Iterator[Promised]:
    """As suppliers have said it."""
    for office in mailbox.offices.values():
        yield from office.promised
    for seller in sellers:
        yield from seller.promised


def announced(*sellers: Seller) -> Iterator[tuple[str, str]]:
    """What left the suppliers that are partners: shipment and order."""
    for seller in sellers:
        for shipment, shipped in seller.shipped.items():
            yield shipment, shipped.order


def expected(dock: Receiving) -> Iterator[tuple[str, str]]:
    """What the dock has on its list."""
    for one in dock.expected:
        yield one.shipment, one.order


def promises_booked(erp: Erp) -> Iterator[Promised]:
    """As the books have it, of all lines to which anybody has committed himself."""
    purchases = erp.company.purchases
    for (number, item), row in erp.company.books.rows("A_PurchaseOrderItem").items():
        amount, day = purchases.promised(number, item)
        if amount:
            yield Promised(number, row["Material"], amount, f"{day:%Y%m%d}")


def judged(mailbox: SupplierEdi, portal: SupplierPortal, dock: Receiving) -> Iterator[Advised]:
    """What became of each lot that was sent and has come, as the clerk on the dock saw it."""
    shipped = {n: one for office in mailbox.offices.values() for n, one in office.shipped.items()}
    shipped |= portal.shipped
    for (_, shipment), counted in dock.counts.items():
        if shipment in shipped:
            sent = {lot: quantity for _, lot, quantity in shipped[shipment].lots}
            for one in counted:
                missing = sent[one.lot] - one.quantity - one.damaged
                yield Advised(shipment, one.lot, one.quantity, one.damaged, missing)


def advised(mailbox: SupplierEdi, portal: SupplierPortal) -> Iterator[Advised]:
    """What suppliers were told of it, or read of it."""
    for office in mailbox.offices.values():
        yield from office.advised
    for lots in portal.advised.values():
        yield from lots
