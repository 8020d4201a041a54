"""Equipment: what the machines are doing (ISA-95 Equipment; states as in OPC UA for Machinery)."""

__all__ = [
    "Condition",
    "ConditionChanged",
    "EquipmentRegistered",
    "EquipmentState",
    "EquipmentStateChanged",
]

from collections.abc import Iterable
from typing import ClassVar, Literal

from andon.core.message import Alias, Claims, Event
from andon.core.quantity import Quantity
from andon.model.isa95 import EquipmentLevel
from andon.model.terms import EquipmentId, Instant, Name, Text

EquipmentState = Literal["NotAvailable", "OutOfService", "NotExecuting", "Executing"]
"""MachineryItemState of OPC 40001-1."""

Condition = Literal["normal", "alert"]
"""An alert is no stop: it says that the machine is not made for running on like that."""


class EquipmentStateChanged(Event, frozen=True, kw_only=True):
    """A machine, line or cell does something else since `changed_at`."""

    TYPE: ClassVar[str] = "andon.plant.equipment.state-changed.v1"
    KIND: ClassVar[str] = "equipment"
    KEY: ClassVar[str] = "equipment_id"

    equipment_id: EquipmentId
    state: EquipmentState
    level: EquipmentLevel | None = None
    reason: Text | None = None
    """The cause as the speaker gives it: jam, no material, planned maintenance."""
    changed_at: Instant | None = None

    def claims(self) -> Claims:
        """The state, its reason (none once there is none), and the level where it is said."""
        level: Claims = {} if self.level is None else {"level": self.level}
        return {"state": self.state, "reason": self.reason, **level}


class ConditionChanged(Event, frozen=True, kw_only=True):
    """What is measured of a machine has passed a limit, or come back well within it (condition
    monitoring, ISO 17359)."""

    TYPE: ClassVar[str] = "andon.plant.condition.changed.v1"
    KIND: ClassVar[str] = "equipment"
    KEY: ClassVar[str] = "equipment_id"

    equipment_id: EquipmentId
    measured: Name
    """`vibration`, `temperature`."""
    condition: Condition
    value: Quantity
    limit: Quantity
    """Which it is above, or well below again."""
    changed_at: Instant | None = None

    def claims(self) -> Claims:
        """By what is measured."""
        return {f"condition.{self.measured}.state": self.condition}


class EquipmentRegistered(Event, frozen=True, kw_only=True):
    """An asset register says under which number it keeps a machine (ISA-95 PhysicalAsset)."""

    TYPE: ClassVar[str] = "andon.plant.equipment.registered.v1"
    KIND: ClassVar[str] = "equipment"
    KEY: ClassVar[str] = "equipment_id"

    equipment_id: EquipmentId
    register: Name
    """Whose register it is: a connection."""
    asset_id: Name

    def claims(self) -> Claims:
        """Its number there."""
        return {"asset": self.asset_id}

    def aliases(self) -> Iterable[Alias]:
        """By that number the register's system knows it."""
        yield Alias(self.register, self.asset_id)
