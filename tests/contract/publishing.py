"""A released order as a `Publication` writes it, and as a reader of CloudEvents has to find it."""

__all__ = ["AS_READ", "RELEASED", "publishes"]

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from andon.connectors._publication import Publication
from andon.core.connector import Request, Settings
from andon.core.mapping import Known
from andon.core.quantity import Quantity
from andon.model.production import OrderReleased

RELEASED = OrderReleased(
    order_id="1001", material_id="PUMP", planned=Quantity(Decimal("5.0"), "pcs")
)
_SUBJECT = "production-order/erp:1001"

AS_READ = {
    "specversion": "1.0",
    "id": "k-1",
    "source": "/plant-7",
    "type": "andon.production.order.released.v1",
    "subject": _SUBJECT,
    "time": "2026-11-23T12:00:00+00:00",
    "datacontenttype": "application/json",
    "data": {
        "order_id": "1001",
        "material_id": "PUMP",
        "planned": {"amount": "5.0", "unit": "pcs"},
        "due_at": None,
        "components": [],
        "sales_order_id": None,
    },
}
"""Sent under the key `k-1` by a connection whose `source` is `/plant-7`."""


def publishes(every: Publication) -> Request:
    """What is sent for the order, as the one mapping writes it."""
    (mapping,) = every.mappings
    make: Any = mapping.command
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    return mapping.writes(make(subject_id=_SUBJECT, said=RELEASED, at=noon), Known(Settings()))
