"""Sales orders as `A_SalesOrder` says them, and a customer's order entered as one."""

__all__ = ["SalesItemRow", "SalesRow", "place_sales_order", "sales_order"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.connectors.odata.moments import day_of, last_minute
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import ReadBack
from andon.core.quantity import Quantity
from andon.model.sales import PlaceSalesOrder, SalesLine, SalesOrderPlaced

_STATUS = {"A": "open", "B": "partly", "C": "wholly"}


class SalesItemRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_SalesOrderItem` we read."""

    material: str
    requested_quantity: Decimal
    requested_quantity_unit: str


class SalesRow(msgspec.Struct, frozen=True):
    """The part of `A_SalesOrder` we read, with its items expanded."""

    number: str = msgspec.field(name="SalesOrder")
    customer: str = msgspec.field(name="SoldToParty")
    items: tuple[SalesItemRow, ...] = msgspec.field(name="to_Item")
    customers_number: str = msgspec.field(name="PurchaseOrderByCustomer", default="")
    wanted: str | None = msgspec.field(name="RequestedDeliveryDate", default=None)
    delivered: str = msgspec.field(name="OverallDeliveryStatus", default="")


@inbound("A_SalesOrder")
def sales_order(item: Item, known: Known) -> Iterator[Said]:
    """A new order is news; how much of it stands on deliveries is a read-back. It is wanted on a
    day: until its last minute."""
    row, before = item.read(SalesRow), known.before(SalesRow)
    if row == before:
        return
    if before is None and row.items:
        yield SalesOrderPlaced(
            order_id=row.number,
            customer_id=row.customer,
            customer_order=row.customers_number or None,
            wanted_by=last_minute(row.wanted, known),
            lines=tuple(
                SalesLine(
                    material_id=line.material,
                    quantity=Quantity(line.requested_quantity, line.requested_quantity_unit),
                )
                for line in row.items
            ),
        )
    status = _STATUS.get(row.delivered, row.delivered)
    yield ReadBack(kind=SalesOrderPlaced.KIND, object_id=row.number, holds={"on-delivery": status})


@outbound(PlaceSalesOrder, proof="findable", local=True)
def place_sales_order(command: PlaceSalesOrder, known: Known) -> Request:
    """A standard order, under the number that the customer gave it, for the day in which the moment
    lies where the plant is."""
    body: dict[str, object] = {
        "SalesOrderType": "OR",
        "SoldToParty": command.customer_id,
        "PurchaseOrderByCustomer": known.local,
        "to_Item": [
            {"Material": line.material_id, "RequestedQuantity": line.quantity.amount}
            for line in command.lines
        ],
    }
    if command.wanted_by is not None:
        body["RequestedDeliveryDate"] = day_of(command.wanted_by, known)
    return Request(target="POST A_SalesOrder", body=body)
