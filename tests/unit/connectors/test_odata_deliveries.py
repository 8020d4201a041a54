"""Outbound deliveries: as SAP says them, and as the simulated company keeps them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata import ODataSettings
from andon.connectors.odata.deliveries import outbound_delivery, post_goods_issue
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.company import Company
from andon.connectors.odata.simulated.movements import Stock
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Known, Said
from andon.core.message import ReadBack
from andon.model.fulfilment import DeliveryCreated, PostGoodsIssue

LINE = {
    "Material": "PUMP",
    "Batch": "L1",
    "ActualDeliveryQuantity": "4.000",
    "DeliveryQuantityUnit": "PC",
}
ROW = {
    "DeliveryDocument": "80000001",
    "ShipToParty": "17100001",
    "OverallGoodsMovementStatus": "A",
    "to_DeliveryDocumentItem": [LINE],
}
SETTINGS = ODataSettings(url="http://s4.example", writes_as="ANDON", plant="1710")


def said(row: dict[str, Any], before: dict[str, Any] | None = None) -> list[Said]:
    item = Item(kind="A_OutbDeliveryHeader", key="k", raw=json.dumps(row).encode())
    previous = None if before is None else json.dumps(before).encode()
    return list(outbound_delivery.reads(item, Known(SETTINGS, previous)))


def test_a_new_delivery_is_news_with_its_lots() -> None:
    created, held = said(ROW)
    assert isinstance(created, DeliveryCreated)
    assert [(str(line.quantity), line.lot_id) for line in created.lines] == [("4 PC", "L1")]
    assert isinstance(held, ReadBack)
    assert held.holds == {"goods-issue": False, "picked": False}


def test_an_issue_and_its_reversal_are_read_back_and_no_news() -> None:
    issued = {**ROW, "OverallGoodsMovementStatus": "C"}
    for row, before, holds in ((issued, ROW, True), (ROW, issued, False)):
        (held,) = said(row, before)
        assert isinstance(held, ReadBack)
        assert held.holds["goods-issue"] is holds
    assert said(ROW, ROW) == []


def test_what_is_picked_is_read_back() -> None:
    (held,) = said({**ROW, "OverallPickingStatus": "C"}, ROW)
    assert isinstance(held, ReadBack)
    assert held.holds == {"goods-issue": False, "picked": True}


def test_a_delivery_without_an_amount_is_refused_by_field() -> None:
    with pytest.raises(MappingError):
        said({**ROW, "to_DeliveryDocumentItem": [{**LINE, "ActualDeliveryQuantity": "four"}]})


def test_the_goods_issue_is_a_call_whose_state_proves_it() -> None:
    known = Known(SETTINGS, None, local="80000001")
    (request,) = [post_goods_issue.writes(PostGoodsIssue(delivery_id="80000001"), known)]
    assert request.target == "POST PostGoodsIssue?DeliveryDocument='80000001'"


@pytest.fixture
def company() -> Company:
    found = Company()
    found.movements.stock_up("PUMP", 5, "L1")
    return found


def left(company: Company) -> Decimal:
    return company.movements.stock(Stock("PUMP", "1710", "171A", "L1"))


def test_a_delivery_is_issued_once_and_may_be_taken_back_and_issued_again(
    company: Company,
) -> None:
    desk = company.deliveries
    number = desk.deliver("17100001", "PUMP", Decimal(4), "L1")
    assert desk.promised("L1") == 4
    with pytest.raises(RefusedCallError, match="completely picked"):
        desk.issue(number, "ANDON")
    desk.pick(number)
    desk.issue(number, "ANDON")
    assert (left(company), desk.promised("L1")) == (1, 0)
    with pytest.raises(RefusedCallError, match="already been posted"):
        desk.issue(number, "ANDON")
    desk.reverse(number, "ANDON")
    assert left(company) == 5
    with pytest.raises(RefusedCallError, match="No goods issue"):
        desk.reverse(number, "ANDON")
    desk.issue(number, "ANDON")
    kinds = [
        row["GoodsMovementType"] for row in company.books.rows("A_MaterialDocumentItem").values()
    ]
    assert kinds == ["601", "602", "601"]


def test_a_deficit_leaves_delivery_and_stock_as_they_were(company: Company) -> None:
    desk = company.deliveries
    number = desk.deliver("17100001", "PUMP", Decimal(6), "L1")
    desk.pick(number)
    with pytest.raises(RefusedCallError, match="Deficit"):
        desk.issue(number, "ANDON")
    row = company.books.row("A_OutbDeliveryHeader", number)
    assert row["OverallGoodsMovementStatus"] == "A"
    assert left(company) == 5


def test_nobody_posts_601_past_the_delivery(company: Company) -> None:
    item = {
        "GoodsMovementType": "601", "Material": "PUMP", "Batch": "L1",
        "QuantityInEntryUnit": Decimal(1), "Delivery": "80000001",
    }  # fmt: skip
    with pytest.raises(RefusedCallError, match="Movement type 601 is not allowed"):
        company.movements.post({}, [item], "ANDON")


def test_the_document_of_a_delivery_is_not_cancelled_past_it(company: Company) -> None:
    number = company.deliveries.deliver("17100001", "PUMP", Decimal(1), "L1")
    company.deliveries.pick(number)
    company.deliveries.issue(number, "ANDON")
    year, document = next(iter(company.books.rows("A_MaterialDocumentHeader")))
    with pytest.raises(RefusedCallError, match="Movement type 602 is not allowed"):
        company.movements.cancel(year, document, "ANDON")
    assert left(company) == 4
