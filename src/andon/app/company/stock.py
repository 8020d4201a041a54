"""Postings of stock in the cloud ERP that belong to no order: material documents of one item."""

__all__ = ["POSTINGS"]

from collections.abc import Mapping
from typing import Any

from andon.core.connector import Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity
from andon.model.inventory import (
    IssueGoods,
    PostAdjustment,
    PostScrap,
    PostTransfer,
    ReceiveGoods,
    StockStatus,
)

_STORES: Mapping[str, str] = {"production": "171A", "warehouse": "171W"}
"""Our storage locations, as the ERP numbers them."""
_STOCK_TYPES: Mapping[StockStatus, str] = {"unrestricted": "01", "blocked": "07"}
_WASTE = "17101902"
"""The cost center that pays for what is thrown away."""


@outbound(PostTransfer, proof="findable")
def _transfer(command: PostTransfer, _: Known) -> Request:
    """Movement 311: from storage location to storage location, in one step; 325 if blocked."""
    kind = "311" if command.status == "unrestricted" else "325"
    origin, destination = _stores(origin=command.origin, destination=command.destination)
    there = {"IssuingOrReceivingStorageLoc": destination}
    return _document("04", kind, command, command.quantity, origin, **there)


@outbound(PostAdjustment, proof="findable")
def _adjustment(command: PostAdjustment, _: Known) -> Request:
    """Movement 701 for more than the books say, 702 for less, of the status that it has."""
    found = command.difference
    if not found.amount:
        says = "A difference of nothing is no posting"
        raise MappingError(says, [Fault("/difference/amount", says)])
    code, kind = ("05", "701") if found.amount > 0 else ("03", "702")
    size = Quantity(abs(found.amount), found.unit)
    (store,) = _stores(location=command.location)
    of = _STOCK_TYPES[command.status]
    return _document(code, kind, command, size, store, InventoryStockType=of)


@outbound(PostScrap, proof="findable")
def _scrap(command: PostScrap, _: Known) -> Request:
    """Movement 551 on the cost center for waste; 555 for blocked stock."""
    kind = "551" if command.status == "unrestricted" else "555"
    (store,) = _stores(location=command.location)
    return _document("03", kind, command, command.quantity, store, CostCenter=_WASTE)


@outbound(ReceiveGoods, proof="findable")
def _receipt(command: ReceiveGoods, _: Known) -> Request:
    """Movement 501: a receipt without an order."""
    (store,) = _stores(location=command.location)
    return _document("05", "501", command, command.quantity, store)


@outbound(IssueGoods, proof="findable")
def _issue(command: IssueGoods, _: Known) -> Request:
    """Movement 201: to a cost center."""
    paid = {"CostCenter": command.cost_center}
    (store,) = _stores(location=command.location)
    return _document("03", "201", command, command.quantity, store, **paid)


def _document(
    code: str,
    kind: str,
    command: PostTransfer | PostAdjustment | PostScrap | ReceiveGoods | IssueGoods,
    quantity: Quantity,
    store: str,
    **more: str,
) -> Request:
    item: dict[str, Any] = {
        "Plant": "1710",
        "StorageLocation": store,
        "Material": command.material_id,
        "Batch": command.lot_id.rpartition(":")[2],
        "GoodsMovementType": kind,
        "QuantityInEntryUnit": quantity.amount,
        "EntryUnit": quantity.unit,
        **more,
    }
    body = {"GoodsMovementCode": code, "to_MaterialDocumentItem": [item]}
    return Request(target="POST A_MaterialDocumentHeader", body=body)


def _stores(**locations: str) -> list[str]:
    """The storage location of each field. Raises MappingError with every one that has none."""
    unknown = {field: place for field, place in locations.items() if place not in _STORES}
    if unknown:
        text = f"The ERP has no storage location for {', '.join(unknown.values())}"
        known = f"is none of {', '.join(_STORES)}"
        raise MappingError(text, [Fault(f"/{field}", known) for field in unknown])
    return [_STORES[place] for place in locations.values()]


POSTINGS: tuple[Outbound, ...] = (_transfer, _adjustment, _scrap, _receipt, _issue)
"""One more kind of posting is one more line."""
