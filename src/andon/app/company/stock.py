"""Stock in the cloud ERP: what its books have, and postings that belong to no order."""

__all__ = ["BOOKS", "POSTINGS"]

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from andon.connectors.odata.drawing import SharesOf
from andon.connectors.odata.values import literal
from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said, outbound
from andon.core.quantity import Quantity
from andon.model.inventory import (
    IssueGoods,
    PostAdjustment,
    PostScrap,
    PostTransfer,
    ReceiveGoods,
    StockReported,
    StockUse,
)
from andon.model.processing import PostProvidedScrap
from andon.model.subcontracting import ProvidedStockReported

_STORES: Mapping[str, str] = {"production": "171A", "warehouse": "171W"}
"""Our storage locations, as the ERP numbers them."""
_STOCK_TYPES: Mapping[StockUse, str] = {
    "unrestricted": "01",
    "blocked": "07",
    "inspection": "02",
}
_WASTE = "17101902"
"""The cost center that pays for what is thrown away."""
_Status = PostTransfer | PostAdjustment | PostScrap
_Kinds = Mapping[StockUse, Mapping[str, str]]
"""Status -> what a line about it says; the first is taken from first."""


@outbound(PostTransfer, proof="findable")
def _transfer(command: PostTransfer, _: Known) -> Request:
    """Movement 311: from storage location to storage location, in one step; 325 if blocked,
    323 if in inspection."""
    origin, destination = _stores(origin=command.origin, destination=command.destination)
    there = {"IssuingOrReceivingStorageLoc": destination}
    kinds: _Kinds = {
        "unrestricted": {"GoodsMovementType": "311", **there},
        "blocked": {"GoodsMovementType": "325", **there},
        "inspection": {"GoodsMovementType": "323", **there},
    }
    return _by_status("04", command, command.quantity, origin, kinds)


@outbound(PostAdjustment, proof="findable")
def _adjustment(command: PostAdjustment, _: Known) -> Request:
    """Movement 701 for more than the books say, 702 for less."""
    found = command.difference
    if not found.amount:
        says = "A difference of nothing is no posting"
        raise MappingError(says, [Fault("/difference/amount", says)])
    code, kind = ("05", "701") if found.amount > 0 else ("03", "702")
    size = Quantity(abs(found.amount), found.unit)
    (store,) = _stores(location=command.location)
    kinds: _Kinds = {
        status: {"GoodsMovementType": kind, "InventoryStockType": stock_type}
        for status, stock_type in _STOCK_TYPES.items()
    }
    return _by_status(code, command, size, store, kinds, adds=found.amount > 0)


@outbound(PostScrap, proof="findable")
def _scrap(command: PostScrap, _: Known) -> Request:
    """Movement 551 on the cost center for waste; 555 for blocked stock, 553 for stock in
    inspection."""
    kinds: _Kinds = {
        "unrestricted": {"GoodsMovementType": "551", "CostCenter": _WASTE},
        "blocked": {"GoodsMovementType": "555", "CostCenter": _WASTE},
        "inspection": {"GoodsMovementType": "553", "CostCenter": _WASTE},
    }
    (store,) = _stores(location=command.location)
    return _by_status("03", command, command.quantity, store, kinds)


@outbound(PostProvidedScrap, proof="findable")
def _scrap_provided(command: PostProvidedScrap, _: Known) -> Request:
    """Movement 551 out of what a supplier has of ours, special stock O; waste pays until the
    supplier does."""
    paid = {"GoodsMovementType": "551", "CostCenter": _WASTE}
    special = {"InventorySpecialStockType": "O", "Supplier": command.supplier_id}
    lines = [
        {
            "Plant": "1710",
            "Material": lot.material_id,
            "Batch": lot.lot_id.rpartition(":")[2],
            "QuantityInEntryUnit": lot.quantity.amount,
            "EntryUnit": lot.quantity.unit,
            **special,
            **paid,
        }
        for lot in command.scrapped
    ]
    return _document("03", lines)


@outbound(ReceiveGoods, proof="findable")
def _receipt(command: ReceiveGoods, _: Known) -> Request:
    """Movement 501: a receipt without an order."""
    (store,) = _stores(location=command.location)
    item = _item(command, command.quantity, store)
    return _document("05", [{**item, "GoodsMovementType": "501"}])


@outbound(IssueGoods, proof="findable")
def _issue(command: IssueGoods, _: Known) -> Request:
    """Movement 201: to a cost center."""
    (store,) = _stores(location=command.location)
    item = _item(command, command.quantity, store)
    paid = {"GoodsMovementType": "201", "CostCenter": command.cost_center}
    return _document("03", [{**item, **paid}])


def _by_status(
    code: str,
    command: _Status,
    quantity: Quantity,
    store: str,
    kinds: _Kinds,
    *,
    adds: bool = False,
) -> Request:
    """As the command says, or as the books have the lot there when it is posted; what is added
    where they have none, as they have the rest of it."""
    item = _item(command, quantity, store)
    if command.status is not None:
        return _document(code, [{**item, **kinds[command.status]}])
    lies = f"Batch eq {literal(item['Batch'])} and MatlWrhsStkQtyInMatlBaseUnit gt 0"
    shares = SharesOf(
        entity_set="A_MatlStkInAcctMod",
        where=f"{lies} and StorageLocation eq '{store}'",
        else_where=f"{lies} and InventorySpecialStockType eq ''" if adds else "",
        kind="InventoryStockType",
        has="MatlWrhsStkQtyInMatlBaseUnit",
        each={_STOCK_TYPES[status]: {**item, **line} for status, line in kinds.items()},
        amount=quantity.amount,
        says="QuantityInEntryUnit",
        adds=adds,
    )
    return _document(code, shares)


def _item(
    command: _Status | ReceiveGoods | IssueGoods, quantity: Quantity, store: str
) -> dict[str, Any]:
    return {
        "Plant": "1710",
        "StorageLocation": store,
        "Material": command.material_id,
        "Batch": command.lot_id.rpartition(":")[2],
        "QuantityInEntryUnit": quantity.amount,
        "EntryUnit": quantity.unit,
    }


def _document(code: str, items: SharesOf | Sequence[Mapping[str, Any]]) -> Request:
    body = {"GoodsMovementCode": code, "to_MaterialDocumentItem": items}
    return Request(target="POST A_MaterialDocumentHeader", body=body)


def _stores(**locations: str) -> list[str]:
    """The storage location of each field. Raises MappingError with every one that has none."""
    unknown = {field: place for field, place in locations.items() if place not in _STORES}
    if unknown:
        text = f"The ERP has no storage location for {', '.join(unknown.values())}"
        known = f"is none of {', '.join(_STORES)}"
        raise MappingError(text, [Fault(f"/{field}", known) for field in unknown])
    return [_STORES[place] for place in locations.values()]


POSTINGS: tuple[Outbound, ...] = (
    _transfer,
    _adjustment,
    _scrap,
    _scrap_provided,
    _receipt,
    _issue,
)
"""One more kind of posting is one more line."""


class _Row(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_MatlStkInAcctMod` we read; of a row that is gone, its keys."""

    material: str
    storage_location: str
    inventory_stock_type: str
    batch: str = ""
    supplier: str = ""
    """Who has it, if it is provided to be processed."""
    material_base_unit: str = "PC"
    amount: Decimal = msgspec.field(name="MatlWrhsStkQtyInMatlBaseUnit", default=Decimal(0))


_PLACES: Mapping[str, str] = {number: name for name, number in _STORES.items()}
_USES: Mapping[str, StockUse] = {number: use for use, number in _STOCK_TYPES.items()}


def _booked(item: Item, known: Known) -> Iterator[Said]:
    """How much of a batch lies where; stock types of other use, and goods without a batch, are
    nobody's to promise. What is read again as it was is no news."""
    row = item.read(_Row)
    if row == known.before(_Row):
        return
    use = _USES.get(row.inventory_stock_type)
    if row.batch and use is not None and row.supplier:
        yield ProvidedStockReported(
            lot_id=row.batch,
            material_id=row.material,
            supplier_id=row.supplier,
            use=use,
            quantity=Quantity(row.amount, row.material_base_unit),
        )
    elif row.batch and use is not None:
        yield StockReported(
            lot_id=row.batch,
            material_id=row.material,
            location=_PLACES.get(row.storage_location, row.storage_location),
            use=use,
            quantity=Quantity(row.amount, row.material_base_unit),
        )


BOOKS = (Inbound("stock", _booked), Inbound("stock.gone", _booked))
"""What the books have of each lot."""
