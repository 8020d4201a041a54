"""Purchase orders: what was bought of whom, what is promised, and how much of it has come."""

__all__ = ["PROCESSED", "PURCHASES", "PURCHASE_ITEMS", "SCHEDULES", "Purchases"]

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import RefusedCallError, Row

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

PURCHASES = "A_PurchaseOrder"
PURCHASE_ITEMS = "A_PurchaseOrderItem"
SCHEDULES = "A_PurchaseOrderScheduleLine"
PROCESSED = "3"
"""Item category: subcontracting, L on the screen."""
_USUAL, _SERVICE = "NB", "ZLB"
_NUMBERS = {_USUAL: 4500000001, _SERVICE: 4600000001}
"""Document type -> the first of its numbers; services have a type and numbers of their own."""
_CHANGEABLE = {"ScheduleLineDeliveryDate", "ScheduleLineCommittedQuantity"}
_COMPLETE = "IsCompletelyDelivered"
_USUALLY = timedelta(days=7)
_CAME, _ASIDE = "~came", "~aside"


class Purchases:
    """The purchase orders of a company. More than was ordered is not received. Each item has one
    schedule line: the day moves with what the supplier commits to, the statistical one stays."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books
        self.locked: dict[str, str] = {}
        """Purchase order -> who has it open on a screen."""

    def place(
        self, supplier: str, bought: Sequence[tuple[str, Decimal]], wanted: date | None = None
    ) -> str:
        """A buyer's order of so much of each material for a day; returns its number."""
        items: list[Row] = [
            {"Material": material, "OrderQuantity": amount} for material, amount in bought
        ]
        return self.create({"Supplier": supplier}, items, wanted)["PurchaseOrder"]

    def subcontract(
        self, supplier: str, bought: Sequence[tuple[str, Decimal]], wanted: date | None = None
    ) -> str:
        """A buyer's order of a service: so much of each material, made of what is provided."""
        items: list[Row] = [
            {"Material": material, "OrderQuantity": amount, "PurchaseOrderItemCategory": PROCESSED}
            for material, amount in bought
        ]
        header = {"Supplier": supplier, "PurchaseOrderType": _SERVICE}
        return self.create(header, items, wanted)["PurchaseOrder"]

    def create(self, header: Row, items: Sequence[Row], wanted: date | None = None) -> Row:
        """An order with all its lines, or none of it."""
        if not header.get("Supplier"):
            raise RefusedCallError("ME/083", "Enter Supplier")
        if not items:
            raise RefusedCallError("06/077", "Purchase order still contains no items")
        kind = header.get("PurchaseOrderType") or _USUAL
        if kind not in _NUMBERS:
            raise RefusedCallError("06/083", f"Document type {kind} is not allowed here")
        lines = [self._line(item, kind) for item in items]
        now = self._books.now()
        with self._books.together():
            number = self._books.number(f"purchase {kind}", _NUMBERS[kind])
            for n, line in enumerate(lines, start=1):
                item = f"{n * 10:05}"
                row = {**line, "PurchaseOrder": number, "PurchaseOrderItem": item}
                self._books.put(PURCHASE_ITEMS, (number, item), row)
                self._schedule(row, wanted or (now + _USUALLY).date())
            values: dict[str, Any] = {
                "PurchaseOrderType": kind,
                "CompanyCode": "1710",
                "PurchasingOrganization": "1710",
                **header,
                "PurchaseOrder": number,
                "CreationDate": self._company.today(),
                "LastChangeDateTime": now,
            }
            return self._books.put(PURCHASES, (number,), values)

    def open(self, material: str) -> Decimal:
        """How much of it is ordered and has not come; once the supplier has committed itself, how
        much of that has not. Of an item that is completely delivered nothing is expected."""
        rows = self._books.rows(PURCHASE_ITEMS).items()
        mine = [(k, row) for k, row in rows if row["Material"] == material and not row[_COMPLETE]]
        return sum((max(self._due(*k) - row[_CAME], Decimal(0)) for k, row in mine), Decimal(0))

    def change(self, row: Row, values: Mapping[str, Any]) -> None:
        """What a supplier commits to, for a schedule line."""
        number, item = row["PurchasingDocument"], row["PurchasingDocumentItem"]
        self._may_change(number, values, _CHANGEABLE)
        committed = values.get("ScheduleLineCommittedQuantity")
        if committed is not None and not 0 <= committed <= 9_999_999_999:
            raise RefusedCallError("06/022", f"Quantity {committed} is not allowed here")
        with self._books.together():
            self._books.put(SCHEDULES, (number, item, row["ScheduleLine"]), values)
            self._changed(number)

    def complete(self, row: Row, values: Mapping[str, Any]) -> None:
        """Whether anything more of an item is expected: a buyer's tick, or taken out again."""
        number, item = row["PurchaseOrder"], row["PurchaseOrderItem"]
        self._may_change(number, values, {_COMPLETE})
        with self._books.together():
            self._books.put(PURCHASE_ITEMS, (number, item), values)
            self._changed(number)

    def _may_change(
        self, number: str, values: Mapping[str, Any], changeable: Collection[str]
    ) -> None:
        if fixed := sorted(values.keys() - set(changeable)):
            raise RefusedCallError("06/055", f"Field {fixed[0]} cannot be changed here")
        if (who := self.locked.get(number)) is not None:
            raise RefusedCallError("ME/006", f"User {who} already processing {number}")

    def _changed(self, number: str) -> None:
        self._books.put(PURCHASES, (number,), {"LastChangeDateTime": self._books.now()})

    def promised(self, number: str, item: str) -> tuple[Decimal, date]:
        """What the supplier has committed itself to, and the day on which it comes."""
        row = self._books.row(SCHEDULES, number, item, "1")
        return row["ScheduleLineCommittedQuantity"], row["ScheduleLineDeliveryDate"].date()

    def last(self) -> str:
        """The number of the newest one, if there is any."""
        return next((number for (number,) in reversed(self._books.rows(PURCHASES))), "")

    def line_of(self, number: str, material: str) -> str:
        """The line by which a material was bought, as a clerk finds it on the screen."""
        for (order, item), row in self._books.rows(PURCHASE_ITEMS).items():
            if (order, row["Material"]) == (number, material):
                return item
        raise RefusedCallError("M7/061", f"Purchase order {number} has no {material}")

    def receive(self, movement: Row, amount: Decimal) -> None:
        """So much has come for a line; below zero it goes back, and the rest is expected again."""
        row = self._line_for(movement)
        came = row[_CAME] + amount
        _must_be_ordered(row, came)
        done = came == row["OrderQuantity"] or (row[_COMPLETE] and amount > 0)
        self._put(row, {_CAME: came, _COMPLETE: done})

    def set_aside(self, movement: Row, amount: Decimal) -> None:
        """So much more has come for a line and is not taken; below zero it goes back. The line
        stays open."""
        row = self._line_for(movement)
        aside = row[_ASIDE] + amount
        if aside < 0:
            unit = row["PurchaseOrderQuantityUnit"]
            text = f"Deficit of PU GR blocked stock {-aside:f} {unit} : {row['Material']} 1710"
            raise RefusedCallError("M7/021", text)
        _must_be_ordered(row, row[_CAME] + aside)
        self._put(row, {_ASIDE: aside})

    def _line_for(self, movement: Row) -> Row:
        number, item = movement["PurchaseOrder"], movement["PurchaseOrderItem"]
        row = self._books.rows(PURCHASE_ITEMS).get((number, item))
        if row is None:
            raise RefusedCallError("M7/061", f"Purchase order {number} item {item} does not exist")
        if movement["Material"] != row["Material"]:
            text = f"Item {item} of purchase order {number} is not for {movement['Material']}"
            raise RefusedCallError("M7/061", text)
        return row

    def _put(self, row: Row, values: Mapping[str, Any]) -> None:
        key = row["PurchaseOrder"], row["PurchaseOrderItem"]
        self._books.put(PURCHASE_ITEMS, key, values)

    def _due(self, number: str, item: str) -> Decimal:
        committed, _ = self.promised(number, item)
        return committed or self._books.row(PURCHASE_ITEMS, number, item)["OrderQuantity"]

    def _schedule(self, item: Row, wanted: date) -> None:
        number, line = item["PurchaseOrder"], item["PurchaseOrderItem"]
        day = datetime.combine(wanted, time(), tzinfo=UTC)
        row = {
            "PurchasingDocument": number,
            "PurchasingDocumentItem": line,
            "ScheduleLine": "1",
            "ScheduleLineDeliveryDate": day,
            "SchedLineStscDeliveryDate": day,
            "ScheduleLineOrderQuantity": item["OrderQuantity"],
            "ScheduleLineCommittedQuantity": Decimal(0),
            "PurchaseOrderQuantityUnit": item["PurchaseOrderQuantityUnit"],
        }
        self._books.put(SCHEDULES, (number, line, "1"), row)
        if item["PurchaseOrderItemCategory"] == PROCESSED:
            self._company.subcontracting.explode(item)

    def _line(self, item: Row, kind: str) -> Row:
        material, amount = item.get("Material") or "", item.get("OrderQuantity")
        if material not in self._company.units:
            raise RefusedCallError("M3/305", f"The material {material} does not exist")
        if not isinstance(amount, Decimal) or amount <= 0:
            raise RefusedCallError("ME/062", "Enter a purchase order quantity")
        category = item.get("PurchaseOrderItemCategory") or "0"
        if (category == PROCESSED) != (kind == _SERVICE):
            text = f"Item category {category} is not allowed with document type {kind}"
            raise RefusedCallError("06/048", text)
        if category == PROCESSED and material not in self._company.processed:
            raise RefusedCallError("06/225", f"Enter components for {material}")
        return {
            "Plant": "1710",
            "StorageLocation": "171A",
            "PurchaseOrderQuantityUnit": self._company.units[material],
            **item,
            "PurchaseOrderItemCategory": category,
            _COMPLETE: False,
            _CAME: Decimal(0),
            _ASIDE: Decimal(0),
        }


def _must_be_ordered(row: Row, came: Decimal) -> None:
    if (over := came - row["OrderQuantity"]) > 0:
        unit = row["PurchaseOrderQuantityUnit"]
        text = f"PU Ordered quantity exceeded by {over:f} {unit} : {row['Material']} 1710"
        raise RefusedCallError("M7/021", text)
