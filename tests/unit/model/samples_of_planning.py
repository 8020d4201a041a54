"""What planning says and hears: one full message of every class."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from andon.core.message import Message
from andon.core.quantity import Quantity
from andon.model.planning import (
    AnnounceDowntime,
    OrderScheduled,
    RescheduleOrder,
    ScheduleOrder,
    UnscheduleOrder,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1, microseconds=5)
MADE = "WO-1"
LINE = "LINE1"
WHY = "the punch is chipped"

FULL: tuple[Message, ...] = (
    OrderScheduled(
        order_id=MADE, equipment_id=LINE, starts_at=NOON, ends_at=LATER, reason=WHY, sequence=7
    ),
    ScheduleOrder(
        order_id=MADE, material_id="PUMP", quantity=Quantity(Decimal(5), "PCE"), due_at=LATER
    ),
    UnscheduleOrder(order_id=MADE, reason="done"),
    RescheduleOrder(order_id=MADE, ends_at=LATER),
    AnnounceDowntime(equipment_id=LINE, since=NOON, expected_until=LATER, reason=WHY),
)
