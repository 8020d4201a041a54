"""What is provided to the contract manufacturer and becomes of it, against what the books have."""

__all__ = [
    "Provision",
    "consumed",
    "consumption_booked",
    "provided",
    "provisions_booked",
    "scrap_booked",
    "scrapped",
    "with_supplier",
]

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

import msgspec

from andon.sandbox.systems.erp import Erp
from andon.sandbox.truth import Arrived, Processed, Provided, Truth


class Provision(msgspec.Struct, frozen=True):
    """An amount of a component's lot, for a line of a purchase order."""

    movement: str
    """As the books say it: provided, 541; taken into what was made, 543; spoiled, 551."""
    order: str
    """Empty for what is spoiled: it is posted for no order."""
    line: str
    lot: str
    quantity: Decimal


def provided(truth: Truth) -> Iterator[Provision]:
    """As drivers have taken it."""
    for fact in truth.facts:
        if isinstance(fact, Provided):
            yield _provision("541", fact, fact.quantity)


def provisions_booked(erp: Erp) -> Iterator[Provision]:
    """As the books have it; a reversal is a fault here."""
    yield from _booked(erp, ("541", "542"))


def consumed(truth: Truth) -> Iterator[Provision]:
    """What is in lots that have come back."""
    came = {fact.lot for fact in truth.facts if isinstance(fact, Arrived)}
    for fact in truth.facts:
        if isinstance(fact, Processed) and fact.made in came:
            yield _provision("543", fact, fact.quantity)


def consumption_booked(erp: Erp) -> Iterator[Provision]:
    """As the books have it; a reversal is a fault here."""
    yield from _booked(erp, ("543", "544"))


def scrapped(truth: Truth) -> Iterator[Provision]:
    """What was spoiled where it was processed."""
    for fact in truth.facts:
        if isinstance(fact, Processed) and fact.scrap:
            yield Provision("551", "", "", fact.lot, fact.scrap)


def scrap_booked(erp: Erp) -> Iterator[Provision]:
    """As the books have it; a reversal is a fault here."""
    yield from _booked(erp, ("551", "552"))


def with_supplier(truth: Truth) -> Mapping[str, Decimal]:
    """Lot -> how much of it the contract manufacturer answers for: what it took, less what it
    spoiled and what has come back in something that it made."""
    came = {fact.lot for fact in truth.facts if isinstance(fact, Arrived)}
    found: dict[str, Decimal] = {}
    for fact in truth.facts:
        match fact:
            case Provided():
                found[fact.lot] = found.get(fact.lot, Decimal(0)) + fact.quantity
            case Processed():
                found[fact.lot] -= fact.scrap + (fact.quantity if fact.made in came else 0)
            case _:
                pass
    return found


def _provision(movement: str, fact: Provided | Processed, quantity: Decimal) -> Provision:
    order, _, line = fact.because.partition("/")
    return Provision(movement, order, line, fact.lot, quantity)


def _booked(erp: Erp, movements: Collection[str]) -> Iterator[Provision]:
    for row in erp.company.books.rows("A_MaterialDocumentItem").values():
        kind = row["GoodsMovementType"]
        if kind in movements and row["InventorySpecialStockType"]:
            order, line = row["PurchaseOrder"], row["PurchaseOrderItem"]
            yield Provision(kind, order, line, row["Batch"], row["QuantityInEntryUnit"])
