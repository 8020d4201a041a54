"""Between the WMS' feed, our words and the material documents of the cloud ERP."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.app.company.stock import BOOKS, POSTINGS
from andon.app.company.warehouse import AREA
from andon.connectors.odata.drawing import SharesOf
from andon.core.connector import Item, Settings
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.fulfilment import DeliveryPicked
from andon.model.inventory import (
    HandlingUnitPacked,
    HandlingUnitShipped,
    IssueGoods,
    PostAdjustment,
    PostScrap,
    PostTransfer,
    ReceiveGoods,
    StockCounted,
    StockReported,
    StockScrapped,
)

KNOWN = Known(Settings())
LOT = "material-lot/company:A1"
ROW = {
    "seq": 1, "lot": "A1", "item": "PUMP", "quantity": "6", "bin": "W.03",
    "at": "2026-03-02T06:00:00Z",
}  # fmt: skip


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def posted(command: Command) -> dict[str, Any]:
    (writes,) = (out.writes for out in POSTINGS if out.command is type(command))
    request = writes(command, KNOWN)
    assert request.target == "POST A_MaterialDocumentHeader"
    items = request.body["to_MaterialDocumentItem"]
    if isinstance(items, SharesOf):
        return dict(items.each["01"])
    (item,) = items
    return item


def said(**more: Any) -> Any:
    (event,) = heard(**more)
    return event


def heard(**more: Any) -> list[Any]:
    change = next(one for one in AREA.connections[0].mappings if isinstance(one, Inbound))
    item = Item(key="1", kind="change", raw=msgspec.json.encode({**ROW, **more}))
    return list(change.reads(item, KNOWN))


def test_a_pick_stands_at_the_dock_on_a_pallet_which_leaves_with_the_delivery() -> None:
    picked, packed = heard(type="picked", delivery="8001", pallet="109504000000000018")
    assert isinstance(picked, DeliveryPicked)
    assert isinstance(packed, HandlingUnitPacked)
    assert packed.claims() == {"content": "6 PC PUMP, lot A1", "location": "warehouse/W.03"}
    assert {(link.relation, link.local) for link in packed.links()} == {
        ("contains", "A1"),
        ("goes-with", "delivery/erp:8001"),
    }
    shipped = said(type="shipped", delivery="8001", pallet="109504000000000018")
    assert isinstance(shipped, HandlingUnitShipped)
    assert shipped.claims()["location"] is None


def test_a_count_in_the_feed_says_what_was_found_and_what_was_believed() -> None:
    event = said(type="counted", expected="7")
    assert isinstance(event, StockCounted)
    assert (event.location, event.bin, event.difference) == ("warehouse", "W.03", pieces(-1))


def test_scrap_in_the_feed_says_why() -> None:
    event = said(type="scrapped", reason="dropped")
    assert isinstance(event, StockScrapped)
    assert (event.lot_id, event.quantity, event.reason) == ("A1", pieces(6), "dropped")


@pytest.mark.parametrize(("difference", "kind"), [(3, "701"), (-3, "702")])
def test_a_difference_is_a_gain_or_a_loss_of_its_size(difference: int, kind: str) -> None:
    item = posted(
        PostAdjustment(
            lot_id=LOT, material_id="PUMP", difference=pieces(difference), location="warehouse"
        )
    )
    assert (item["GoodsMovementType"], item["QuantityInEntryUnit"]) == (kind, 3)
    assert (item["StorageLocation"], item["Batch"]) == ("171W", "A1")


def test_scrap_is_paid_for_by_a_cost_center_and_a_transfer_names_both_stores() -> None:
    scrap = PostScrap(lot_id=LOT, material_id="PUMP", quantity=pieces(2), location="warehouse")
    item = posted(scrap)
    assert (item["GoodsMovementType"], bool(item["CostCenter"])) == ("551", True)
    item = posted(
        PostTransfer(
            lot_id=LOT, material_id="PUMP", quantity=pieces(2), origin="production",
            destination="warehouse",
        )
    )  # fmt: skip
    assert (item["StorageLocation"], item["IssuingOrReceivingStorageLoc"]) == ("171A", "171W")


def test_what_belongs_to_no_order_is_received_and_given_to_a_cost_center() -> None:
    stock = {"lot_id": LOT, "material_id": "PUMP", "location": "warehouse"}
    item = posted(ReceiveGoods(quantity=pieces(2), **stock))
    assert item["GoodsMovementType"] == "501"
    issue = IssueGoods(quantity=pieces(2), cost_center="4711", **stock)
    item = posted(issue)
    assert (item["GoodsMovementType"], item["CostCenter"]) == ("201", "4711")
    assert issue.lots() == [LOT]


@pytest.mark.parametrize(("difference", "location"), [(0, "warehouse"), (1, "moon")])
def test_nothing_and_nowhere_are_no_posting(difference: int, location: str) -> None:
    with pytest.raises(MappingError):
        posted(
            PostAdjustment(
                lot_id=LOT, material_id="PUMP", difference=pieces(difference), location=location
            )
        )


def test_a_transfer_between_two_places_unknown_to_the_erp_names_both() -> None:
    transfer = PostTransfer(
        lot_id=LOT, material_id="PUMP", quantity=pieces(1), origin="moon", destination="mars"
    )
    with pytest.raises(MappingError, match="moon, mars") as told:
        posted(transfer)
    assert [fault.at for fault in told.value.faults] == ["/origin", "/destination"]


def reported(kind: str, row: dict[str, Any]) -> list[tuple[str, str, str, Quantity]]:
    """Lot, place, use and amount of what an item says."""
    pieces_ = [one for one in (*BOOKS, *AREA.connections[0].mappings) if isinstance(one, Inbound)]
    (piece,) = [one for one in pieces_ if one.kind == kind]
    said = list(piece.reads(Item(kind=kind, key="1", raw=msgspec.json.encode(row)), KNOWN))
    stock = [one for one in said if isinstance(one, StockReported)]
    assert len(stock) == len(said)
    return [(one.lot_id, one.location, one.use, one.quantity) for one in stock]


BOOKED = {
    "Material": "PUMP", "Plant": "1710", "StorageLocation": "171W", "Batch": "A1",
    "InventoryStockType": "07", "MaterialBaseUnit": "PC",
    "MatlWrhsStkQtyInMatlBaseUnit": "6.000",
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "kind", "said"),
    [
        ({}, "stock", [("A1", "warehouse", "blocked", pieces(6))]),
        ({"InventoryStockType": "02"}, "stock", [("A1", "warehouse", "inspection", pieces(6))]),
        ({"StorageLocation": "171X"}, "stock", [("A1", "171X", "blocked", pieces(6))]),
        ({"InventoryStockType": "04"}, "stock", []),
        ({"Batch": ""}, "stock", []),
    ],
)
def test_what_the_books_have_of_a_lot_is_said_by_place_and_use(
    more: dict[str, str], kind: str, said: list[Any]
) -> None:
    assert reported(kind, {**BOOKED, **more}) == said


def test_what_the_books_have_as_before_is_no_news_and_what_is_back_is() -> None:
    (stock, _) = BOOKS
    raw = msgspec.json.encode(BOOKED)
    keys = {k: v for k, v in BOOKED.items() if not k.startswith("Matl")}
    read = Item(kind="stock", key="1", raw=raw)
    assert list(stock.reads(read, Known(Settings(), previous=raw))) == []
    gone = msgspec.json.encode({**keys, "removed": True})
    assert len(list(stock.reads(read, Known(Settings(), previous=gone)))) == 1


def test_what_the_books_have_no_more_is_nothing() -> None:
    keys = {k: v for k, v in BOOKED.items() if not k.startswith("Mat") or k == "Material"}
    assert reported("stock.gone", {**keys, "removed": True}) == [
        ("A1", "warehouse", "blocked", pieces(0))
    ]


def test_what_is_locked_in_the_warehouse_is_blocked_and_nothing_of_it_is_free() -> None:
    row = {"lot": "A1", "item": "PUMP", "place": "warehouse", "quantity": "6", "locked": True}
    free, blocked = pieces(0), pieces(6)
    assert reported("level", row) == [
        ("A1", "warehouse", "unrestricted", free),
        ("A1", "warehouse", "blocked", blocked),
    ]
    assert [much for *_, much in reported("level", {**row, "locked": False})] == [blocked, free]
