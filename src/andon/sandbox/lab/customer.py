"""Customers: each order of a portal is entered once, each customer hears what happened to the
goods and whether they may leave, and whoever was promised too much is spoken with once."""

__all__ = ["entered", "news", "ordered", "promises", "readiness", "shown", "told"]

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from andon.connectors.odata.simulated.movement_types import IN_INSPECTION
from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.systems.qms import Qms
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import Wms

_NEWS = ("departed", "delivered")


def ordered(portal: Portal) -> Iterator[tuple[str, str, str, date | None]]:
    """Customer, the customer's number, amount, day."""
    for one in portal.orders.values():
        yield portal.customer, one.number, f"{one.quantity.normalize():f}", one.wanted_by.date()


def entered(erp: Erp) -> Iterator[tuple[str, str, str, date | None]]:
    """As the books have orders under a customer's number."""
    books = erp.company.books
    amounts = {row["SalesOrder"]: row["RequestedQuantity"] for row in _items(erp)}
    days = _days(erp)
    for (number,), row in books.rows("A_SalesOrder").items():
        if row["PurchaseOrderByCustomer"]:
            customer, theirs = row["SoldToParty"], row["PurchaseOrderByCustomer"]
            yield customer, theirs, f"{amounts[number].normalize():f}", days.get(number)


def news(tms: Tms, carrier: Carrier) -> Iterator[tuple[str, str]]:
    """What happened to deliveries on the road, of which customers hear."""
    for delivery, passed in _passed(tms, carrier).items():
        yield from ((delivery, one) for one in _NEWS if one in passed)


def told(crm: Crm) -> Iterator[tuple[str, str]]:
    """Delivery and news, as the customers' files have them."""
    for number in crm.shipments:
        yield from ((number, one) for one in crm.told(number))


def promises(erp: Erp, crm: Crm, tms: Tms, carrier: Carrier, *, today: date) -> Reckoned:
    """An order whose day is over has one case, open until its goods have left; one whose day has
    not begun has none. While the day is running Andon's may be over: its clock is not held."""
    cases = [case for case in crm.cases.values() if case["Origin"] == "Andon"]
    those = Counter(case["Order__c"] for case in cases)
    open = {case["Order__c"] for case in cases if case["Status"] != "Closed"}
    gone = {row["ReferenceSDDocument"] for row in _left(erp, tms, carrier)}
    days = _days(erp)
    late = {number for number, day in days.items() if day < today} - gone
    early = {number for number, day in days.items() if day > today}
    return Reckoned(
        lost=len(late - open) + len(open & gone),
        doubled=those.total() - len(those) + len(early & those.keys()),
        out_of_order=0,
    )


def readiness(erp: Erp, wms: Wms, qms: Qms, crm: Crm) -> Reckoned:
    """Of every order that has not left those who speak with its customer know whether it may: all
    of it lies in the warehouse, of lots that are neither held nor to be inspected."""
    outbound = wms.outbound
    stays = {
        there.batch
        for there, amount in erp.company.movements.stocks.all()
        if amount > 0 and there.stock_type == IN_INSPECTION
    } | {hold.lot for hold in qms.holds if hold.released_at is None}
    must = (
        (number, "waits" if missing or stays.intersection(lots) else "ready")
        for number, (missing, lots) in outbound.last.items()
        if number in outbound.open
    )
    does = (
        (number, row["Shipment_Readiness__c"])
        for number, row in crm.orders.items()
        if number in outbound.open
    )
    orders = {number for (number,) in erp.company.books.rows("A_SalesOrder")}
    found = compare(must, does)
    return found + Reckoned(lost=len(orders - outbound.last.keys()), doubled=0, out_of_order=0)


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


def _days(erp: Erp) -> dict[str, date]:
    rows = erp.company.books.rows("A_SalesOrder").items()
    wanted = {number: row["RequestedDeliveryDate"] for (number,), row in rows}
    return {number: at.date() for number, at in wanted.items() if at is not None}


def _items(erp: Erp) -> list[Any]:
    return list(erp.company.books.rows("A_SalesOrderItem").values())


def _deliveries(erp: Erp) -> list[Any]:
    return list(erp.company.books.rows("A_OutbDeliveryItem").values())


def _left(erp: Erp, tms: Tms, carrier: Carrier) -> list[Any]:
    gone = _passed(tms, carrier)
    return [row for row in _deliveries(erp) if row["DeliveryDocument"] in gone]
