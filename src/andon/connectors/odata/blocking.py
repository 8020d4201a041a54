"""Stock that quality holds, as movements from status to status."""

__all__ = ["LEFT_BEFORE", "block_stock", "unblock_departed", "unblock_stock"]

from andon.connectors.odata.drawing import LinesOf
from andon.connectors.odata.postings import local_name
from andon.connectors.odata.values import literal
from andon.core.connector import Request
from andon.core.mapping import Known, outbound
from andon.model.holding import BlockStock, UnblockDeparted, UnblockStock

_UNRESTRICTED, _BLOCKED = "01", "07"
LEFT_BEFORE = "LEFT BEFORE THE HOLD"
"""The header text of a document that gives back only what has left: the lot stays held."""


@outbound(BlockStock, proof="findable")
def block_stock(command: BlockStock, _: Known) -> Request:
    """Movement 344, unrestricted to blocked, at every storage location that has some."""
    batch = local_name(command.lot_id)
    nothing = f"No unrestricted stock of batch {batch} is there."
    return _moved("344", batch, _UNRESTRICTED, nothing)


@outbound(UnblockStock, proof="findable")
def unblock_stock(command: UnblockStock, _: Known) -> Request:
    """Movement 343, blocked to unrestricted, at every storage location that has some. Where none
    has, somebody did it before."""
    return _moved("343", local_name(command.lot_id), _BLOCKED)


@outbound(UnblockDeparted, proof="findable", local=True)
def unblock_departed(_: UnblockDeparted, known: Known) -> Request:
    """Movement 343 for every item of the delivery, where it was to be taken from. Refused unless
    all of it is blocked there."""
    lines = LinesOf(
        entity_set="A_OutbDeliveryItem",
        where=f"DeliveryDocument eq {literal(known.local)}",
        each={"GoodsMovementType": "343"},
        takes={
            "Plant": "Plant",
            "StorageLocation": "StorageLocation",
            "Material": "Material",
            "Batch": "Batch",
            "QuantityInEntryUnit": "ActualDeliveryQuantity",
            "EntryUnit": "DeliveryQuantityUnit",
        },
        nothing="The delivery has no items.",
    )
    return _document(lines, MaterialDocumentHeaderText=LEFT_BEFORE)


def _moved(kind: str, batch: str, stock_type: str, nothing: str = "") -> Request:
    lines = LinesOf(
        entity_set="A_MatlStkInAcctMod",
        where=f"Batch eq {literal(batch)} and InventoryStockType eq '{stock_type}'"
        " and MatlWrhsStkQtyInMatlBaseUnit gt 0",
        each={"GoodsMovementType": kind},
        takes={
            "Plant": "Plant",
            "StorageLocation": "StorageLocation",
            "Material": "Material",
            "Batch": "Batch",
            "QuantityInEntryUnit": "MatlWrhsStkQtyInMatlBaseUnit",
            "EntryUnit": "MaterialBaseUnit",
        },
        nothing=nothing,
    )
    return _document(lines)


def _document(lines: LinesOf, **header: str) -> Request:
    body = {"GoodsMovementCode": "04", **header, "to_MaterialDocumentItem": lines}
    return Request(target="POST A_MaterialDocumentHeader", body=body)
