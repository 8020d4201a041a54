"""What the ERP must have received for purchase orders: all that trucks brought."""

__all__ = ["Received", "booked", "happened"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.sandbox.systems.erp import Erp
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
