"""What customers ordered and heard, against what happened; the CRM's own rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata.simulated.movement_types import IN_INSPECTION
from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.lab import compare, customer
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.crm.queries import QueryError, answered
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import Wms
from andon.sandbox.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Sold:
    """A company whose portal has one order, entered, delivered and gone."""

    def __init__(self) -> None:
        world = World(1)
        self.erp, self.crm, self.portal = Erp(world, ""), Crm(world, ""), Portal(world, "")
        self.tms, self.carrier = Tms(world, ""), Carrier(world, "")
        company = self.erp.company
        company.movements.stock_up("PUMP", Decimal(9), "L1")
        self.theirs = self.portal.order("PUMP", Decimal(3), NOON)
        self.header = {
            "SoldToParty": Portal.customer,
            "PurchaseOrderByCustomer": self.theirs,
            "RequestedDeliveryDate": NOON,
        }
        self.line = {"Material": "PUMP", "RequestedQuantity": Decimal(3)}
        self.ours = company.sales.create(self.header, [self.line])["SalesOrder"]
        (line,) = company.sales.open()
        self.delivery = company.deliveries.fulfil(line, "L1", "171A")
        self.tms.passes(self.delivery, "departed")


@pytest.fixture
def sold() -> Sold:
    return Sold()


def found(must: Any, does: Any) -> tuple[int, int]:
    reckoned = compare(must, does)
    return reckoned.lost, reckoned.doubled


def test_an_order_entered_twice_is_doubled_and_one_not_entered_is_lost(sold: Sold) -> None:
    assert found(customer.ordered(sold.portal), customer.entered(sold.erp)) == (0, 0)
    sold.erp.company.sales.create(sold.header, [sold.line])
    assert found(customer.ordered(sold.portal), customer.entered(sold.erp)) == (0, 1)
    sold.portal.order("PUMP", Decimal(1), NOON)
    assert found(customer.ordered(sold.portal), customer.entered(sold.erp)) == (1, 1)


def test_an_order_entered_for_another_day_is_lost_and_made_up(sold: Sold) -> None:
    sold.portal.orders[sold.theirs].wanted_by += timedelta(days=1)
    assert found(customer.ordered(sold.portal), customer.entered(sold.erp)) == (1, 1)


def test_news_that_no_customer_heard_are_lost(sold: Sold) -> None:
    news = (sold.tms, sold.carrier)
    assert found(customer.news(*news), customer.told(sold.crm)) == (1, 0)
    sold.crm.shipments[sold.delivery] = {"Departed_At__c": NOON.isoformat()}
    assert found(customer.news(*news), customer.told(sold.crm)) == (0, 0)
    sold.crm.shipments[sold.delivery]["Delivered_At__c"] = NOON.isoformat()
    assert found(customer.news(*news), customer.told(sold.crm)) == (0, 1)


def test_what_the_portal_shows_is_compared_with_the_road(sold: Sold) -> None:
    order = sold.portal.orders[sold.theirs]
    shown = (sold.portal, sold.erp, sold.tms, sold.carrier)
    assert not customer.shown(*shown).well
    order.state = "departed"
    assert customer.shown(*shown).well
    sold.tms.passes(sold.delivery, "delivered")
    assert not customer.shown(*shown).well


def test_what_may_leave_is_compared_with_the_warehouse_holds_and_inspections(sold: Sold) -> None:
    wms, qms = Wms(World(1), ""), Qms(World(1), "")

    def reckoned() -> tuple[int, int]:
        found = customer.readiness(sold.erp, wms, qms, sold.crm)
        return found.lost, found.doubled

    assert reckoned() == (1, 0), "nobody has asked the warehouse"
    wms.outbound.put(sold.ours, b'{"lines": [{"item": "PUMP", "quantity": 3}]}')
    assert reckoned() == (1, 0), "nobody has told the CRM"
    row = sold.crm.orders[sold.ours] = {"Shipment_Readiness__c": "waits"}
    assert reckoned() == (0, 0)
    wms.outbound.add("L1", "PUMP", Decimal(9))
    wms.outbound.look()
    assert reckoned() == (1, 1)
    row["Shipment_Readiness__c"] = "ready"
    assert reckoned() == (0, 0)
    hold = qms.place("L1", "porous casting")
    assert reckoned() == (1, 1)
    qms.release(hold)
    inspected = Stock("PUMP", "1710", "171A", "L1", IN_INSPECTION)
    sold.erp.company.movements.stocks.put(inspected, Decimal(1))
    assert reckoned() == (1, 1)
    wms.outbound.pick("80000001", sold.ours, "L1", "PUMP", Decimal(3))
    wms.outbound.leave("80000001")
    assert reckoned() == (0, 0), "it has left"


def test_two_cases_of_one_promise_are_doubled_and_one_left_open_is_lost(sold: Sold) -> None:
    case = {"Origin": "Andon", "Status": "New", "Order__c": sold.ours, "Andon_Key__c": "k"}
    sold.crm.cases["1"] = dict(case)
    assert promised(sold, NOON) == (1, 0)
    sold.crm.cases["1"]["Status"] = "Closed"
    sold.crm.cases["2"] = {**case, "Status": "Closed"}
    assert promised(sold, NOON) == (0, 1)


def promised(sold: Sold, now: datetime) -> tuple[int, int]:
    road = (sold.tms, sold.carrier)
    reckoned = customer.promises(sold.erp, sold.crm, *road, today=now.date())
    return reckoned.lost, reckoned.doubled


def test_a_day_that_is_over_needs_a_case_and_one_that_has_not_begun_must_have_none(
    sold: Sold,
) -> None:
    waits = sold.erp.company.sales.create(sold.header, [sold.line])["SalesOrder"]
    day = timedelta(days=1)
    assert promised(sold, NOON) == (0, 0)
    assert promised(sold, NOON + day) == (1, 0)
    sold.crm.cases["1"] = {
        "Origin": "Andon", "Status": "New", "Order__c": waits, "Andon_Key__c": "k",
    }  # fmt: skip
    assert promised(sold, NOON + day) == (0, 0)
    assert promised(sold, NOON) == (0, 0)  # Andon's clock may be past midnight
    assert promised(sold, NOON - day) == (0, 1)
    sold.crm.cases["1"]["Status"] = "Closed"
    assert promised(sold, NOON + day) == (1, 0)


ROWS = {"Case": {"1": {"Id": "1", "Key": "it's", "Old": None}, "2": {"Id": "2", "Key": "b"}}}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("SELECT Id FROM Case", ["1", "2"]),
        ("select Id, Key from Case where Key = 'b'", ["2"]),
        (r"SELECT Id FROM Case WHERE Key = 'it\'s' AND Old = null", ["1"]),
        ("SELECT Id FROM Case WHERE Key != 'b'", ["1"]),
    ],
)
def test_a_query_finds_what_it_asks_for(query: str, ids: list[str]) -> None:
    assert [row["Id"] for row in answered(query, ROWS)] == ids


@pytest.mark.parametrize(
    "query",
    ["", "SELECT Id", "SELECT Id FROM Order", "SELECT Id FROM Case WHERE Key LIKE 'b%'",
     "SELECT Id FROM Case WHERE Key = 'b' OR Key = 'c'", "DELETE FROM Case"],
)  # fmt: skip
def test_a_query_that_nobody_understands_is_refused(query: str) -> None:
    with pytest.raises(QueryError):
        answered(query, ROWS)
