"""One plant's production orders, confirmations and inspections, with SAP's rules and words."""

__all__ = ["COMPONENTS", "ORDERS", "Company"]

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from andon.connectors.odata.simulated.books import Books, Key, RefusedCallError, Row
from andon.connectors.odata.simulated.deliveries import Deliveries
from andon.connectors.odata.simulated.inspections import Inspections
from andon.connectors.odata.simulated.ledger import Ledger
from andon.connectors.odata.simulated.masters import Masters
from andon.connectors.odata.simulated.movements import Movements
from andon.connectors.odata.simulated.purchases import Purchases
from andon.connectors.odata.simulated.sales import Sales
from andon.connectors.odata.simulated.subcontracting import Subcontracting

ORDERS = "A_ProductionOrder_2"
COMPONENTS = "A_ProductionOrderComponent_4"
OPERATIONS = "A_ProductionOrderOperation_2"
CONFIRMATIONS = "ProdnOrdConf2"
CONFIRMED_ITEMS = "ProdnOrdConfMatlDocItm"
PLANT, STORE = "1710", "171A"
_MARKS = (
    "OrderIsCreated", "OrderIsReleased", "OrderIsPartiallyConfirmed", "OrderIsConfirmed",
    "OrderIsPartiallyDelivered", "OrderIsDelivered", "OrderIsLocked",
    "OrderIsTechnicallyCompleted", "OrderIsClosed", "OrderIsMarkedForDeletion", "OrderIsDeleted",
)  # fmt: skip


def _now() -> datetime:
    return datetime.now(UTC)


class Company:
    """What the books hold, and what may be done to them."""

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self.books = Books(now)
        self.parts: dict[str, dict[str, Decimal]] = {
            "PUMP": {"HOUSING": Decimal(1), "SEAL": Decimal(2)},
            "VALVE": {"SEAL": Decimal("0.5")},
        }
        """Material -> its first components, each with how much of it one piece takes."""
        self.processed: dict[str, dict[str, Decimal]] = {"SHAFT-ZN": {"SHAFT": Decimal(1)}}
        """Material that suppliers make of what is provided -> what one piece of it takes."""
        materials = "PUMP", "VALVE", "HOUSING", "SEAL", "SHAFT", "SHAFT-ZN"
        self.units: dict[str, str] = dict.fromkeys(materials, "PC")
        self.stores = ("171A", "171W", "171V")
        """Storage locations of the plant: its own store, and what a warehouse keeps for it."""
        self.steps = (("0010", "Assemble", "LINE1"), ("0020", "Test", "TEST1"))
        self.locked: dict[str, str] = {}
        """Order -> who has it open on a screen."""
        self.refusals: Counter[str] = Counter()
        """Code of a business error -> how often somebody was told it."""
        self.parts_of: dict[str, list[Key]] = {}
        """Order -> the rows of its components."""
        self.steps_of: dict[str, list[Key]] = {}
        """Order -> the rows of its operations."""
        self.movements = Movements(self)
        self.inspections = Inspections(self)
        self.sales = Sales(self)
        self.deliveries = Deliveries(self)
        self.subcontracting = Subcontracting(self)
        self.purchases = Purchases(self)
        self.masters = Masters(self)
        self.ledger = Ledger(self)

    # What planners do

    def plan(
        self,
        material: str,
        quantity: Decimal | int | str,
        due: date | None = None,
        *,
        sales_order: str = "",
    ) -> str:
        """A created order, its components and operations; returns its number. With `sales_order`
        it is made for the first item of that one."""
        if material not in self.parts:
            raise RefusedCallError("CO/001", f"Material {material} has no bill of material")
        number = self.books.number("order", 1000001)
        amount, unit = Decimal(quantity), self.units[material]
        day = due or self.books.now().date() + timedelta(days=7)
        values: dict[str, Any] = {
            **dict.fromkeys(_MARKS, ""),
            "OrderIsCreated": "X",
            "ManufacturingOrder": number,
            "ManufacturingOrderType": "PP01",
            "Material": material,
            "ProductionPlant": PLANT,
            "SalesOrder": sales_order,
            "SalesOrderItem": "10" if sales_order else "",
            "StorageLocation": STORE,
            "TotalQuantity": amount,
            "ProductionUnit": unit,
            "MfgOrderScheduledEndDate": datetime.combine(day, time(), tzinfo=UTC),
            "MfgOrderScheduledEndTime": timedelta(hours=14),
        }
        self.change_order(number, values)
        self._explode(number, material, amount)
        return number

    def release(
        self,
        material: str,
        quantity: Decimal | int | str,
        due: date | None = None,
        *,
        sales_order: str = "",
    ) -> str:
        """Planned and released at once."""
        number = self.plan(material, quantity, due, sales_order=sales_order)
        self.set_released(number)
        return number

    def _explode(self, number: str, material: str, amount: Decimal) -> None:
        parts = self.masters.components(material, self.books.now())
        reservation = self.books.number("reservation", 500001)
        for n, (part, share) in enumerate(parts.items(), start=1):
            item = f"{n:04}"
            row = {
                "Reservation": reservation,
                "ReservationItem": item,
                "ManufacturingOrder": number,
                "Material": part,
                "Plant": PLANT,
                "StorageLocation": STORE,
                "Batch": "",
                "RequiredQuantity": share * amount,
                "WithdrawnQuantity": Decimal(0),
                "BaseUnit": self.units[part],
            }
            self.books.put(COMPONENTS, (reservation, item), row)
            self.parts_of.setdefault(number, []).append((reservation, item))
        routing = self.books.number("routing", 700001)
        for n, (operation, text, center) in enumerate(self.steps, start=1):
            item = f"{n:08}"
            row = {
                "OrderInternalBillOfOperations": routing,
                "OrderIntBillOfOperationsItem": item,
                "ManufacturingOrder": number,
                "ManufacturingOrderSequence": "0",
                "ManufacturingOrderOperation": operation,
                "MfgOrderOperationText": text,
                "WorkCenter": center,
                "OpPlannedTotalQuantity": amount,
                "OpTotalConfirmedYieldQty": Decimal(0),
                "OperationUnit": self.units[material],
            }
            self.books.put(OPERATIONS, (routing, item), row)
            self.steps_of.setdefault(number, []).append((routing, item))

    # Orders

    def order(self, number: str) -> Row:
        """One order that nobody has open on a screen."""
        row = self.books.rows(ORDERS).get((number,))
        if row is None:
            raise RefusedCallError("CO/017", f"Order {number} not found")
        if (who := self.locked.get(number)) is not None:
            raise RefusedCallError("CO/469", f"Order {number} is already being processed by {who}")
        return row

    def change_order(self, number: str, values: Row) -> Row:
        """A new state of the order, with the time of it."""
        at = self.books.now()
        stamp = {"LastChangeDateTime": f"{at:%Y%m%d%H%M%S}", "LastChangedAt": at}
        return self.books.put(ORDERS, (number,), {**values, **stamp})

    def set_released(self, number: str) -> Row:
        """Created becomes released."""
        row = self.order(number)
        if row["OrderIsReleased"]:
            raise RefusedCallError("BS/013", f"System status REL is active (ORD {number})")
        if row["OrderIsMarkedForDeletion"]:
            raise RefusedCallError("BS/007", f'"Release" is not allowed (ORD {number})')
        return self.change_order(number, {"OrderIsReleased": "X", "OrderIsCreated": ""})

    def resize(self, number: str, quantity: Decimal | int | str) -> Row:
        """A planner makes it more or less; components and operations follow."""
        row = self.must_be_released(number, "Change order")
        amount, before = Decimal(quantity), row["TotalQuantity"]
        with self.books.together():
            for key in self.parts_of[number]:
                needed = self.books.rows(COMPONENTS)[key]["RequiredQuantity"]
                self.books.put(COMPONENTS, key, {"RequiredQuantity": needed * amount / before})
            for key in self.steps_of[number]:
                self.books.put(OPERATIONS, key, {"OpPlannedTotalQuantity": amount})
            return self.change_order(number, {"TotalQuantity": amount})

    def cancel(self, number: str) -> Row:
        """A planner sets the deletion flag. What was made until then may still be posted."""
        self.must_be_released(number, "Set deletion flag")
        return self.change_order(number, {"OrderIsMarkedForDeletion": "X"})

    def complete(self, number: str) -> Row:
        """Technically completed: nothing more is made."""
        self.must_be_released(number, "Technical completion")
        return self.change_order(number, {"OrderIsTechnicallyCompleted": "X"})

    def revoke(self, number: str) -> Row:
        """A planner takes back that it is technically completed: more of it will come."""
        row = self.order(number)
        if not row["OrderIsTechnicallyCompleted"] or row["OrderIsClosed"]:
            raise RefusedCallError("BS/007", f'"Revoke completion" is not allowed (ORD {number})')
        return self.change_order(number, {"OrderIsTechnicallyCompleted": ""})

    def close(self, number: str) -> Row:
        """Closed, once it is technically completed."""
        if not self.order(number)["OrderIsTechnicallyCompleted"]:
            raise RefusedCallError("BS/007", f'"Close" is not allowed (ORD {number})')
        return self.change_order(number, {"OrderIsClosed": "X"})

    def delete(self, number: str) -> None:
        """Out of the books, as an archive run does it."""
        self.books.drop(ORDERS, (number,))

    def must_be_released(self, number: str, what: str) -> Row:
        """The order, if it may be worked on."""
        row = self.order(number)
        if not row["OrderIsReleased"] or row["OrderIsTechnicallyCompleted"]:
            raise RefusedCallError(
                "BS/007",
                f'"{what}" is not allowed (ORD {number})',
                details=[("BS/010", f"System status of ORD {number} does not allow it")],
            )
        return row

    # Confirmations

    def confirm(self, asked: Row, items: Iterable[Row], user: str) -> Row:
        """One operation reported, with the goods movements that come with it: all or nothing."""
        number, operation = asked.get("OrderID", ""), asked.get("OrderOperation", "")
        order = self.must_be_released(number, "Confirm order")
        steps = self.books.rows(OPERATIONS)
        key = next(
            (
                key
                for key in self.steps_of.get(number, ())
                if steps[key]["ManufacturingOrderOperation"] == operation
            ),
            None,
        )
        if key is None:
            text = f"Operation {operation} of order {number} does not exist"
            raise RefusedCallError("RU/011", text)
        if asked.get("ConfirmationUnit", order["ProductionUnit"]) != order["ProductionUnit"]:
            raise RefusedCallError("RU/020", f"Unit {asked['ConfirmationUnit']} is not the order's")
        moved = [{**item, "ManufacturingOrder": number} for item in items]
        header = {"PostingDate": asked.get("PostingDate")}
        with self.books.together():
            document = self.movements.post(header, moved, user)
            return self._confirmed(asked, order, key, document, user)

    def _confirmed(
        self, asked: Row, order: Row, key: Key, document: Sequence[Row], user: str
    ) -> Row:
        number, operation = order["ManufacturingOrder"], asked["OrderOperation"]
        # A group belongs to one operation; its confirmations are counted in it.
        group, count = (
            str(int(key[0]) * 100 + int(key[1])),
            self.books.number(f"confirmation {key}", 1).zfill(8),
        )
        last = bool(asked.get("IsFinalConfirmation") or asked.get("FinalConfirmationType"))
        made = asked.get("ConfirmationYieldQuantity") or Decimal(0)
        step = self.books.rows(OPERATIONS)[key]
        done = step["OpTotalConfirmedYieldQty"] + made
        self.books.put(OPERATIONS, key, {"OpTotalConfirmedYieldQty": done})
        whole = last and operation == self.steps[-1][0]
        mark = "OrderIsConfirmed" if whole else "OrderIsPartiallyConfirmed"
        self.change_order(number, {mark: "X"})
        row: dict[str, Any] = {
            "Sequence": "0",
            "Plant": PLANT,
            "WorkCenter": step["WorkCenter"],
            "PostingDate": self.today(),
            "ConfirmationUnit": order["ProductionUnit"],
            **asked,
            "ConfirmationGroup": group,
            "ConfirmationCount": count,
            "EnteredByUser": user,
        }
        for item in document:
            shown = {**item, "ConfirmationGroup": group, "ConfirmationCount": count}
            name = ("MaterialDocument", "MaterialDocumentItem", "MaterialDocumentYear")
            self.books.put(CONFIRMED_ITEMS, tuple(item[part] for part in name), shown)
        return self.books.put(CONFIRMATIONS, (group, count), row)

    def today(self) -> datetime:
        """Midnight of the day, as a date is kept."""
        return self.books.now().replace(hour=0, minute=0, second=0, microsecond=0)
