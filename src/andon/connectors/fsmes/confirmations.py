"""What the MES posts: one confirmation per operation, one completion per order."""

__all__ = ["Component", "Envelope", "OperationConfirmation", "OrderCompletion"]

from datetime import datetime
from decimal import Decimal

import msgspec


class Envelope(msgspec.Struct, frozen=True):
    """What tells one message from another. A corrected message comes under its old key."""

    kind: str
    message_key: str
    order: str


class Component(msgspec.Struct, frozen=True):
    """One lot consumed at an operation. The unit is not said."""

    lot: str
    material: str
    quantity: Decimal


class OperationConfirmation(msgspec.Struct, frozen=True, kw_only=True):
    """What one operation did. Times have no zone; figures are the counters', not clamped."""

    message_key: str
    order: str
    material: str
    seq: int
    operation: str
    input_qty: Decimal
    good_qty: Decimal
    scrap_qty: Decimal
    wip_qty: Decimal
    equipment: str | None = None
    machine_seconds: float | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    components: tuple[Component, ...] = ()


class OrderCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an order: totals, and the lot that was made unless nothing good was."""

    message_key: str
    order: str
    material: str
    ordered_qty: Decimal
    good_qty: Decimal
    scrap_qty: Decimal
    over_qty: Decimal = Decimal(0)
    lot: str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
