"""Advising: what became of shipments, noted with the order for a supplier that reads it here."""

__all__ = ["JudgedShipment", "NoteReceipt"]

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Command
from andon.model.supply import AdvisedLot
from andon.model.terms import Name


class JudgedShipment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What became of each lot of one shipment."""

    shipment_id: Name
    lots: Annotated[tuple[AdvisedLot, ...], msgspec.Meta(min_length=1)]


class NoteReceipt(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Note with an order what became of its shipments, in place of what was noted before. A
    supplier that is our partner reads it here: its receiving advice."""

    TYPE: ClassVar[str] = "andon.supply.receipt.note.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "order_id"

    order_id: Name
    judged: Annotated[tuple[JudgedShipment, ...], msgspec.Meta(min_length=1)]
    """All that are counted, in the order in which they were compared."""

    def claims(self) -> Claims:
        """Lot by lot, `S2 SEAL L7: 10 PC accepted, 1 PC damaged, 1 PC missing`."""
        return {"judged": "; ".join(_texts(self.judged))}


def _texts(judged: tuple[JudgedShipment, ...]) -> Iterator[str]:
    for one in judged:
        for lot in one.lots:
            name = lot.lot_id.rpartition(":")[2]
            amounts = f"{lot.accepted} accepted, {lot.damaged} damaged, {lot.missing} missing"
            yield f"{one.shipment_id} {lot.material_id} {name}: {amounts}"
