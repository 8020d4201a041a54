"""Customers: each order of a portal is entered once, each customer hears what happened to the
goods, and whoever was promised too much is spoken with once."""

__all__ = ["entered", "news", "ordered", "promises", "shown", "told"]

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.tms import Tms

_NEWS = ("departed", "delivered")


def ordered(portal: Portal) -> Iterator[tuple[str, str, str]]:
    """Customer, the customer's number, amount."""
    for one in portal.orders.values():
        yield portal.customer, one.number, f"{one.quantity.normalize():f}"


def entered(erp: Erp) -> Iterator[tuple[str, str, str]]:
    """As the books have orders under a customer's number."""
    books = erp.company.books
    amounts = {row["SalesOrder"]: row["RequestedQuantity"] for row in _items(erp)}
    for (number,), row in books.rows("A_SalesOrder").items():
        if row["PurchaseOrderByCustomer"]:
            customer, theirs = row["SoldToParty"], row["PurchaseOrderByCustomer"]
            yield customer, theirs, f"{amounts[number].normalize():f}"


def news(tms: Tms, carrier: Carrier) -> Iterator[tuple[str, str]]:
    """What happened to deliveries on the road, of which customers hear."""
    for delivery, passed in _passed(tms, carrier).items():
        yield from ((delivery, one) for one in _NEWS if one in passed)


def told(crm: Crm) -> Iterator[tuple[str, str]]:
    """Delivery and news, as the customers' files have them."""
    for number in crm.shipments:
        yield from ((number, one) for one in crm.told(number))


def promises(erp: Erp, crm: Crm, tms: Tms, carrier: Carrier) -> Reckoned:
    """No order has two cases, and none is open once its goods have left."""
    keys = [case["Andon_Key__c"] for case in crm.cases.values() if case.get("Andon_Key__c")]
    gone = {row["ReferenceSDDocument"] for row in _left(erp, tms, carrier)}
    stale = sum(
        case["Origin"] == "Andon" and case["Status"] != "Closed" and case["Order__c"] in gone
        for case in crm.cases.values()
    )
    return Reckoned(lost=stale, doubled=len(keys) - len(set(keys)), out_of_order=0)


def shown(portal: Portal, erp: Erp, tms: Tms, carrier: Carrier) -> Reckoned:
    """The customer's buyers see what happened to their goods."""
    passed = _passed(tms, carrier)
    sales = {
        row["PurchaseOrderByCustomer"]: number
        for (number,), row in erp.company.books.rows("A_SalesOrder").items()
    }
    on = {
        row["ReferenceSDDocument"]: passed.get(row["DeliveryDocument"], {})
        for row in _deliveries(erp)
    }
    must = (
        (number, next((one for one in ("delivered", "departed") if one in on[order]), "ordered"))
        for number, order in sales.items()
        if number and order in on
    )
    does = ((number, state) for number, state in portal.shown() if sales.get(number) in on)
    return compare(must, does)


def _passed(tms: Tms, carrier: Carrier) -> dict[str, dict[str, datetime]]:
    carried = {one.delivery: one.passed for one in carrier.loads.values() if one.passed}
    return {**tms.passed, **carried}


def _items(erp: Erp) -> list[Any]:
    return list(erp.company.books.rows("A_SalesOrderItem").values())


def _deliveries(erp: Erp) -> list[Any]:
    return list(erp.company.books.rows("A_OutbDeliveryItem").values())


def _left(erp: Erp, tms: Tms, carrier: Carrier) -> list[Any]:
    gone = _passed(tms, carrier)
    return [row for row in _deliveries(erp) if row["DeliveryDocument"] in gone]
