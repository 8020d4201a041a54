"""Production orders as `A_ProductionOrder_2` says them."""

__all__ = ["ComponentRow", "OrderRow", "production_order"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.connectors.odata.moments import moment
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Claims, ReadBack
from andon.core.quantity import Quantity
from andon.model.isa95 import RequestState
from andon.model.production import NeededComponent, OrderCancelled, OrderChanged, OrderReleased


class ComponentRow(msgspec.Struct, frozen=True, rename="pascal"):
    """What is reserved of one item."""

    material: str
    required_quantity: Decimal
    base_unit: str


class OrderRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_ProductionOrder_2` we read; a mark is `X` or nothing."""

    manufacturing_order: str
    material: str
    total_quantity: Decimal
    production_unit: str
    order_is_released: str = ""
    order_is_partially_confirmed: str = ""
    order_is_confirmed: str = ""
    order_is_partially_delivered: str = ""
    order_is_delivered: str = ""
    order_is_locked: str = ""
    order_is_technically_completed: str = ""
    order_is_closed: str = ""
    order_is_marked_for_deletion: str = ""
    order_is_deleted: str = ""
    sales_order: str = ""
    """For which it is made; mostly none."""
    mfg_order_scheduled_end_date: datetime | None = None
    mfg_order_scheduled_end_time: str | None = None
    components: tuple[ComponentRow, ...] = msgspec.field(
        default=(), name="to_ProductionOrderComponent"
    )
    """Where the feed expands them."""

    def status(self) -> RequestState:
        """Several marks stand beside each other; the one furthest on counts."""
        if self.order_is_deleted or self.order_is_marked_for_deletion:
            return "Cancelled"
        if self.order_is_closed:
            return "Closed"
        if self.order_is_technically_completed:
            return "Completed"
        if self.order_is_locked:
            return "Held"
        # Confirmed and delivered in full is not completed: more may be posted until SAP is told.
        if (
            self.order_is_partially_confirmed
            or self.order_is_confirmed
            or self.order_is_partially_delivered
            or self.order_is_delivered
        ):
            return "Running"
        return "Released" if self.order_is_released else "Forecast"


_OPEN = ("Released", "Running", "Held")


@inbound("A_ProductionOrder_2")
def production_order(item: Item, known: Known) -> Iterator[Said]:
    """A planner's release, change or withdrawal is news; how SAP books an order is a read-back.

    An order first seen when it is under way was released before we came: it starts nothing.
    """
    row = item.read(OrderRow)
    before = known.before(OrderRow)
    if row == before:
        return
    status = row.status()
    was: RequestState = "Forecast" if before is None else before.status()
    match status:
        case "Released" | "Running" | "Held":
            if was == "Cancelled" or (was == "Forecast" and (before or status == "Released")):
                yield OrderReleased(
                    order_id=row.manufacturing_order,
                    material_id=row.material,
                    planned=_planned(row),
                    due_at=_due(row, known),
                    components=_needed(row),
                    sales_order_id=row.sales_order or None,
                )
            elif before is not None and _header(row) != _header(before):
                yield _changed(row, known)
            yield _held(row, status)
        case "Completed" | "Closed" if (
            before is not None and was in _OPEN and _header(row) != _header(before)
        ):
            yield _changed(row, known)  # and it was ended before anybody looked
            yield _held(row, status)
        case "Cancelled" if was not in ("Forecast", "Cancelled"):
            reason = "marked for deletion in SAP"
            yield OrderCancelled(order_id=row.manufacturing_order, reason=reason)
        case "Forecast" if was not in ("Forecast", "Cancelled"):
            reason = "taken back before release in SAP"
            yield OrderCancelled(order_id=row.manufacturing_order, reason=reason)
            yield _held(row, status)
        case _:
            yield _held(row, status)


def _changed(row: OrderRow, known: Known) -> OrderChanged:
    return OrderChanged(
        order_id=row.manufacturing_order,
        material_id=row.material,
        planned=_planned(row),
        due_at=_due(row, known),
    )


def _held(row: OrderRow, status: RequestState) -> ReadBack:
    holds: Claims = {
        "status": status,
        "material": row.material,
        "planned": str(_planned(row)),
    }
    return ReadBack(kind=OrderReleased.KIND, object_id=row.manufacturing_order, holds=holds)


def _planned(row: OrderRow) -> Quantity:
    return Quantity(row.total_quantity, row.production_unit)


def _needed(row: OrderRow) -> tuple[NeededComponent, ...]:
    return tuple(
        NeededComponent(
            material_id=part.material, quantity=Quantity(part.required_quantity, part.base_unit)
        )
        for part in row.components
    )


def _header(row: OrderRow) -> tuple[object, ...]:
    due = row.mfg_order_scheduled_end_date, row.mfg_order_scheduled_end_time
    return row.material, row.total_quantity, row.production_unit, due


def _due(row: OrderRow, known: Known) -> datetime | None:
    return moment(row.mfg_order_scheduled_end_date, row.mfg_order_scheduled_end_time, known)
