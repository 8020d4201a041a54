"""Stock that quality holds or has inspected, as movements from status to status."""

__all__ = [
    "GONE_BEFORE",
    "LEFT_BEFORE",
    "USED_BEFORE",
    "block_inspected",
    "block_stock",
    "given_back",
    "release_inspected",
    "unblock_consumed",
    "unblock_departed",
    "unblock_stock",
]

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from andon.connectors.odata.drawing import AllShares, Found, LinesOf, SharesOf
from andon.connectors.odata.postings import local_name, place_of
from andon.connectors.odata.values import literal
from andon.core.connector import Request
from andon.core.mapping import Known, outbound
from andon.core.quantity import Quantity
from andon.model.holding import BlockStock, UnblockConsumed, UnblockDeparted, UnblockStock
from andon.model.inspecting import BlockInspected, ReleaseInspected
from andon.model.production import amounts_of

_UNRESTRICTED, _INSPECTED, _BLOCKED = "01", "02", "07"
_STOCK, _AMOUNT = "A_MatlStkInAcctMod", "MatlWrhsStkQtyInMatlBaseUnit"
LEFT_BEFORE, USED_BEFORE = "LEFT BEFORE THE HOLD", "USED BEFORE THE HOLD"
GONE_BEFORE = frozenset({LEFT_BEFORE, USED_BEFORE})
"""Header texts of documents that give back only what is gone: the lot stays held."""


@outbound(BlockStock, proof="findable")
def block_stock(command: BlockStock, _: Known) -> Request:
    """Movement 344, unrestricted to blocked, at every storage location that has some. What is in
    inspection stock nobody can take, and is left there until that is decided. What is provided to
    a supplier is nowhere of ours, and cannot be blocked."""
    batch = local_name(command.lot_id)
    nothing = f"No unrestricted stock of batch {batch} is there."
    return _moved("344", batch, _UNRESTRICTED, nothing, unless=Found(_STOCK, _lies(batch)))


@outbound(UnblockStock, proof="findable")
def unblock_stock(command: UnblockStock, _: Known) -> Request:
    """Movement 343, blocked to unrestricted, at every storage location that has some. Where none
    has, somebody did it before."""
    return _moved("343", local_name(command.lot_id), _BLOCKED)


@outbound(ReleaseInspected, proof="findable")
def release_inspected(command: ReleaseInspected, _: Known) -> Request:
    """Movement 321, quality inspection to unrestricted, at every storage location that has some.
    Where none has any more, it is done; refused until the batch is received."""
    return _inspected("321", local_name(command.lot_id))


@outbound(BlockInspected, proof="findable")
def block_inspected(command: BlockInspected, _: Known) -> Request:
    """Movement 350, quality inspection to blocked, as `release_inspected`."""
    return _inspected("350", local_name(command.lot_id))


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


@outbound(UnblockConsumed, proof="findable", local=True)
def unblock_consumed(command: UnblockConsumed, known: Known) -> Request:
    """Movement 343 for so much of each lot as is to be issued, as far as it is blocked where it is
    to be taken from. A hold blocks all of a lot: what is free of it was given back for another
    order, and is left to that. Refused where blocked and free are too little together."""
    parts = amounts_of(command.components)
    return given_back(((part.material_id, part.lot_id, n) for part, n in parts), known, USED_BEFORE)


def given_back(gone: Iterable[tuple[str, str, Quantity]], known: Known, because: str) -> Request:
    """Of each material, lot and amount as much as is beyond what may be used in our store."""
    place = place_of(known)
    taken: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for material, lot, amount in gone:
        taken[material, local_name(lot), amount.unit] += amount.amount
    shares = tuple(
        _given_back(material, batch, unit, amount, place)
        for (material, batch, unit), amount in taken.items()
    )
    return _document(AllShares(shares), MaterialDocumentHeaderText=because)


def _given_back(
    material: str, batch: str, unit: str, amount: Decimal, place: Mapping[str, str]
) -> SharesOf:
    lies = {**place, "Material": material, "Batch": batch}
    back = {**lies, "GoodsMovementType": "343", "EntryUnit": unit}
    where = " and ".join(f"{name} eq {literal(value)}" for name, value in lies.items())
    return SharesOf(
        entity_set=_STOCK,
        where=f"{where} and {_AMOUNT} gt 0",
        kind="InventoryStockType",
        has=_AMOUNT,
        each={_BLOCKED: back, _UNRESTRICTED: {}},
        amount=amount,
        says="QuantityInEntryUnit",
    )


def _inspected(kind: str, batch: str) -> Request:
    received = Found(
        "A_MaterialDocumentItem", f"Batch eq {literal(batch)} and GoodsMovementType eq '101'"
    )
    nothing = f"Batch {batch} is not received yet."
    return _moved(kind, batch, _INSPECTED, nothing, unless=received)


def _lies(batch: str) -> str:
    return f"Batch eq {literal(batch)} and InventorySpecialStockType eq '' and {_AMOUNT} gt 0"


def _moved(
    kind: str, batch: str, stock_type: str, nothing: str = "", *, unless: Found | None = None
) -> Request:
    lines = LinesOf(
        entity_set=_STOCK,
        where=f"{_lies(batch)} and InventoryStockType eq '{stock_type}'",
        each={"GoodsMovementType": kind},
        takes={
            "Plant": "Plant",
            "StorageLocation": "StorageLocation",
            "Material": "Material",
            "Batch": "Batch",
            "QuantityInEntryUnit": _AMOUNT,
            "EntryUnit": "MaterialBaseUnit",
        },
        nothing=nothing,
        unless=unless,
    )
    return _document(lines)


def _document(lines: LinesOf | AllShares, **header: str) -> Request:
    body = {"GoodsMovementCode": "04", **header, "to_MaterialDocumentItem": lines}
    return Request(target="POST A_MaterialDocumentHeader", body=body)
