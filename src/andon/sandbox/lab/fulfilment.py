"""What the ERP must have posted as gone: all that left on a truck."""

__all__ = ["Issued", "issued", "left", "tenders"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.wms import Wms
from andon.sandbox.truth import Left, Truth


class Issued(msgspec.Struct, frozen=True):
    """An amount of a lot that went out on a delivery."""

    delivery: str
    lot: str
    quantity: Decimal


def left(truth: Truth) -> Iterator[Issued]:
    """As the trucks took it."""
    for fact in truth.facts:
        if isinstance(fact, Left):
            yield Issued(fact.because, fact.lot, fact.quantity)


def issued(erp: Erp) -> Iterator[Issued]:
    """As the books have it; a reversal is a fault here."""
    for row in erp.company.books.rows("A_MaterialDocumentItem").values():
        if row["GoodsMovementType"] in ("601", "602"):
            yield Issued(row["Delivery"], row["Batch"], row["QuantityInEntryUnit"])


def tenders(truth: Truth, wms: Wms, carrier: Carrier) -> Reckoned:
    """Each delivery that stood at the dock, or has left, was tendered once."""
    asked = carrier.tenders
    must = {task.delivery for task in wms.picks() if task.state == "done"}
    must |= {gone.delivery for gone in left(truth)}  # whatever the warehouse says of it
    doubled = asked.total() - len(asked)
    return Reckoned(lost=len(must - asked.keys()), doubled=doubled, out_of_order=0)
