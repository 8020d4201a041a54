"""Sales orders: what a customer wants, and how much of it stands on deliveries."""

__all__ = ["SALES", "SALES_ITEMS", "Sales"]

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import RefusedCallError, Row

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

SALES = "A_SalesOrder"
SALES_ITEMS = "A_SalesOrderItem"
_OPEN, _PART, _WHOLE = "A", "B", "C"
_DELIVERED = "~delivered"


class Sales:
    """The sales orders of a company. The same customer's number twice is two orders: SAP warns, and
    a program does not see the warning."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books
        self.customers = {"17100001", "17100002", "17100003"}

    def place(self, customer: str, material: str, quantity: Decimal, wanted: date) -> str:
        """A clerk's order of one line for a day; returns its number."""
        day = datetime.combine(wanted, time(), tzinfo=UTC)
        header = {"SoldToParty": customer, "RequestedDeliveryDate": day}
        line: Row = {"Material": material, "RequestedQuantity": quantity}
        return self.create(header, [line])["SalesOrder"]

    def create(self, header: Row, items: Sequence[Row]) -> Row:
        """An order with all its lines, or none of it. Of when it is wanted the day is kept."""
        customer = header.get("SoldToParty") or ""
        if customer not in self.customers:
            raise RefusedCallError("VP/204", f"Customer {customer} does not exist")
        if not items:
            raise RefusedCallError("V1/360", "Sales order contains no items")
        lines = [self._line(item) for item in items]
        with self._books.together():
            number = self._books.number("sales", 5000001)
            for n, line in enumerate(lines, start=1):
                item = f"{n * 10:06}"
                row = {**line, "SalesOrder": number, "SalesOrderItem": item}
                self._books.put(SALES_ITEMS, (number, item), row)
            values: dict[str, Any] = {
                "SalesOrderType": "OR",
                "SalesOrganization": "1710",
                "PurchaseOrderByCustomer": "",
                **header,
                "RequestedDeliveryDate": _day(header.get("RequestedDeliveryDate")),
                "SalesOrder": number,
                "OverallDeliveryStatus": _OPEN,
                "CreationDate": self._company.today(),
            }
            return self._change(number, values)

    def open(self) -> Iterator[Row]:
        """Lines of which something stands on no delivery yet, oldest first."""
        for row in self._books.rows(SALES_ITEMS).values():
            if row[_DELIVERED] < row["RequestedQuantity"]:
                yield row

    def customer_of(self, number: str) -> str:
        """Who has ordered."""
        return self._books.row(SALES, number)["SoldToParty"]

    def deliver(self, number: str, item: str, amount: Decimal) -> None:
        """So much of a line stands on a delivery."""
        row = self._books.row(SALES_ITEMS, number, item)
        done = row[_DELIVERED] + amount
        if done > row["RequestedQuantity"]:
            raise RefusedCallError("VL/019", f"Order {number} {item} wants less than {done:f}")
        self._books.put(SALES_ITEMS, (number, item), {_DELIVERED: done})
        rest = any(row["SalesOrder"] == number for row in self.open())
        self._change(number, {"OverallDeliveryStatus": _PART if rest else _WHOLE})

    def _line(self, item: Row) -> Row:
        material, amount = item.get("Material") or "", item.get("RequestedQuantity")
        if material not in self._company.units:
            raise RefusedCallError("V1/302", f"Material {material} is not defined for sales")
        if not isinstance(amount, Decimal) or amount <= 0:
            raise RefusedCallError("V1/199", "Enter an order quantity")
        unit = self._company.units[material]
        return {**item, "RequestedQuantityUnit": unit, _DELIVERED: Decimal(0)}

    def _change(self, number: str, values: Row) -> Row:
        stamp = {"LastChangeDateTime": self._books.now()}
        return self._books.put(SALES, (number,), {**values, **stamp})


def _day(at: datetime | None) -> datetime | None:
    return None if at is None else datetime.combine(at, time(), tzinfo=UTC)
