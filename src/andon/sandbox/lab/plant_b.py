"""What plant B's ERP must have been given to book: all that went into orders, and what came out."""

__all__ = ["Staged", "happened", "staged"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.truth import Consumed, Made, Truth

_PLACE = "B.STORE"


class Staged(msgspec.Struct, frozen=True):
    """An amount of one lot in a row of its staging table."""

    kind: str
    order: str
    lot: str
    quantity: Decimal


def happened(truth: Truth) -> Iterator[Staged]:
    """As the floor did it."""
    for fact in truth.facts:
        match fact:
            case Consumed() if fact.place == _PLACE:
                yield Staged("ISSUE", fact.order, fact.lot, fact.quantity)
            case Made() if fact.place == _PLACE:
                yield Staged("RECPT", fact.order, fact.lot, fact.good)
            case _:
                pass


def staged(erp: ErpB) -> Iterator[Staged]:
    """As it stands there, whether or not a batch has taken it over."""
    for kind, order, lots in erp.rows("select KIND, ORDNO, LOTS from STAGING"):
        for part in (lots or "").split(";"):
            lot, _, amount = part.partition("=")
            if lot:
                yield Staged(kind, order, lot, Decimal(amount) / 1000)
