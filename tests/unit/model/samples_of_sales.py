"""What customers order and hear: one full message of every class, and one with the least."""

from datetime import UTC, datetime
from decimal import Decimal

from andon.core.message import Message
from andon.core.quantity import Quantity
from andon.model.readiness import GoodsChecked, ReserveGoods, TellReadiness
from andon.model.sales import (
    CloseCustomerCase,
    CustomerCaseClosed,
    CustomerCaseOpened,
    CustomerTold,
    OpenCustomerCase,
    PlaceSalesOrder,
    SalesLine,
    SalesOrderPlaced,
    TellCustomer,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GONE = "80000001"
SOLD = SalesLine(material_id="PUMP", quantity=Quantity(Decimal(5), "PCE"))

FULL: tuple[Message, ...] = (
    PlaceSalesOrder(
        order_id="PO-1",
        customer_id="17100001",
        wanted_by=NOON,
        lines=(SOLD,),
    ),
    SalesOrderPlaced(
        order_id="5000001",
        customer_id="17100001",
        customer_order="PO-1",
        wanted_by=NOON,
        lines=(SOLD,),
    ),
    TellCustomer(delivery_id=GONE, customer_id="17100001", news="departed", happened_at=NOON),
    TellCustomer(delivery_id=GONE, customer_id="17100001", news="delivered", happened_at=NOON),
    CustomerTold(delivery_id=GONE, news="departed", told_at=NOON),
    CustomerTold(delivery_id=GONE, news="delivered", told_at=NOON),
    ReserveGoods(order_id="5000001", lines=(SOLD,)),
    GoodsChecked(order_id="5000001", missing=(SOLD,), lots=("A0000001",), checked_at=NOON),
    TellReadiness(order_id="5000001", customer_id="17100001", readiness="waits", changed_at=NOON),
    OpenCustomerCase(order_id="5000001", customer_id="17100001", reason="late", text="It is late."),
    CloseCustomerCase(order_id="5000001", case_id="500"),
    CustomerCaseOpened(case_id="500", order_id="5000001", text="Where is it?"),
    CustomerCaseClosed(case_id="500"),
)
BARE: tuple[Message, ...] = (
    GoodsChecked(order_id="5000001"),
    PlaceSalesOrder(order_id="PO-1", customer_id="17100001", lines=(SOLD,)),
    SalesOrderPlaced(order_id="5000001", customer_id="17100001", lines=(SOLD,)),
)
