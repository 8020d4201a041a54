"""What is said about production orders."""

__all__ = [
    "OperationConfirmed",
    "OrderCancelled",
    "OrderChanged",
    "OrderCompleted",
    "OrderEvent",
    "OrderReleased",
    "OrderReopened",
    "OrderStarted",
]

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from andon.core.message import Claims, Event, Link, claim
from andon.core.quantity import Quantity
from andon.model.production.beliefs import header, known, operation
from andon.model.production.parts import ComponentLot, NeededComponent
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
    components: tuple[NeededComponent, ...] = ()
    """What it takes, where the speaker says so."""
    sales_order_id: Name | None = None
    """For which it is made, where it is for one alone."""

    def claims(self) -> Claims:
        """Released, and the header."""
        return {"status": "Released", **header(self.material_id, self.planned, self.due_at)}

    def links(self) -> Iterable[Link]:
        """The sales order for which it is made."""
        if self.sales_order_id is not None:
            yield Link("made-for", "sales-order", self.sales_order_id)


class OrderChanged(OrderEvent, frozen=True, kw_only=True):
    """The header as it stands after a change: whole, so a field that is empty now was emptied."""

    TYPE: ClassVar[str] = "andon.production.order.changed.v1"

    material_id: MaterialId
    planned: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """The header; a change says nothing about the status."""
        whole = header(self.material_id, self.planned, self.due_at)
        return {**whole, "due_at": claim(self.due_at)}


class OrderCancelled(OrderEvent, frozen=True, kw_only=True):
    """The order is not to be made any more; what was made until then stays made."""

    TYPE: ClassVar[str] = "andon.production.order.cancelled.v1"

    reason: Text | None = None

    def claims(self) -> Claims:
        """Cancelled."""
        return {"status": "Cancelled"}


class OrderReopened(OrderEvent, frozen=True, kw_only=True):
    """An order that was completed is taken up again: more is made for it, and it is completed once
    more, with what was made since."""

    TYPE: ClassVar[str] = "andon.production.order.reopened.v1"

    reason: Text | None = None
    reopened_at: Instant | None = None
    reopening: int | None = None
    """Which one it is, from 1, where the speaker counts them."""

    def claims(self) -> Claims:
        """Running."""
        return {"status": "Running"}


class OrderStarted(OrderEvent, frozen=True, kw_only=True):
    """Work has begun."""

    TYPE: ClassVar[str] = "andon.production.order.started.v1"

    started_at: Instant | None = None

    def claims(self) -> Claims:
        """Running, since when."""
        return {"status": "Running", **known(started_at=self.started_at)}


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
    consumed: tuple[ComponentLot, ...] = ()
    """What this operation took, as far as it is said with the confirmation."""
    reopening: int | None = None
    """How often the order had been reopened before, where the speaker counts that."""

    def claims(self) -> Claims:
        """What is believed of this operation, under `operation.<operation>.`."""
        return operation(
            self.operation,
            status="Completed" if self.completed_at else "Running",
            good=self.good,
            scrap=self.scrap,
            wip=self.wip,
            equipment=self.equipment,
        )

    def links(self) -> Iterable[Link]:
        """The order consumes the lots."""
        return tuple(Link("consumes", "material-lot", part.lot_id) for part in self.consumed)


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
    reopening: int | None = None
    """How often the order had been reopened before, where the speaker counts that."""

    def claims(self) -> Claims:
        """Completed, with what came of it."""
        return {
            "status": "Completed",
            **header(self.material_id, self.ordered, None),
            "good": claim(self.good),
            "scrap": claim(self.scrap),
            "over": claim(self.over),
            **known(lot=self.lot_id, started_at=self.started_at, completed_at=self.completed_at),
        }

    def links(self) -> Iterable[Link]:
        """The order makes the lot."""
        if self.lot_id is not None:
            yield Link("makes", "material-lot", self.lot_id)
