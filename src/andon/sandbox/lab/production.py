"""What the ERP must have booked of production: all that went into orders, and all that came out."""

__all__ = ["booked", "confirmations", "decided", "happened"]

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from andon.sandbox.lab.reckoning import Planned, Posting, Reckoned, as_planned, compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.truth import Consumed, Made, Truth

_PLANT = "A."
"""Plant A's places; plant B has an ERP of its own."""
_MOVEMENTS = ("101", "261")
"""Goods receipt of an order, goods issue to an order."""


def happened(truth: Truth) -> Sequence[tuple[datetime, Posting]]:
    """In the order of nature."""
    found: list[tuple[datetime, Posting]] = []
    for fact in truth.facts:
        match fact:
            case Consumed() if fact.place.startswith(_PLANT):
                found.append((fact.at, Posting("261", fact.order, fact.lot, fact.quantity)))
            case Made(lot=lot) if lot and fact.place.startswith(_PLANT):
                found.append((fact.at, Posting("101", fact.order, lot, fact.good)))
            case _:
                pass
    return found


def booked(erp: Erp) -> Sequence[Posting]:
    """In the order of its documents; movements that belong to no order are others' business."""
    return [
        Posting(
            row["GoodsMovementType"],
            row["ManufacturingOrder"],
            row["Batch"],
            row["QuantityInEntryUnit"],
        )
        for row in erp.company.books.rows("A_MaterialDocumentItem").values()
        if row["GoodsMovementType"] in _MOVEMENTS and row["ManufacturingOrder"]
    ]


def confirmations(truth: Truth, erp: Erp) -> Reckoned:
    """Each operation of plant A's orders is confirmed once, with what it made and spoiled."""
    made = (
        (fact.order, fact.operation, fact.good, fact.scrap)
        for fact in truth.facts
        if isinstance(fact, Made) and fact.order in erp.company.parts_of
    )
    rows = erp.company.books.rows("ProdnOrdConf2").values()
    said = (
        (
            row["OrderID"],
            row["OrderOperation"],
            row.get("ConfirmationYieldQuantity") or Decimal(0),
            row.get("ConfirmationScrapQuantity") or Decimal(0),
        )
        for row in rows
    )
    return compare(made, said)


def decided(erp: Erp, mes: MesA) -> Reckoned:
    """What planners want of orders that they released against what the floor has of them."""
    return as_planned(
        (
            Planned(number, row["TotalQuantity"], bool(row["OrderIsMarkedForDeletion"]))
            for (number,), row in erp.company.books.rows("A_ProductionOrder_2").items()
            if row["OrderIsReleased"]
        ),
        (
            Planned(order.number, order.quantity, order.status in ("stopping", "cancelled"))
            for order in mes.floor.orders.values()
        ),
        refused=mes.floor.refused,
    )
