"""Purchase orders as `A_PurchaseOrder` says them, and the goods receipt for what came."""

__all__ = ["PurchaseItemRow", "PurchaseRow", "post_receipt", "purchase_order"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.connectors.odata.postings import document_of, local_name, place_of
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.quantity import Quantity
from andon.model.supply import PostReceipt, PurchaseLine, PurchaseOrderPlaced


class PurchaseItemRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_PurchaseOrderItem` we read."""

    purchase_order_item: str
    material: str
    order_quantity: Decimal
    purchase_order_quantity_unit: str


class PurchaseRow(msgspec.Struct, frozen=True):
    """The part of `A_PurchaseOrder` we read, with its items expanded."""

    number: str = msgspec.field(name="PurchaseOrder")
    supplier: str = msgspec.field(name="Supplier")
    items: tuple[PurchaseItemRow, ...] = msgspec.field(name="to_PurchaseOrderItem")


@inbound("A_PurchaseOrder")
def purchase_order(item: Item, known: Known) -> Iterator[Said]:
    """A new order is news; what is changed later in it is not read."""
    row = item.read(PurchaseRow)
    if known.before(PurchaseRow) is None and row.items:
        yield PurchaseOrderPlaced(
            order_id=row.number,
            supplier_id=row.supplier,
            lines=tuple(
                PurchaseLine(
                    line=line.purchase_order_item,
                    material_id=line.material,
                    quantity=Quantity(line.order_quantity, line.purchase_order_quantity_unit),
                )
                for line in row.items
            ),
        )


@outbound(PostReceipt, proof="findable", local=True)
def post_receipt(command: PostReceipt, known: Known) -> Request:
    """A goods receipt for the purchase order, movement type 101: one document for a shipment."""
    items = [
        {
            **place_of(known),
            "Material": lot.material_id,
            "Batch": local_name(lot.lot_id),
            "GoodsMovementType": "101",
            "GoodsMovementRefDocType": "B",
            "PurchaseOrder": known.local,
            "PurchaseOrderItem": lot.line,
            "QuantityInEntryUnit": lot.quantity.amount,
            "EntryUnit": lot.quantity.unit,
        }
        for lot in command.received
    ]
    return document_of("01", items)
