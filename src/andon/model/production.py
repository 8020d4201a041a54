"""Production orders: what is released, what is reported, what is asked of ERP and shop floor.

ISA-95: OperationsRequest for the order, OperationsResponse and SegmentResponse for reports.
One command is one call with an effect.
"""

__all__ = [
    "AssignComponents",
    "AssignLots",
    "CancelOrder",
    "CompleteProduction",
    "ComponentLot",
    "ConfirmOperation",
    "DistributeOrder",
    "OperationConfirmed",
    "OrderCancelled",
    "OrderChanged",
    "OrderCommand",
    "OrderCompleted",
    "OrderEvent",
    "OrderReleased",
    "OrderStarted",
    "ReceiveOutput",
    "StartProduction",
]

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, ClassVar

import msgspec

from andon.core.message import Claims, Command, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.isa95 import ResponseState
from andon.model.terms import EquipmentId, Instant, LotId, MaterialId, Name, OrderId, Text


class OrderEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one production order."""

    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId


class OrderReleased(OrderEvent, frozen=True, kw_only=True):
    """The order may be made, in this amount, by then. Said once per order."""

    TYPE: ClassVar[str] = "andon.production.order.released.v1"

    material_id: MaterialId
    planned: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """Released, and the header."""
        return {"status": "Released", **_header(self.material_id, self.planned, self.due_at)}


class OrderChanged(OrderEvent, frozen=True, kw_only=True):
    """The header as it stands after a change: whole, so a field that is empty now was emptied."""

    TYPE: ClassVar[str] = "andon.production.order.changed.v1"

    material_id: MaterialId
    planned: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """The header; a change says nothing about the status."""
        header = _header(self.material_id, self.planned, self.due_at)
        return {**header, "due_at": claim(self.due_at)}


class OrderCancelled(OrderEvent, frozen=True, kw_only=True):
    """The order is not to be made any more; what was made until then stays made."""

    TYPE: ClassVar[str] = "andon.production.order.cancelled.v1"

    reason: Text | None = None

    def claims(self) -> Claims:
        """Cancelled."""
        return {"status": "Cancelled"}


class OrderStarted(OrderEvent, frozen=True, kw_only=True):
    """Work has begun."""

    TYPE: ClassVar[str] = "andon.production.order.started.v1"

    started_at: Instant | None = None

    def claims(self) -> Claims:
        """Running, since when."""
        return {"status": "Running", **_known(started_at=self.started_at)}


class OperationConfirmed(OrderEvent, frozen=True, kw_only=True):
    """One operation of the order is reported (SegmentResponse).

    Figures are the speaker's, not clamped: a work in progress below zero is said as it was said.
    """

    TYPE: ClassVar[str] = "andon.production.operation.confirmed.v1"

    operation: Name
    """The operation's number or name within the order, as the speaker writes it."""
    good: Quantity
    scrap: Quantity
    equipment: EquipmentId | None = None
    input: Quantity | None = None
    wip: Quantity | None = None
    machine_time: timedelta | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """What is believed of this operation, under `operation.<operation>.`."""
        return _operation(
            self.operation,
            status="Completed" if self.completed_at else "Running",
            good=self.good,
            scrap=self.scrap,
            wip=self.wip,
            equipment=self.equipment,
        )


class OrderCompleted(OrderEvent, frozen=True, kw_only=True):
    """The shop floor is done with the order. Good may be 0, the lot unknown; both are said."""

    TYPE: ClassVar[str] = "andon.production.order.completed.v1"

    material_id: MaterialId
    ordered: Quantity
    good: Quantity
    scrap: Quantity
    over: Quantity
    """Good beyond what was ordered, as the speaker counts it."""
    lot_id: LotId | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """Completed, with what came of it."""
        return {
            "status": "Completed",
            **_header(self.material_id, self.ordered, None),
            "good": claim(self.good),
            "scrap": claim(self.scrap),
            "over": claim(self.over),
            **_known(lot=self.lot_id, started_at=self.started_at, completed_at=self.completed_at),
        }

    def links(self) -> Iterable[Link]:
        """The order makes the lot."""
        if self.lot_id is not None:
            yield Link("makes", "material-lot", self.lot_id)


class OrderCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one production order."""

    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId


class DistributeOrder(OrderCommand, frozen=True, kw_only=True):
    """Give the released order to the shop floor. The floor's acknowledgment is the receipt."""

    TYPE: ClassVar[str] = "andon.production.order.distribute.v1"

    material_id: MaterialId
    quantity: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """Once acknowledged the floor holds the order as released, with this header."""
        return {"status": "Released", **_header(self.material_id, self.quantity, self.due_at)}


class CancelOrder(OrderCommand, frozen=True, kw_only=True):
    """Stop making the order; overtakes what waits before it."""

    TYPE: ClassVar[str] = "andon.production.order.cancel.v1"
    OVERTAKES: ClassVar[bool] = True

    reason: Text | None = None

    def claims(self) -> Claims:
        """Cancelled."""
        return {"status": "Cancelled"}


class AssignComponents(OrderCommand, frozen=True, kw_only=True):
    """Reserve the components from stock; the order is ready when all of them are there."""

    TYPE: ClassVar[str] = "andon.production.order.assign-components.v1"

    def claims(self) -> Claims:
        """Ready."""
        return {"status": "Ready"}


class ComponentLot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which lot a component is taken; no quantity means all the order needs of it."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity | None = None


class AssignLots(OrderCommand, frozen=True, kw_only=True):
    """Say which lots the components come from, all in one call."""

    TYPE: ClassVar[str] = "andon.production.order.assign-lots.v1"

    components: Annotated[tuple[ComponentLot, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """The lots of each component, sorted, under `component.<material>.lots`."""
        lots: dict[str, set[str]] = {}
        for part in self.components:
            lots.setdefault(part.material_id, set()).add(part.lot_id)
        return {f"component.{m}.lots": ", ".join(sorted(ids)) for m, ids in lots.items()}

    def links(self) -> Iterable[Link]:
        """The order consumes the lots."""
        return tuple(Link("consumes", "material-lot", part.lot_id) for part in self.components)


class StartProduction(OrderCommand, frozen=True, kw_only=True):
    """Book the components as consumed and the order as running."""

    TYPE: ClassVar[str] = "andon.production.order.start.v1"

    started_at: Instant | None = None

    def claims(self) -> Claims:
        """Running. When it began is not written to the target, so it is not claimed."""
        return {"status": "Running"}


class ConfirmOperation(OrderCommand, frozen=True, kw_only=True):
    """Book what one operation made and how long it took."""

    TYPE: ClassVar[str] = "andon.production.operation.confirm.v1"

    operation: Name
    good: Quantity
    scrap: Quantity
    equipment: EquipmentId | None = None
    machine_time: timedelta | None = None
    started_at: Instant | None = None
    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """Completed. An ERP may keep the time and not the figures, so those are not claimed."""
        return _operation(self.operation, status="Completed")


class ReceiveOutput(OrderCommand, frozen=True, kw_only=True):
    """Put lot and quantity on the order's output; it is in stock only after CompleteProduction."""

    TYPE: ClassVar[str] = "andon.production.output.receive.v1"

    material_id: MaterialId
    good: Quantity
    lot_id: LotId | None = None

    def claims(self) -> Claims:
        """What came of the order."""
        return {"good": claim(self.good), **_known(lot=self.lot_id)}

    def links(self) -> Iterable[Link]:
        """The order makes the lot."""
        if self.lot_id is not None:
            yield Link("makes", "material-lot", self.lot_id)


class CompleteProduction(OrderCommand, frozen=True, kw_only=True):
    """Book the output into stock and end the order."""

    TYPE: ClassVar[str] = "andon.production.order.complete.v1"

    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """Completed."""
        return {"status": "Completed"}


def _operation(operation: str, *, status: ResponseState, **values: Quantity | str | None) -> Claims:
    """Beliefs about one operation of an order, one attribute per figure that is known."""
    known = {"status": status, **_known(**values)}
    return {f"operation.{operation}.{name}": value for name, value in known.items()}


def _header(material_id: str, planned: Quantity, due_at: datetime | None) -> Claims:
    header = {"material": material_id, "planned": claim(planned)}
    return {**header, **_known(due_at=due_at)}


def _known(**values: Quantity | datetime | str | None) -> Claims:
    # A field left out is no belief; it must not overwrite one that was said before.
    return {name: claim(value) for name, value in values.items() if value is not None}
