"""Goods of sales orders, between the WMS' feed, our words, and what the CRM is told."""

from decimal import Decimal

import msgspec

from andon.app.company import customer, warehouse
from andon.app.company.area import Area
from andon.core.connector import Item, Request, Settings
from andon.core.mapping import Inbound, Known, Outbound
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.fulfilment import DeliveryLine, PickDelivery
from andon.model.readiness import GoodsChecked, ReserveGoods, TellReadiness
from andon.model.sales import SalesLine
from andon.sandbox.world import BEGAN

ORDER = "sales-order/erp:5000001"
PUMPS = SalesLine(material_id="PUMP", quantity=Quantity(Decimal(4), "PC"))


def asked(area: Area, command: Command) -> Request:
    """As it is asked in the name that its issuer has for the subject."""
    (writes,) = (
        one.writes
        for connection in area.connections
        for one in connection.mappings
        if isinstance(one, Outbound) and one.command is type(command)
    )
    return writes(command, Known(Settings(), local=command.local.rpartition(":")[2]))


def test_goods_are_asked_for_by_the_order_s_number() -> None:
    assert asked(warehouse.AREA, ReserveGoods(order_id=ORDER, lines=(PUMPS,))) == Request(
        target="PUT /outbound/5000001", body={"lines": [{"item": "PUMP", "quantity": Decimal(4)}]}
    )


def test_what_is_missing_and_where_the_rest_would_leave_from_is_heard() -> None:
    row = {
        "seq": 1, "order": "5000001", "missing": [{"item": "PUMP", "missing": "4"}],
        "lots": ["A2", "A1"], "at": BEGAN,
    }  # fmt: skip
    item = Item(kind="outbound", key="1", raw=msgspec.json.encode(row))
    (reads,) = (
        mapping
        for mapping in warehouse.AREA.connections[0].mappings
        if isinstance(mapping, Inbound) and mapping.kind == "outbound"
    )
    (said,) = reads.reads(item, Known(Settings()))
    assert isinstance(said, GoodsChecked)
    assert said == GoodsChecked(
        order_id=ORDER, missing=(PUMPS,), lots=("A2", "A1"), checked_at=BEGAN
    )
    assert said.claims() == {"missing": "PUMP 4 PC", "lots": "A1, A2"}


def test_a_pick_says_for_which_order_it_is_unless_there_are_several() -> None:
    line = DeliveryLine(material_id="PUMP", quantity=PUMPS.quantity, lot_id="A1")
    for orders, number in (((), ""), (("5000001",), "5000001"), (("5000001", "5000002"), "")):
        command = PickDelivery(delivery_id="delivery/erp:8", lines=(line,), orders=orders)
        assert asked(warehouse.AREA, command).body["order"] == number


def test_the_customer_s_file_says_since_when_it_is_so() -> None:
    command = TellReadiness(
        order_id=ORDER, customer_id="17100001", readiness="ready", changed_at=BEGAN
    )
    assert asked(customer.AREA, command) == Request(
        target="PATCH /sobjects/Order/Order_Number__c/5000001",
        body={
            "Account__c": "17100001",
            "Shipment_Readiness__c": "ready",
            "Readiness_Changed_At__c": BEGAN.isoformat(),
        },
    )
