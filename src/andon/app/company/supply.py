"""ERP, supplier and dock: an order goes out by EDI, and what comes is in the books."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.app.company.area import Area
from andon.capabilities.supply import claim_missing, post_counted, send_order
from andon.connectors import edi
from andon.connectors.edi import Document, Edi
from andon.connectors.edi.mapping import Purchase, Wanted, confirmation, notice, order
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.model.supply import (
    PackedLot,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    ReceivedLot,
    SendPurchaseOrder,
    ShipmentAnnounced,
    ShipmentCounted,
)

_PARTNERS = {"17300001": "acme"}
"""Supplier in the ERP -> partner in the mailbox."""
_UNITS = {"EA": "PC"}
_PROMISED = ("IA", "IC", "IB", "IQ", "ID")
"""Words of ACK by which a line is delivered, if with other amounts or dates."""


def _order(number: str) -> str:
    """Partners and clerks have the ERP's number on their papers."""
    return f"purchase-order/erp:{number}"


def _pieces(quantity: Quantity) -> Quantity:
    return Quantity(quantity.amount, _UNITS.get(quantity.unit, quantity.unit))


@outbound(SendPurchaseOrder, proof="findable")
def _send(command: SendPurchaseOrder, _: Known) -> Request:
    """One order is one 850 is one interchange."""
    wanted = tuple(
        Wanted(material=line.material_id, quantity=Quantity(line.quantity.amount, "EA"))
        for line in command.lines
    )
    number = command.order_id.rpartition(":")[2]
    purchase = Purchase(number=number, ordered_on=command.placed_at.date(), lines=wanted)
    partner = _PARTNERS.get(command.supplier_id, command.supplier_id)
    return Request(target=partner, body=order(purchase, "x12"))


@inbound("855")
def _confirmed(item: Item, known: Known) -> Iterator[Said]:
    """What is rejected is not promised."""
    said = confirmation(item.read(Document), known)
    lines = tuple(
        PurchaseLine(
            line=line.line,
            material_id=line.materials.get("BP", ""),
            quantity=_pieces(line.quantity),
        )
        for line in said.lines
        if line.quantity is not None and line.word in _PROMISED
    )
    yield PurchaseOrderConfirmed(order_id=_order(said.order), lines=lines)


@inbound("856")
def _announced(item: Item, known: Known) -> Iterator[Said]:
    """One shipment may bring something for several orders."""
    said = notice(item.read(Document), known)
    lots: dict[str, list[PackedLot]] = {}
    for line in said.lines:
        if len(line.lots) != 1 or line.quantity is None or not line.order:
            yield Finding("incomplete", f"{said.shipment}: a line names no order, lot or amount")
            continue
        lots.setdefault(line.order, []).append(
            PackedLot(
                material_id=line.material,
                lot_id=line.lots[0],
                quantity=_pieces(line.quantity),
                sscc=line.sscc[-1] if line.sscc else "",
            )
        )
    for number, packed in lots.items():
        yield ShipmentAnnounced(
            order_id=_order(number),
            shipment_id=said.shipment,
            lots=tuple(packed),
            shipped_at=said.shipped_at,
        )


class _Lot(msgspec.Struct, frozen=True):
    line: str
    item: str
    lot: str
    quantity: Decimal


class _Counted(msgspec.Struct, frozen=True):
    order: str
    shipment: str
    at: datetime
    lots: tuple[_Lot, ...]


@inbound("shipment.counted")
def _counted(item: Item, _: Known) -> Iterator[Said]:
    """Lots have the supplier's numbers."""
    row = item.read(_Counted)
    yield ShipmentCounted(
        order_id=_order(row.order),
        shipment_id=row.shipment,
        counted_at=row.at,
        lots=tuple(
            ReceivedLot(
                line=lot.line,
                material_id=lot.item,
                lot_id=lot.lot,
                quantity=Quantity(lot.quantity, "PC"),
            )
            for lot in row.lots
        ),
    )


AREA = Area(
    connections=(
        Connection("suppliers", Edi, (_send, _confirmed, _announced, *edi.mappings)),
        Connection("receiving", Webhook, (_counted,)),
    ),
    workflows=(send_order, post_counted, claim_missing),
    routes=(Route(SendPurchaseOrder, "suppliers"), Route(PostReceipt, "erp")),
)
