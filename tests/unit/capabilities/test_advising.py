"""Advising: what became of shipments is noted with the order, for suppliers that read it there."""

from decimal import Decimal

from andon.capabilities.supply import note_receipts
from andon.core.connector import Receipt
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Send, Wait
from andon.engine.answers import Answer
from andon.model.advising import NoteReceipt
from andon.model.supply import (
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)
from tests.unit.capabilities.doing import NOON, Doing

BOUGHT = "purchase-order/erp:4500000001"
DONE = Answer(Receipt(reference="1"))


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def line(amount: int) -> PurchaseLine:
    return PurchaseLine(line="00010", material_id="SEAL", quantity=pcs(amount))


def announced(shipment: str, amount: int) -> ShipmentAnnounced:
    lot = PackedLot(material_id="SEAL", lot_id=f"{shipment}-0", quantity=pcs(amount))
    return ShipmentAnnounced(order_id=BOUGHT, shipment_id=shipment, lots=(lot,))


def counted(shipment: str, amount: int, damaged: int = 0) -> ShipmentCounted:
    lot = ReceivedLot(
        line="00010", material_id="SEAL", lot_id=f"{shipment}-0", quantity=pcs(amount),
        damaged=pcs(damaged) if damaged else None,
    )  # fmt: skip
    return ShipmentCounted(order_id=BOUGHT, shipment_id=shipment, lots=(lot,), counted_at=NOON)


class Noting(Doing):
    """A run about an order of twelve."""

    def __init__(self, supplier: str = "ACME") -> None:
        placed = PurchaseOrderPlaced(order_id=BOUGHT, supplier_id=supplier, lines=(line(12),))
        super().__init__(note_receipts(fetched_by={"ACME"}), BOUGHT, placed)

    def hear(self, event: Event) -> None:
        self.answer(Wait, Answer(event))

    def noted(self) -> object:
        command = self.sends
        assert isinstance(command, NoteReceipt)
        self.answer(Send, DONE)
        return command.claims()["judged"]


def test_who_is_written_to_has_nothing_noted() -> None:
    assert Noting("OTHER").live.ended


def test_each_shipment_is_noted_beside_the_earlier_ones_until_all_has_come() -> None:
    run = Noting()
    run.hear(announced("S1", 8))
    assert run.sends is None
    run.hear(counted("S1", 6, damaged=1))
    first = "S1 SEAL S1-0: 6 PC accepted, 1 PC damaged, 1 PC missing"
    assert run.noted() == first
    run.hear(counted("S2", 4))  # the dock is faster than the paper
    assert run.sends is None
    run.hear(announced("S2", 4))
    assert run.noted() == f"{first}; S2 SEAL S2-0: 4 PC accepted, 0 PC damaged, 0 PC missing"
    assert run.live.ended


def test_what_is_said_twice_is_noted_once() -> None:
    run = Noting()
    run.hear(announced("S1", 8))
    run.hear(counted("S1", 8))
    run.noted()
    run.hear(announced("S1", 9))
    run.hear(counted("S1", 9))
    assert run.sends is None


def test_nothing_is_awaited_beyond_what_is_promised() -> None:
    run = Noting()
    run.hear(PurchaseOrderConfirmed(order_id=BOUGHT, lines=(line(5),)))
    run.hear(announced("S1", 5))
    run.hear(counted("S1", 5))
    run.noted()
    assert run.live.ended
