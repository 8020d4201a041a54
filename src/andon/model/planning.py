"""Planning: when an order is to be made on which machine, and what a standstill does to that."""

__all__ = [
    "AnnounceDowntime",
    "OrderScheduled",
    "RescheduleOrder",
    "ScheduleOrder",
    "UnscheduleOrder",
]

from typing import ClassVar, Literal

from andon.core.message import Claims, Command, Event, claim
from andon.core.quantity import Quantity
from andon.model.terms import EquipmentId, Instant, MaterialId, OrderId, Text


class OrderScheduled(Event, frozen=True, kw_only=True):
    """The order has a place in the schedule; said again when the place moves."""

    TYPE: ClassVar[str] = "andon.planning.order.scheduled.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId
    equipment_id: EquipmentId
    starts_at: Instant
    ends_at: Instant
    reason: Text | None = None
    """What moved it; none where planning itself gave it the place."""
    sequence: int | None = None
    """Grows with each word that planning says of its orders, where it counts them: of two words the
    higher is the newer, in whichever order they are heard."""

    def claims(self) -> Claims:
        """Where, and until when."""
        return {"scheduled_on": self.equipment_id, "scheduled_end": claim(self.ends_at)}


class ScheduleOrder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give the order a place in the schedule; said again when more or less of it is to be made."""

    TYPE: ClassVar[str] = "andon.planning.order.schedule.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId
    material_id: MaterialId
    quantity: Quantity
    due_at: Instant | None = None

    def claims(self) -> Claims:
        """What is to be made, and how much of it."""
        return {"material": self.material_id, "planned": claim(self.quantity)}


class UnscheduleOrder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Take the order out of the schedule: nothing more of it is to be made."""

    TYPE: ClassVar[str] = "andon.planning.order.unschedule.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId
    reason: Literal["cancelled", "done"]

    def claims(self) -> Claims:
        """Nothing is planned of it."""
        return {"planned": None}


class RescheduleOrder(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Write into the books when the order will really be done."""

    TYPE: ClassVar[str] = "andon.planning.order.reschedule.v1"
    KIND: ClassVar[str] = "production-order"
    KEY: ClassVar[str] = "order_id"

    order_id: OrderId
    ends_at: Instant

    def claims(self) -> Claims:
        """The end as it is expected now."""
        return {"scheduled_end": claim(self.ends_at)}


class AnnounceDowntime(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tell planning that a machine stands, and until when as far as anybody knows."""

    TYPE: ClassVar[str] = "andon.planning.downtime.announce.v1"
    KIND: ClassVar[str] = "equipment"
    KEY: ClassVar[str] = "equipment_id"

    equipment_id: EquipmentId
    since: Instant
    expected_until: Instant | None
    """None: it works again."""
    reason: Text | None = None

    def claims(self) -> Claims:
        """Why it stands; nothing once it works."""
        return {"reason": None if self.expected_until is None else self.reason}
