"""Maintenance: orders of those who keep machines running (ISA-95 OperationsType Maintenance)."""

__all__ = [
    "ORDER_OPEN",
    "MaintenanceCompleted",
    "MaintenanceEvent",
    "MaintenanceScheduled",
    "MaintenanceStarted",
    "Priority",
    "RaiseMaintenance",
]

from collections.abc import Iterable
from typing import ClassVar, Literal

from andon.core.message import Claims, Command, Event, Link, claim
from andon.model.terms import EquipmentId, Instant, Name, Text

ORDER_OPEN = "order-open"
"""Code of a refusal: somebody is asked for already, and has not been there."""

Priority = Literal["breakdown", "soon", "planned"]
"""How much depends on it: a machine stands, will stand, or is looked after."""


class MaintenanceEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one maintenance order."""

    KIND: ClassVar[str] = "maintenance-order"
    KEY: ClassVar[str] = "maintenance_id"

    maintenance_id: Name
    equipment_id: EquipmentId

    def links(self) -> Iterable[Link]:
        """What is maintained."""
        yield Link("maintains", "equipment", self.equipment_id)


class MaintenanceScheduled(MaintenanceEvent, frozen=True, kw_only=True):
    """Somebody will come, and says until when the machine is down. Said again when it moves."""

    TYPE: ClassVar[str] = "andon.maintenance.order.scheduled.v1"

    starts_at: Instant
    ends_at: Instant

    def claims(self) -> Claims:
        """Ready, and when."""
        return {
            "status": "Ready",
            "starts_at": claim(self.starts_at),
            "ends_at": claim(self.ends_at),
        }


class MaintenanceStarted(MaintenanceEvent, frozen=True, kw_only=True):
    """Work on the machine has begun."""

    TYPE: ClassVar[str] = "andon.maintenance.order.started.v1"

    started_at: Instant | None = None

    def claims(self) -> Claims:
        """Running."""
        return {"status": "Running"}


class MaintenanceCompleted(MaintenanceEvent, frozen=True, kw_only=True):
    """The machine may work again."""

    TYPE: ClassVar[str] = "andon.maintenance.order.completed.v1"

    completed_at: Instant | None = None
    found: Text | None = None
    """What it was, in the mechanic's words."""

    def claims(self) -> Claims:
        """Completed."""
        return {"status": "Completed"}


class RaiseMaintenance(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for somebody who looks after a machine. The receipt is the number of the order."""

    TYPE: ClassVar[str] = "andon.maintenance.order.raise.v1"
    KIND: ClassVar[str] = "equipment"
    KEY: ClassVar[str] = "equipment_id"

    equipment_id: EquipmentId
    priority: Priority
    problem: Text
    since: Instant | None = None

    def claims(self) -> Claims:
        """That it is asked for."""
        return {"maintenance": self.priority}
