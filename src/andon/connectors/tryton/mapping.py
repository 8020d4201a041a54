"""Between Tryton's words and ours. Every state of Tryton is named, also those that are no news."""

__all__ = ["inspection_decided", "mappings", "production_order"]

from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from andon.connectors.tryton.connector import TrytonSettings
from andon.connectors.tryton.postings import POSTINGS
from andon.connectors.tryton.rows import InspectionRow, OrderState, ProductionRow
from andon.core.connector import Item
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound
from andon.core.message import Claims, ReadBack
from andon.core.quantity import Quantity, denoised, plain
from andon.model.isa95 import RequestState
from andon.model.production import OrderCancelled, OrderChanged, OrderReleased
from andon.model.quality import Decision, InspectionDecided

STATUS: dict[OrderState, RequestState] = {
    "request": "Forecast",
    "draft": "Forecast",
    "waiting": "Released",
    "assigned": "Ready",
    "running": "Running",
    "done": "Completed",
    "cancelled": "Cancelled",
}
"""Tryton's states in ISA-95's words; a planner releases an order by letting it wait."""


@inbound("production")
def production_order(item: Item, known: Known) -> Iterator[Said]:
    """A planner's release, change or withdrawal is news; how Tryton books an order is a read-back.

    What runs or is done is booked here because somebody else said so, most often Andon: it updates
    what Tryton believes and starts nothing.
    """
    row = item.read(ProductionRow)
    before = known.before(ProductionRow)
    if row.number is None or row == before:
        return
    released = before is not None and before.state not in ("request", "draft", "cancelled")
    match row.state:
        case "waiting" | "assigned":
            if not released:
                yield _released(row, known)
                if row.state == "assigned":
                    yield _held(row)
            elif before is not None and _header(row) != _header(before) and not _ours(row, known):
                yield _changed(row, known)
                yield _held(row)
            else:
                yield _held(row)
        case "running" | "done":
            yield _held(row)
        case "draft" | "request" | "cancelled":
            yield from _withdrawn(row, known, released=released)


def _withdrawn(row: ProductionRow, known: Known, *, released: bool) -> Iterator[Said]:
    if not released or _ours(row, known):
        yield _held(row)
    elif row.state == "cancelled":
        yield OrderCancelled(order_id=_number(row), reason="cancelled in Tryton")
    else:
        yield OrderCancelled(order_id=_number(row), reason="taken back to draft in Tryton")
        yield _held(row)


def _released(row: ProductionRow, known: Known) -> OrderReleased:
    return OrderReleased(
        order_id=_number(row),
        material_id=row.product.code,
        planned=_planned(row),
        due_at=_due(row, known),
    )


def _changed(row: ProductionRow, known: Known) -> OrderChanged:
    return OrderChanged(
        order_id=_number(row),
        material_id=row.product.code,
        planned=_planned(row),
        due_at=_due(row, known),
    )


def _held(row: ProductionRow) -> ReadBack:
    holds: Claims = {
        "status": STATUS[row.state],
        "material": row.product.code,
        "planned": str(_planned(row)),
    }
    return ReadBack(kind=OrderReleased.KIND, object_id=_number(row), holds=holds)


def _number(row: ProductionRow) -> str:
    return cast(str, row.number)


def _planned(row: ProductionRow) -> Quantity:
    return Quantity(denoised(row.quantity), row.unit.symbol)


def _header(row: ProductionRow) -> tuple[object, ...]:
    return row.product.code, _planned(row), row.planned_date


def _due(row: ProductionRow, known: Known) -> datetime | None:
    """Tryton plans in days: due is the last minute of that day where the company is."""
    if row.planned_date is None:
        return None
    zone = ZoneInfo(_settings(known).time_zone)
    return datetime.combine(row.planned_date.day_of(), time(23, 59), tzinfo=zone)


def _ours(row: ProductionRow, known: Known) -> bool:
    return row.write_uid is not None and row.write_uid.login == _settings(known).user


def _settings(known: Known) -> TrytonSettings:
    return cast(TrytonSettings, known.settings)


@inbound("quality.inspection")
def inspection_decided(item: Item, known: Known) -> Iterator[Said]:
    """Tryton judges, whoever asked it to: its decision is news even when the call was ours."""
    row = item.read(InspectionRow)
    before = known.before(InspectionRow)
    match row.state:
        case "pending":
            return
        case "passed" | "failed":
            if before is None or before.state != row.state:
                yield _decided(row, known)


def _decided(row: InspectionRow, known: Known) -> InspectionDecided:
    decision: Decision = "accept" if row.state == "passed" else "reject"
    lots = [] if row.about is None else [out.lot.number for out in row.about.outputs if out.lot]
    return InspectionDecided(
        inspection_id=row.reference or row.number,
        decision=decision,
        lot_id=lots[0] if lots else None,
        order_id=None if row.about is None else row.about.number,
        reason=None if decision == "accept" else _reason(row),
        decided_at=_judged_at(row, known),
    )


def _judged_at(row: InspectionRow, known: Known) -> datetime | None:
    """Unlike every other moment in Tryton this one is the server's local time, not UTC."""
    if row.processed_at is None:
        return None
    zone = ZoneInfo(_settings(known).time_zone)
    return row.processed_at.instant().replace(tzinfo=zone)


def _reason(row: InspectionRow) -> str:
    measured = ", ".join(f"{name} {_said(value)}" for name, value in (row.points or {}).items())
    alerts = ", ".join(alert.number for alert in row.alerts) or "none"
    return f"Inspection {row.number} failed: {measured or 'no results'}. Alerts: {alerts}."


def _said(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return plain(denoised(Decimal(str(value))))
        case _:
            return str(value)


mappings: tuple[Inbound | Outbound, ...] = (production_order, inspection_decided, *POSTINGS)
"""Everything Tryton says and can be asked."""
