"""Outbound deliveries as `A_OutbDeliveryHeader` says them, and their goods issue."""

__all__ = [
    "DeliveryItemRow",
    "DeliveryRow",
    "confirm_pick",
    "outbound_delivery",
    "post_goods_issue",
]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.connectors.odata.values import literal
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, ReadBack
from andon.core.quantity import Quantity
from andon.model.fulfilment import ConfirmPick, DeliveryCreated, DeliveryLine, PostGoodsIssue

_DONE = "C"


class DeliveryItemRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_OutbDeliveryItem` we read."""

    material: str
    actual_delivery_quantity: Decimal
    delivery_quantity_unit: str
    batch: str = ""
    order: str = msgspec.field(name="ReferenceSDDocument", default="")


class DeliveryRow(msgspec.Struct, frozen=True):
    """The part of `A_OutbDeliveryHeader` we read, with its items expanded."""

    number: str = msgspec.field(name="DeliveryDocument")
    customer: str = msgspec.field(name="ShipToParty")
    items: tuple[DeliveryItemRow, ...] = msgspec.field(name="to_DeliveryDocumentItem")
    issued: str = msgspec.field(name="OverallGoodsMovementStatus", default="")
    picked: str = msgspec.field(name="OverallPickingStatus", default="")


@inbound("A_OutbDeliveryHeader")
def outbound_delivery(item: Item, known: Known) -> Iterator[Said]:
    """A new delivery is news; whether the books have it as picked and as gone is a read-back."""
    row, before = item.read(DeliveryRow), known.before(DeliveryRow)
    if row == before:
        return
    if before is None and row.items:
        yield DeliveryCreated(
            delivery_id=row.number,
            customer_id=row.customer,
            orders=tuple(dict.fromkeys(line.order for line in row.items if line.order)),
            lines=tuple(
                DeliveryLine(
                    material_id=line.material,
                    quantity=Quantity(line.actual_delivery_quantity, line.delivery_quantity_unit),
                    lot_id=line.batch or None,
                )
                for line in row.items
            ),
        )
    holds: Claims = {"goods-issue": row.issued == _DONE, "picked": row.picked == _DONE}
    yield ReadBack(kind=DeliveryCreated.KIND, object_id=row.number, holds=holds)


@outbound(ConfirmPick, proof="state", local=True)
def confirm_pick(_: ConfirmPick, known: Known) -> Request:
    """All of its items are picked. Its state tells whether it was done."""
    return Request(target=f"POST PickAllItems?DeliveryDocument={literal(known.local)}")


@outbound(PostGoodsIssue, proof="state", local=True)
def post_goods_issue(_: PostGoodsIssue, known: Known) -> Request:
    """Movement 601 for all of the delivery. Its state tells whether it was done."""
    return Request(target=f"POST PostGoodsIssue?DeliveryDocument={literal(known.local)}")
