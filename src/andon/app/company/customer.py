"""CRM and customers: orders by the customers' own API, and what each customer is told."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime

import msgspec

from andon.app.company.area import Area
from andon.capabilities.fulfilment import tell_customer, watch_promise
from andon.connectors.rest import Rest
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.plant import Connection, Partnership, Route
from andon.model.fulfilment import DeliveryCreated
from andon.model.party import PartyChanged
from andon.model.readiness import TellReadiness
from andon.model.sales import (
    CloseCustomerCase,
    CustomerCaseClosed,
    CustomerCaseOpened,
    CustomerTold,
    News,
    OpenCustomerCase,
    PlaceSalesOrder,
    SalesOrderPlaced,
    TellCustomer,
)

_FIELDS: dict[News, str] = {"departed": "Departed_At__c", "delivered": "Delivered_At__c"}


class _Shipment(msgspec.Struct, frozen=True):
    delivery: str = msgspec.field(name="Delivery__c")
    departed: str | None = msgspec.field(name="Told_Departed_At__c", default=None)
    delivered: str | None = msgspec.field(name="Told_Delivered_At__c", default=None)


class _Account(msgspec.Struct, frozen=True):
    party: str = msgspec.field(name="Party__c")
    name: str = msgspec.field(name="Name")


class _Case(msgspec.Struct, frozen=True):
    id: str = msgspec.field(name="Id")
    subject: str = msgspec.field(name="Subject")
    order: str | None = msgspec.field(name="Order__c", default=None)
    status: str = msgspec.field(name="Status", default="New")


@inbound("shipment")
def _told(item: Item, known: Known) -> Iterator[Said]:
    """What the CRM has told a customer since we looked last."""
    row, before = item.read(_Shipment), known.before(_Shipment)
    heard: tuple[tuple[News, str | None, str | None], ...] = (
        ("departed", row.departed, before.departed if before else None),
        ("delivered", row.delivered, before.delivered if before else None),
    )
    for news, at, was in heard:
        if at is not None and was is None:
            told_at = datetime.fromisoformat(at)
            yield CustomerTold(
                delivery_id=f"delivery/erp:{row.delivery}", news=news, told_at=told_at
            )


@inbound("account")
def _account(item: Item, known: Known) -> Iterator[Said]:
    """A customer as those who speak with it know it, under its number in the ERP."""
    row = item.read(_Account)
    if row != known.before(_Account):
        yield PartyChanged(party_id=row.party, name=row.name, role="customer")


@inbound("case")
def _case(item: Item, known: Known) -> Iterator[Said]:
    """A customer's question about one of our orders, and that it is answered."""
    row, before = item.read(_Case), known.before(_Case)
    if not row.order:
        return
    if before is None or (_over(before) and not _over(row)):
        yield CustomerCaseOpened(
            case_id=row.id, order_id=f"sales-order/erp:{row.order}", text=row.subject
        )
    if _over(row) and not (before and _over(before)):
        yield CustomerCaseClosed(case_id=row.id)


def _over(case: _Case) -> bool:
    return case.status == "Closed"


@outbound(TellCustomer, proof="keyed", local=True)
def _tell(command: TellCustomer, known: Known) -> Request:
    """An upsert by our number of the delivery: said twice it changes nothing more."""
    at = command.happened_at.isoformat()
    return Request(
        target=f"PATCH /sobjects/Shipment__c/Delivery__c/{known.local}",
        body={"Account__c": command.customer_id, _FIELDS[command.news]: at},
    )


@outbound(TellReadiness, proof="keyed", local=True)
def _tell_readiness(command: TellReadiness, known: Known) -> Request:
    """An upsert by our number of the order."""
    return Request(
        target=f"PATCH /sobjects/Order/Order_Number__c/{known.local}",
        body={
            "Account__c": command.customer_id,
            "Shipment_Readiness__c": command.readiness,
            "Readiness_Changed_At__c": command.changed_at.isoformat(),
        },
    )


@outbound(OpenCustomerCase, proof="findable", local=True)
def _open(command: OpenCustomerCase, known: Known) -> Request:
    """A case keeps our key, and the CRM does not look at it."""
    return Request(
        target="case",
        body={
            "subject": command.text,
            "reason": command.reason,
            "order": known.local,
            "account": command.customer_id,
        },
    )


@outbound(CloseCustomerCase, proof="keyed")
def _close(command: CloseCustomerCase, _: Known) -> Request:
    """Closed twice it is closed."""
    return Request(target=f"PATCH /sobjects/Case/{command.case_id}", body={"Status": "Closed"})


AREA = Area(
    connections=(
        Connection("crm", Rest, (_told, _account, _case, _tell, _tell_readiness, _open, _close)),
    ),
    workflows=(tell_customer, watch_promise),
    routes=(
        Route(PlaceSalesOrder, "erp"),
        *(
            Route(command, "crm")
            for command in (TellCustomer, TellReadiness, OpenCustomerCase, CloseCustomerCase)
        ),
    ),
    partnerships=(
        Partnership(
            role="customer",
            sees={
                SalesOrderPlaced.KIND: (
                    "customer",
                    "customer-order",
                    "wanted-by",
                    "on-delivery",
                    "readiness",
                ),
                DeliveryCreated.KIND: ("eta", "departed_at", "arrived_at", "delivered_at"),
            },
            asks=(PlaceSalesOrder,),
        ),
    ),
)
