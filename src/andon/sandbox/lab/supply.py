"""What purchasing comes to: receipts in the books, promises in the books, advices at suppliers."""

__all__ = [
    "Received",
    "advised",
    "announced",
    "booked",
    "expected",
    "happened",
    "judged",
    "promised",
    "promises_booked",
    "taken",
]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import Advised, Promised, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.truth import Arrived, Truth


class Received(msgspec.Struct, frozen=True):
    """An amount of a lot that came for a line of a purchase order."""

    order: str
    line: str
    lot: str
    quantity: Decimal


def happened(truth: Truth) -> Iterator[Received]:
    """As it stood on the dock."""
    for fact in truth.facts:
        if isinstance(fact, Arrived) and "/" in fact.because:
            order, _, line = fact.because.partition("/")
            yield Received(order, line, fact.lot, fact.quantity)


def booked(erp: Erp) -> Iterator[Received]:
    """As the books have it; a reversal is a fault here."""
    for row in erp.company.books.rows("A_MaterialDocumentItem").values():
        if row["GoodsMovementType"] in ("101", "102") and row["PurchaseOrder"]:
            order, line = row["PurchaseOrder"], row["PurchaseOrderItem"]
            yield Received(order, line, row["Batch"], row["QuantityInEntryUnit"])


def taken(erp: Erp, mailbox: SupplierEdi, portal: SupplierPortal) -> Reckoned:
    """Each order must have come to its own supplier once."""
    rows = erp.company.books.rows("A_PurchaseOrder").values()
    behind = [
        (number, one)
        for number, office in mailbox.offices.items()
        for one in office.taken.elements()
    ]
    found = [(portal.number, one) for one in portal.found]
    return compare([(row["Supplier"], row["PurchaseOrder"]) for row in rows], behind + found)


def promised(mailbox: SupplierEdi, portal: SupplierPortal) -> Iterator[Promised]:
    """As suppliers have said it."""
    for office in mailbox.offices.values():
        yield from office.promised
    yield from portal.promised


def announced(portal: SupplierPortal) -> Iterator[tuple[str, str]]:
    """What left the supplier that is a partner: shipment and order."""
    for shipment, shipped in portal.shipped.items():
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
