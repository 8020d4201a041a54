"""Samples of messages about what is bought, with everything they can say and with as little."""

from datetime import UTC, datetime
from decimal import Decimal

from andon.core.message import Message
from andon.core.quantity import Quantity
from andon.model.advising import JudgedShipment, NoteReceipt
from andon.model.completing import CompletePurchaseLines, PurchaseLinesCompleted
from andon.model.expediting import RequestExpedite, SendExpedite, ShortageChecked
from andon.model.returning import (
    AdviseReturn,
    PostReturn,
    RequestReplacement,
    RequestReturn,
    ReturnedLot,
    ShipmentReturned,
)
from andon.model.supply import (
    AdvisedLot,
    AdviseReceipt,
    AnnounceShipment,
    ConfirmPurchaseOrder,
    PackedLot,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    SendPurchaseOrder,
    ShipmentAnnounced,
    ShipmentCounted,
)

BOUGHT, ACME = "4500000001", "17300001"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PUMP, LOT = "PUMP", "L77"


def pcs(amount: str) -> Quantity:
    return Quantity(Decimal(amount), "PCE")


LINE = PurchaseLine(line="00010", material_id=PUMP, quantity=pcs("5"), due_at=NOON)
CAME = ReceivedLot(line="00010", material_id=PUMP, lot_id=LOT, quantity=pcs("4"), damaged=pcs("1"))
PACKED = PackedLot(material_id=PUMP, lot_id=LOT, quantity=pcs("5"), sscc="0" * 20)
JUDGED = AdvisedLot(
    material_id=PUMP, lot_id=LOT, accepted=pcs("3"), damaged=pcs("1"), missing=pcs("1")
)
BACK = ReturnedLot(line="00010", material_id=PUMP, lot_id=LOT, quantity=pcs("1"))

FULL: tuple[Message, ...] = (
    PurchaseOrderPlaced(order_id=BOUGHT, supplier_id=ACME, lines=(LINE,)),
    SendPurchaseOrder(order_id=BOUGHT, supplier_id=ACME, placed_at=NOON, lines=(LINE,)),
    PurchaseOrderConfirmed(order_id=BOUGHT, lines=(LINE,)),
    ShipmentAnnounced(
        order_id=BOUGHT,
        shipment_id="S1",
        lots=(PACKED,),
        shipped_at=NOON,
        replaces="R00001",
    ),
    ConfirmPurchaseOrder(order_id=BOUGHT, lines=(LINE,)),
    AnnounceShipment(order_id=BOUGHT, shipment_id="S1", packed=(PACKED,), shipped_at=NOON),
    AdviseReceipt(
        order_id=BOUGHT, supplier_id=ACME, shipment_id="S1", received_at=NOON, judged=(JUDGED,)
    ),
    ShipmentCounted(
        order_id=BOUGHT, shipment_id="S1", lots=(CAME,), counted_at=NOON, replaces="R00001"
    ),
    PostReceipt(order_id=BOUGHT, shipment_id="S1", received=(CAME,)),
    ShortageChecked(item_id="SEAL", missing=pcs("6"), orders=("WO-1",), checked_at=NOON),
    RequestExpedite(order_id=BOUGHT, wanted=(LINE,)),
    SendExpedite(
        order_id=BOUGHT, supplier_id=ACME, request_id="4711-1", asked_at=NOON, wanted=(LINE,)
    ),
    RequestReturn(
        order_id=BOUGHT,
        shipment_id="S1",
        supplier_id=ACME,
        instead="replacement",
        returned=(BACK,),
    ),
    ShipmentReturned(
        order_id=BOUGHT,
        shipment_id="S1",
        return_id="R00001",
        supplier_id=ACME,
        instead="credit",
        returned=(BACK,),
        absent=(BACK,),
        returned_at=NOON,
    ),
    PostReturn(
        order_id=BOUGHT,
        shipment_id="S1",
        return_id="R00001",
        instead="replacement",
        returned=(BACK,),
    ),
    AdviseReturn(
        order_id=BOUGHT,
        supplier_id=ACME,
        shipment_id="S1",
        return_id="R00001",
        returned_at=NOON,
        returned=(BACK,),
    ),
    RequestReplacement(
        order_id=BOUGHT,
        supplier_id=ACME,
        shipment_id="S1",
        return_id="R00001",
        asked_at=NOON,
        returned=(BACK,),
    ),
    PurchaseLinesCompleted(order_id=BOUGHT, lines=("00010", "00020")),
    CompletePurchaseLines(order_id=BOUGHT, lines=("00010",)),
    NoteReceipt(order_id=BOUGHT, judged=(JudgedShipment(shipment_id="S1", lots=(JUDGED,)),)),
)

BARE: tuple[Message, ...] = (
    PurchaseOrderConfirmed(order_id=BOUGHT, lines=()),
    PurchaseLinesCompleted(order_id=BOUGHT, lines=()),
)
