"""Subcontracting over OData: what is read of an order, what is posted, and what the simulated ERP
refuses."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors.odata.blocking import LEFT_BEFORE
from andon.connectors.odata.purchases import purchase_order
from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.company import Company
from andon.connectors.odata.simulated.stocks import Stock
from andon.connectors.odata.subcontracting import (
    post_processed,
    post_provision,
    unblock_provided,
)
from andon.core.connector import Item
from andon.core.mapping import Known
from andon.core.quantity import Quantity
from andon.model.processing import ConsumedLot, PostProcessed, ProcessedLot
from andon.model.production import NeededComponent
from andon.model.subcontracting import (
    PostProvision,
    ProvidedLot,
    SubcontractLine,
    SubcontractPlaced,
    UnblockProvided,
)
from andon.model.supply import PurchaseOrderPlaced
from tests.unit.connectors.test_odata_deliveries import SETTINGS
from tests.unit.connectors.test_odata_purchases import DAY, ROW

NUMBER, PLATER = "4600000001", "17300004"
HERE = Stock("SHAFT", "1710", "171A", "F1")
THERE = Stock("SHAFT", "1710", "", "F1", supplier=PLATER)
PLATED = Stock("SHAFT-ZN", "1710", "171A", "P1")
SHAFTS = ProvidedLot(
    line="00010", material_id="SHAFT", lot_id="F1", quantity=Quantity(Decimal(12), "PC")
)


def _subcontracted() -> dict[str, Any]:
    row = msgspec.json.decode(msgspec.json.encode(ROW))
    row["PurchaseOrder"], row["Supplier"] = NUMBER, PLATER
    row["CreationDate"] = "2026-03-04T00:00:00Z"
    (item,) = row["to_PurchaseOrderItem"]
    item["Material"], item["PurchaseOrderItemCategory"] = "SHAFT-ZN", "3"
    item["to_ScheduleLine"][0]["to_SubcontractingComponent"] = [
        {"Material": "SHAFT", "RequiredQuantity": "12.000", "BaseUnit": "PC"}
    ]
    return row


def _read(row: dict[str, Any]) -> list[object]:
    item = Item(kind="A_PurchaseOrder", key="1", raw=msgspec.json.encode(row), position="")
    return list(purchase_order.reads(item, Known(SETTINGS)))


def test_an_order_of_a_service_is_not_one_of_goods_and_says_what_it_takes() -> None:
    twelve = Quantity(Decimal(12), "PC")
    line = SubcontractLine(
        line="00010",
        material_id="SHAFT-ZN",
        quantity=twelve,
        due_at=DAY,
        components=(NeededComponent(material_id="SHAFT", quantity=twelve),),
    )
    placed = SubcontractPlaced(order_id=NUMBER, supplier_id=PLATER, lines=(line,), ordered_at=DAY)
    assert _read(_subcontracted()) == [placed]


def test_of_an_order_of_both_each_is_said_for_itself() -> None:
    row, goods = _subcontracted(), ROW["to_PurchaseOrderItem"][0]
    row["to_PurchaseOrderItem"].append({**goods, "PurchaseOrderItem": "00020"})
    assert [type(one) for one in _read(row)] == [PurchaseOrderPlaced, SubcontractPlaced]


def test_a_provision_is_one_document_of_special_stock() -> None:
    known = Known(SETTINGS, None, local=NUMBER)
    command = PostProvision(
        order_id=NUMBER, provision_id="V1", supplier_id=PLATER, provided=(SHAFTS,)
    )
    body = post_provision.writes(command, known).body
    (item,) = body["to_MaterialDocumentItem"]
    wanted = {"GoodsMovementType": "541", "InventorySpecialStockType": "O", "Supplier": PLATER}
    assert item.items() >= wanted.items()
    assert (item["PurchaseOrder"], item["PurchaseOrderItem"]) == (NUMBER, "00010")
    unblock = UnblockProvided(order_id=NUMBER, provision_id="V1", provided=(SHAFTS,))
    back = unblock_provided.writes(unblock, known).body
    assert back["MaterialDocumentHeaderText"] == LEFT_BEFORE
    (share,) = back["to_MaterialDocumentItem"].of
    assert (share.amount, share.each["07"]["GoodsMovementType"]) == (12, "343")


def test_a_receipt_has_below_each_lot_what_is_in_it() -> None:
    twelve = Quantity(Decimal(12), "PC")
    parts = tuple(
        ConsumedLot(material_id="SHAFT", lot_id=lot, quantity=twelve) for lot in ("F1", "F2")
    )
    lots = tuple(
        ProcessedLot(
            line="00010", material_id="SHAFT-ZN", lot_id=lot, quantity=twelve, consumed=parts
        )
        for lot in ("P1", "P2")
    )
    command = PostProcessed(order_id=NUMBER, shipment_id="S1", received=lots)
    body = post_processed.writes(command, Known(SETTINGS, None, local=NUMBER)).body
    assert [
        (
            one["GoodsMovementType"],
            one["Batch"],
            one.get("MaterialDocumentLine", ""),
            one.get("MaterialDocumentParentLine", ""),
        )
        for one in body["to_MaterialDocumentItem"]
    ] == [
        ("101", "P1", "000001", ""), ("543", "F1", "", "000001"), ("543", "F2", "", "000001"),
        ("101", "P2", "000002", ""), ("543", "F1", "", "000002"), ("543", "F2", "", "000002"),
    ]  # fmt: skip


@pytest.fixture
def company() -> Company:
    found = Company()
    found.purchases.subcontract(PLATER, [("SHAFT-ZN", Decimal(12))])
    found.movements.stock_up("SHAFT", 20, "F1")
    return found


def _moved(kind: str, amount: int = 12, **more: str) -> Row:
    return {
        "GoodsMovementType": kind, "Material": "SHAFT", "Batch": "F1",
        "InventorySpecialStockType": "O", "QuantityInEntryUnit": Decimal(amount), **more,
    }  # fmt: skip


def _out(amount: int = 12, **more: str) -> Row:
    order = {"Supplier": PLATER, "PurchaseOrder": NUMBER, "PurchaseOrderItem": "00010"}
    return _moved("541", amount, **{**order, **more})


def _came(amount: int = 12, line: str = "1") -> Row:
    return {
        "GoodsMovementType": "101", "Material": "SHAFT-ZN", "Batch": "P1",
        "PurchaseOrder": NUMBER, "PurchaseOrderItem": "00010", "MaterialDocumentLine": line,
        "QuantityInEntryUnit": Decimal(amount),
    }  # fmt: skip


def _taken(amount: int = 12, **more: str) -> Row:
    return _moved("543", amount, **{"MaterialDocumentParentLine": "1", **more})


def _refused(company: Company, *lines: Row) -> str:
    before = dict(company.books.rows("A_MatlStkInAcctMod"))
    with pytest.raises(RefusedCallError) as refused:
        company.movements.post({}, lines, "ANDON")
    assert dict(company.books.rows("A_MatlStkInAcctMod")) == before, "all of it or nothing"
    return str(refused.value)


def test_what_is_provided_is_with_the_supplier_and_has_its_value(company: Company) -> None:
    company.movements.post({}, [_out()], "ANDON")
    assert company.movements.stock(HERE) == 8
    assert company.movements.stock(THERE) == 12
    assert not company.ledger.lines(), "it is ours as before"
    (year, document), *_ = company.books.rows("A_MaterialDocumentHeader")
    company.movements.cancel(year, document, "ANDON")
    assert (company.movements.stock(HERE), company.movements.stock(THERE)) == (20, 0)


def test_the_receipt_of_what_was_made_consumes_what_was_provided(company: Company) -> None:
    company.movements.post({}, [_out()], "ANDON")
    company.movements.post({}, [_came(), _taken()], "ANDON")
    assert company.movements.stock(THERE) == 0
    assert company.movements.stock(PLATED) == 12
    (part,) = company.books.rows("A_POSubcontractingComponent").values()
    assert (part["RequiredQuantity"], part["WithdrawnQuantity"]) == (12, 12)
    *_, (year, document) = company.books.rows("A_MaterialDocumentHeader")
    company.movements.cancel(year, document, "ANDON")
    assert (company.movements.stock(THERE), company.movements.stock(PLATED)) == (12, 0)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([_out(InventorySpecialStockType="")], "541 without special stock O"),
        ([_out(Supplier="")], "required entry fields: Supplier"),
        ([_out(Supplier="17300001")], "is no purchase order of vendor 17300001"),
        ([_out(PurchaseOrderItem="00020")], "SHAFT is no component of item 00020"),
        ([_out(21)], "Deficit of SL Unrestricted-use 1 PC : SHAFT 1710 171A F1"),
        ([_moved("311", IssuingOrReceivingStorageLoc="171W")], "O is not allowed with movement"),
        ([_taken()], "543 is not allowed without its receipt"),
        ([_came(), _taken(MaterialDocumentParentLine="2")], "Enter the consumption of component"),
        ([_came()], "Enter the consumption of component SHAFT for SHAFT-ZN"),
        ([_came(line=""), _taken()], "Enter the consumption of component SHAFT"),
        ([_came(), _taken(Batch="")], "Enter Batch for component SHAFT"),
        ([_came(), _taken()], "Deficit of BA Stock provided to vendor Unrestricted-use 12 PC"),
        ([_came(), _taken(), _taken(Material="SEAL")], "SEAL is no component of item 00010"),
    ],
)
def test_what_does_not_fit_together_is_refused_whole(
    company: Company, lines: list[Row], says: str
) -> None:
    assert says in _refused(company, *lines)


def test_what_the_supplier_spoiled_is_scrapped_where_it_is(company: Company) -> None:
    company.movements.post({}, [_out()], "ANDON")
    scrap = _moved("551", 2, Supplier=PLATER, CostCenter="17101902")
    company.movements.post({}, [scrap], "ANDON")
    assert (company.movements.stock(HERE), company.movements.stock(THERE)) == (8, 10)


def test_services_have_orders_of_their_own(company: Company) -> None:
    item = {"Material": "SHAFT-ZN", "OrderQuantity": Decimal(1), "PurchaseOrderItemCategory": "3"}
    with pytest.raises(RefusedCallError, match="Item category 3 is not allowed with document"):
        company.purchases.create({"Supplier": PLATER}, [item])
    service = {"Supplier": PLATER, "PurchaseOrderType": "ZLB"}
    with pytest.raises(RefusedCallError, match="Item category 0 is not allowed with document"):
        company.purchases.create(service, [{**item, "PurchaseOrderItemCategory": "0"}])
    with pytest.raises(RefusedCallError, match="Enter components for SEAL"):
        company.purchases.create(service, [{**item, "Material": "SEAL"}])
    with pytest.raises(RefusedCallError, match="Document type XX"):
        company.purchases.create({**service, "PurchaseOrderType": "XX"}, [item])
    assert company.purchases.place("17300001", [("SEAL", Decimal(1))]) == "4500000001"
