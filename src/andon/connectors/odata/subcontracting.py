"""Stock provided to a supplier that processes it, special stock O, and what is made of it."""

__all__ = [
    "SUBCONTRACTING",
    "post_processed",
    "post_provision",
    "unblock_provided",
]

from typing import Any

from andon.connectors.odata.blocking import LEFT_BEFORE, given_back
from andon.connectors.odata.postings import document_of, local_name, place_of
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity
from andon.model.processing import PostProcessed
from andon.model.subcontracting import PostProvision, ProvidedLot, UnblockProvided
from andon.model.supply import OrderedLot

_PROVIDED = {"InventorySpecialStockType": "O"}


@outbound(PostProvision, proof="findable", local=True)
def post_provision(command: PostProvision, known: Known) -> Request:
    """Movement 541, from our store into what the supplier has of ours. One document for what left
    at once."""
    supplier = {**_PROVIDED, "Supplier": command.supplier_id}
    items = [
        {"GoodsMovementType": "541", **supplier, **_of_order(lot, known), **_lot(lot, known)}
        for lot in command.provided
    ]
    return document_of("04", items)


@outbound(UnblockProvided, proof="findable")
def unblock_provided(command: UnblockProvided, known: Known) -> Request:
    """Movement 343 for so much of each lot as has left beyond what may be used in our store.
    Refused unless all of that is blocked there."""
    gone = ((lot.material_id, lot.lot_id, lot.quantity) for lot in command.provided)
    return given_back(gone, known, LEFT_BEFORE)


@outbound(PostProcessed, proof="findable", local=True)
def post_processed(command: PostProcessed, known: Known) -> Request:
    """A goods receipt for the purchase order, 101, and below each lot what is in it, 543: consumed
    out of what the supplier of the order has of ours. One document for a shipment."""
    items: list[dict[str, Any]] = []
    for n, lot in enumerate(command.received, start=1):
        order = {"PurchaseOrder": known.local, "PurchaseOrderItem": lot.line}
        items.append(
            {
                "GoodsMovementType": "101",
                "GoodsMovementRefDocType": "B",
                "MaterialDocumentLine": f"{n:06}",
                **order,
                **_lot(lot, known),
            }
        )
        items += (
            {
                "GoodsMovementType": "543",
                "MaterialDocumentParentLine": f"{n:06}",
                **_PROVIDED,
                **_amount(part.material_id, part.lot_id, part.quantity),
            }
            for part in lot.consumed
        )
    return document_of("01", items)


def _of_order(lot: ProvidedLot, known: Known) -> dict[str, Any]:
    return {"PurchaseOrder": known.local, "PurchaseOrderItem": lot.line}


def _lot(lot: OrderedLot, known: Known) -> dict[str, Any]:
    return {**place_of(known), **_amount(lot.material_id, lot.lot_id, lot.quantity)}


def _amount(material: str, lot: str, quantity: Quantity) -> dict[str, Any]:
    return {
        "Material": material,
        "Batch": local_name(lot),
        "QuantityInEntryUnit": quantity.amount,
        "EntryUnit": quantity.unit,
    }


SUBCONTRACTING: tuple[Outbound, ...] = (post_provision, unblock_provided, post_processed)
"""In the order of an order's life."""
