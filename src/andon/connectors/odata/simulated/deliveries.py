"""Outbound deliveries: what is to leave, what is picked, what was posted as gone."""

__all__ = ["DELIVERIES", "DELIVERY_ITEMS", "Deliveries"]

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.stocks import Stock

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

DELIVERIES = "A_OutbDeliveryHeader"
DELIVERY_ITEMS = "A_OutbDeliveryItem"
_OPEN, _DONE = "A", "C"


class Deliveries:
    """The outbound deliveries of a company. Goods issue is refused twice, as SAP refuses it."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books

    def fulfil(self, line: Row, batch: str, store: str) -> str:
        """A clerk's delivery of a line of a sales order, all of it of one lot; its number. Refused
        where so much of the lot is not there for any use and promised to nobody: what is in
        inspection, or blocked, is not available."""
        order, item, amount = (
            line[name] for name in ("SalesOrder", "SalesOrderItem", "RequestedQuantity")
        )
        customer = self._company.sales.customer_of(order)
        there = self._company.movements.stock(Stock(line["Material"], "1710", store, batch))
        free = max(Decimal(0), there - self.promised(batch))
        if free < amount:
            text = f"Only {free} {line['RequestedQuantityUnit']} of {line['Material']} available"
            raise RefusedCallError("VL/150", text)
        with self._books.together():
            number = self.deliver(customer, line["Material"], amount, batch, store)
            refers = {"ReferenceSDDocument": order, "ReferenceSDDocumentItem": item}
            self._books.put(DELIVERY_ITEMS, (number, "000010"), refers)
            self._company.sales.deliver(order, item, amount)
        return number

    def deliver(
        self, customer: str, material: str, quantity: Decimal, batch: str, store: str = "171A"
    ) -> str:
        """A clerk's delivery of one lot to a customer; returns its number."""
        if material not in self._company.units:
            raise RefusedCallError("M3/305", f"The material {material} does not exist")
        if quantity <= 0:
            raise RefusedCallError("VL/363", "Enter a delivery quantity")
        number = self._books.number("delivery", 80000001)
        item = {
            "DeliveryDocument": number,
            "DeliveryDocumentItem": "000010",
            "Material": material,
            "Batch": batch,
            "Plant": "1710",
            "StorageLocation": store,
            "ActualDeliveryQuantity": quantity,
            "DeliveryQuantityUnit": self._company.units[material],
            "ReferenceSDDocument": "",
        }
        self._books.put(DELIVERY_ITEMS, (number, "000010"), item)
        header: dict[str, Any] = {
            "DeliveryDocument": number,
            "ShipToParty": customer,
            "ShippingPoint": "1710",
            "OverallPickingStatus": _OPEN,
            "OverallGoodsMovementStatus": _OPEN,
            "ActualGoodsMovementDate": None,
            "CreationDate": self._company.today(),
        }
        self._change(number, header)
        return number

    def promises(self) -> Mapping[str, Decimal]:
        """Of each lot, how much stands on deliveries that have not left the books."""
        wanted: dict[str, Decimal] = defaultdict(Decimal)
        for row in self._books.rows(DELIVERY_ITEMS).values():
            if not self._gone(row):
                wanted[row["Batch"]] += row["ActualDeliveryQuantity"]
        return wanted

    def promised(self, batch: str) -> Decimal:
        """The same of one lot."""
        return self.promises().get(batch, Decimal(0))

    def pick(self, number: str) -> Row:
        """All of it is taken from the shelf."""
        row = self._delivery(number)
        if row["OverallPickingStatus"] == _DONE:
            raise RefusedCallError("VL/609", f"Delivery {number} is already completely picked")
        return self._change(number, {"OverallPickingStatus": _DONE})

    def issue(self, number: str, user: str) -> Row:
        """Movement 601: out of stock, once."""
        row = self._delivery(number)
        if row["OverallPickingStatus"] != _DONE:
            text = f"Delivery {number} has not yet been completely picked"
            raise RefusedCallError("VL/608", text)
        if row["OverallGoodsMovementStatus"] == _DONE:
            text = f"Goods issue has already been posted for delivery {number}"
            raise RefusedCallError("VL/602", text)
        with self._books.together():
            self._company.movements.post({}, self._moved(number, "601"), user)
            gone = {
                "OverallGoodsMovementStatus": _DONE,
                "ActualGoodsMovementDate": self._company.today(),
            }
            return self._change(number, gone)

    def reverse(self, number: str, user: str) -> Row:
        """Movement 602: back in stock; it may be issued again."""
        if self._delivery(number)["OverallGoodsMovementStatus"] != _DONE:
            text = f"No goods issue has been posted for delivery {number}"
            raise RefusedCallError("VL/603", text)
        with self._books.together():
            self._company.movements.post({}, self._moved(number, "602"), user)
            back = {"OverallGoodsMovementStatus": _OPEN, "ActualGoodsMovementDate": None}
            return self._change(number, back)

    def _delivery(self, number: str) -> Row:
        row = self._books.rows(DELIVERIES).get((number,))
        if row is None:
            raise RefusedCallError("VL/302", f"Delivery {number} does not exist", status=404)
        return row

    def _gone(self, item: Row) -> bool:
        return self._delivery(item["DeliveryDocument"])["OverallGoodsMovementStatus"] == _DONE

    def _moved(self, number: str, kind: str) -> list[Row]:
        return [
            {
                "~delivery": True,
                "Delivery": number,
                "DeliveryItem": row["DeliveryDocumentItem"],
                "GoodsMovementType": kind,
                "Material": row["Material"],
                "Batch": row["Batch"],
                "StorageLocation": row["StorageLocation"],
                "QuantityInEntryUnit": row["ActualDeliveryQuantity"],
                "EntryUnit": row["DeliveryQuantityUnit"],
            }
            for key, row in self._books.rows(DELIVERY_ITEMS).items()
            if key[0] == number
        ]

    def _change(self, number: str, values: Row) -> Row:
        return self._books.put(
            DELIVERIES, (number,), {**values, "LastChangeDate": self._company.today()}
        )
