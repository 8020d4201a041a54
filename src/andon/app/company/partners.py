"""The company's suppliers, as the ERP numbers them, and what is agreed with those that have a
mailbox."""

__all__ = [
    "FETCHED_BY",
    "PIECE",
    "DockLot",
    "is_service",
    "listed",
    "order_named",
    "partner_of",
]

from decimal import Decimal
from typing import TypeVar

import msgspec

from andon.connectors.edi import EdiSettings, Partner
from andon.core.errors import MappingError
from andon.core.mapping import Known
from andon.core.quantity import Quantity
from andon.model.returning import ReturnedLot
from andon.model.supply import OrderedLot, PackedLot

L = TypeVar("L", bound=OrderedLot)

_PARTNERS = {"17300001": "acme", "17300003": "beta"}
"""Supplier in the ERP -> partner in the mailbox."""
FETCHED_BY = frozenset({"17300002"})
"""Suppliers that fetch their orders at our API."""
PIECE = {"x12": "EA", "edifact": "PCE"}
"""A piece, in each standard."""


class DockLot(msgspec.Struct, frozen=True):
    """An amount of one lot, by the line of its order, as clerks and partners say it: in pieces."""

    line: str
    item: str
    lot: str
    quantity: Decimal

    def said_as(self, kind: type[L]) -> L:
        """The same in our words."""
        return kind(
            line=self.line,
            material_id=self.item,
            lot_id=self.lot,
            quantity=Quantity(self.quantity, "PC"),
        )


def listed(lot: PackedLot | ReturnedLot) -> dict[str, str]:
    """As a list of the dock has it."""
    return {
        "item": lot.material_id,
        "lot": lot.lot_id.rpartition(":")[2],
        "quantity": str(lot.quantity.amount),
    }


def order_named(number: str) -> str:
    """Partners and clerks have the ERP's number on their papers."""
    return f"purchase-order/erp:{number}"


def is_service(number: str) -> bool:
    """Whether what is ordered is made of what we provide: such orders have a document type, and
    numbers, of their own."""
    return number.startswith("46")


def partner_of(supplier: str, known: Known) -> tuple[str, Partner]:
    """Its name in the mailbox, and what is agreed with it."""
    assert isinstance(known.settings, EdiSettings)
    name = _PARTNERS.get(supplier, supplier)
    if name not in known.settings.partners:
        raise MappingError(f"Supplier {supplier} is no partner of the mailbox")
    return name, known.settings.partners[name]
