"""Sales orders: what is read, what a customer's order becomes, what the simulated ERP refuses."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors.odata import ODataSettings
from andon.connectors.odata.sales import place_sales_order, sales_order
from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.company import Company
from andon.core.connector import Item
from andon.core.mapping import Known, Said
from andon.core.message import ReadBack
from andon.core.quantity import Quantity
from andon.model.sales import PlaceSalesOrder, SalesLine, SalesOrderPlaced
from tests.unit.connectors.test_odata_deliveries import SETTINGS

MONDAY = date(2026, 3, 2)
_MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
ROW: dict[str, Any] = {
    "SalesOrder": "5000001",
    "SoldToParty": "17100001",
    "PurchaseOrderByCustomer": "PO-1",
    "RequestedDeliveryDate": f"/Date({int(_MIDNIGHT.timestamp() * 1000)})/",
    "OverallDeliveryStatus": "A",
    "to_Item": [
        {"Material": "PUMP", "RequestedQuantity": "3.000", "RequestedQuantityUnit": "PC"},
    ],
}


BERLIN = msgspec.structs.replace(SETTINGS, time_zone="Europe/Berlin")


def said(
    row: dict[str, Any], before: dict[str, Any] | None = None, settings: ODataSettings = SETTINGS
) -> list[Said]:
    item = Item(key="1", raw=msgspec.json.encode(row), kind="A_SalesOrder")
    kept = None if before is None else msgspec.json.encode(before)
    return list(sales_order.reads(item, Known(settings, kept)))


def test_a_new_order_is_news_and_its_deliveries_a_read_back() -> None:
    placed, held = said(ROW)
    assert placed == SalesOrderPlaced(
        order_id="5000001",
        customer_id="17100001",
        customer_order="PO-1",
        wanted_by=datetime(2026, 3, 2, 23, 59, tzinfo=UTC),
        lines=(SalesLine(material_id="PUMP", quantity=Quantity(Decimal("3.000"), "PC")),),
    )
    assert isinstance(held, ReadBack)
    (later,) = said({**ROW, "OverallDeliveryStatus": "C"}, before=ROW)
    assert isinstance(later, ReadBack)
    assert later.holds == {"on-delivery": "wholly"}
    assert said(ROW, before=ROW) == []


@pytest.mark.parametrize(
    ("wire", "ends"),
    [
        ("2026-03-02T00:00:00+00:00", "2026-03-02T22:59Z"),
        ("2026-03-29T00:00:00+00:00", "2026-03-29T21:59Z"),  # summer time begins on that day
        ("2026-07-01", "2026-07-01T21:59Z"),
    ],
)
def test_a_day_is_wanted_until_its_last_minute_where_the_plant_is(wire: str, ends: str) -> None:
    placed, _ = said({**ROW, "RequestedDeliveryDate": wire}, settings=BERLIN)
    assert isinstance(placed, SalesOrderPlaced)
    assert placed.wanted_by == datetime.fromisoformat(ends)


def test_an_order_without_a_day_is_wanted_some_time() -> None:
    placed, _ = said({**ROW, "RequestedDeliveryDate": None})
    assert isinstance(placed, SalesOrderPlaced)
    assert placed.wanted_by is None


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-02T22:59:59Z", date(2026, 3, 2)),
        ("2026-03-02T23:00:00Z", date(2026, 3, 3)),
        ("2026-03-03T00:30:00+05:30", date(2026, 3, 2)),
    ],
)
def test_a_customers_moment_is_entered_as_the_day_it_is_then_where_the_plant_is(
    at: str, day: date
) -> None:
    line = SalesLine(material_id="PUMP", quantity=Quantity(Decimal(3), "PC"))
    command = PlaceSalesOrder(
        order_id="PO-1",
        customer_id="17100001",
        wanted_by=datetime.fromisoformat(at),
        lines=(line,),
    )
    request = place_sales_order.writes(command, Known(BERLIN, None, local="PO-1"))
    assert request.body["RequestedDeliveryDate"] == day


def test_the_simulated_erp_keeps_the_day_and_no_hour() -> None:
    company = Company()
    header = {
        "SoldToParty": "17100001",
        "RequestedDeliveryDate": datetime(2026, 3, 2, 23, 59, tzinfo=UTC),
    }
    kept = company.sales.create(header, [{"Material": "PUMP", "RequestedQuantity": Decimal(3)}])
    assert kept["RequestedDeliveryDate"] == _MIDNIGHT


def test_a_customers_order_is_entered_under_the_customers_number() -> None:
    line = SalesLine(material_id="PUMP", quantity=Quantity(Decimal(3), "PC"))
    command = PlaceSalesOrder(order_id="PO-1", customer_id="17100001", lines=(line,))
    request = place_sales_order.writes(command, Known(SETTINGS, None, local="PO-1"))
    assert request.target == "POST A_SalesOrder"
    assert request.body["PurchaseOrderByCustomer"] == "PO-1"
    assert request.body["to_Item"] == [{"Material": "PUMP", "RequestedQuantity": Decimal(3)}]


@pytest.mark.parametrize(
    ("header", "items", "code"),
    [
        ({"SoldToParty": "99"}, [{"Material": "PUMP", "RequestedQuantity": Decimal(1)}], "VP/204"),
        ({"SoldToParty": "17100001"}, [], "V1/360"),
        ({"SoldToParty": "17100001"}, [{"Material": "TANK"}], "V1/302"),
        ({"SoldToParty": "17100001"}, [{"Material": "PUMP"}], "V1/199"),
    ],
)
def test_what_no_clerk_could_enter_is_refused_and_changes_nothing(
    header: Row, items: list[Row], code: str
) -> None:
    company = Company()
    with pytest.raises(RefusedCallError) as caught:
        company.sales.create(header, items)
    assert caught.value.code == code
    assert not company.books.rows("A_SalesOrder")


def test_a_delivery_takes_a_line_once_and_the_order_says_so() -> None:
    company = Company()
    company.movements.stock_up("PUMP", Decimal(9), "L1")
    number = company.sales.place("17100001", "PUMP", Decimal(3), MONDAY)
    (line,) = company.sales.open()
    delivery = company.deliveries.fulfil(line, "L1", "171A")
    item = company.books.row("A_OutbDeliveryItem", delivery, "000010")
    assert item["ReferenceSDDocument"] == number
    assert company.books.row("A_SalesOrder", number)["OverallDeliveryStatus"] == "C"
    assert not list(company.sales.open())
    with pytest.raises(RefusedCallError):
        company.deliveries.fulfil(line, "L1", "171A")
    assert len(company.books.rows("A_OutbDeliveryHeader")) == 1
