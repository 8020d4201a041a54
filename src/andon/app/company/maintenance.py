"""Machines, maintenance and planning: a line that stands gets a mechanic and a new schedule."""

__all__ = ["AREA"]

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import msgspec

from andon.app.company.area import Area
from andon.capabilities.maintenance import (
    get_it_running,
    keep_dates,
    maintain_by_condition,
    schedule_released,
)
from andon.connectors import sparkplug
from andon.connectors.rest import Rest
from andon.connectors.sparkplug import Presence, Reading, Sparkplug, equipment_state
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.model.maintenance import (
    MaintenanceCompleted,
    MaintenanceScheduled,
    MaintenanceStarted,
    Priority,
    RaiseMaintenance,
)
from andon.model.planning import (
    AnnounceDowntime,
    OrderScheduled,
    RescheduleOrder,
    ScheduleOrder,
    UnscheduleOrder,
)
from andon.model.plant import (
    Condition,
    ConditionChanged,
    EquipmentRegistered,
    EquipmentState,
    EquipmentStateChanged,
)

_STATES: Mapping[Any, EquipmentState] = {
    0: "NotExecuting",
    1: "Executing",
    2: "OutOfService",
    3: "NotExecuting",  # a mechanic has stopped it
}
_SHAKES, _QUIET = Decimal("4.5"), Decimal("2.8")
"""Millimetres per second where zones C and B of ISO 20816-3 begin: above the first a machine is
not fit to run on for long, below the second it is again."""
_PRIORITIES: Mapping[Priority, int] = {"breakdown": 1, "soon": 2, "planned": 3}


def _machine(name: str) -> str:
    """A machine has one name in the whole company; only the CMMS has a number for it."""
    return f"equipment/company:{name}"


@inbound("state")
def _state(item: Item, known: Known) -> Iterator[Said]:
    """A line does something else; one whose node is gone is not available."""
    reading = item.read(Reading)
    reason = reading.beside["Reason"] or None
    changed = equipment_state(
        reading,
        known.before(Reading),
        _STATES,
        equipment_id=_machine(reading.device or reading.node),
        reason=reason,
        level="ProductionLine",
    )
    if changed is not None:
        yield changed


@inbound("vibration")
def _vibration(item: Item, known: Known) -> Iterator[Said]:
    """Passing a limit is news. Between the two nothing is: what shakes there stays what it was,
    and is said so once more when it passes the same limit again."""
    reading, before = item.read(Reading), known.before(Reading)
    if reading.stale or reading.historical or reading.value is None:
        return
    zone, told = _zone(reading), None if before is None else _zone(before)
    if zone is None or zone == told or (zone == "normal" and before is None):
        return
    yield ConditionChanged(
        equipment_id=_machine(reading.device or reading.node),
        measured="vibration",
        condition=zone,
        value=Quantity(Decimal(str(reading.value)), "mm/s"),
        limit=Quantity(_SHAKES if zone == "alert" else _QUIET, "mm/s"),
        changed_at=reading.at,
    )


def _zone(reading: Reading) -> Condition | None:
    value = Decimal(str(reading.value or 0))
    if value >= _SHAKES:
        return "alert"
    return "normal" if value < _QUIET else None


@inbound("presence")
def _presence(item: Item, _: Known) -> Iterator[Said]:
    """Births and deaths come as states; who is silent since before we came does not."""
    told = item.read(Presence)
    match told.what:
        case "silent" if told.device is not None:
            yield EquipmentStateChanged(
                equipment_id=_machine(told.device),
                state="NotAvailable",
                reason="not connected",
                changed_at=told.at,
            )
        case "gap":
            yield Finding("missing-messages", f"{told.node}: {told.why}; states may be missing")
        case "silent" | "born" | "dead":
            return


class _Asset(msgspec.Struct, frozen=True):
    id: str
    tag: str


@inbound("asset")
def _asset(item: Item, _: Known) -> Iterator[Said]:
    """The CMMS has numbers for machines, and notes their names as tags."""
    row = item.read(_Asset)
    yield EquipmentRegistered(equipment_id=_machine(row.tag), register="cmms", asset_id=row.id)


class _WorkOrder(msgspec.Struct, frozen=True):
    id: str
    asset: str
    external_ref: str
    status: Literal["REQUESTED", "SCHEDULED", "IN_PROGRESS", "DONE"]
    planned_start: datetime | None
    planned_end: datetime | None
    finding: str
    changed: datetime


@inbound("workorder")
def _work_order(item: Item, known: Known) -> Iterator[Said]:
    """What mechanics type in; an order that was only asked for is no news. Who comes at once may
    have begun before the next look: until when it takes is news all the same."""
    row, before = item.read(_WorkOrder), known.before(_WorkOrder)
    if before is not None and (before.status, before.planned_end) == (row.status, row.planned_end):
        return
    match row.status:
        case "REQUESTED":
            return
        case "SCHEDULED":
            yield _planned(row) or Finding("no-time", f"{row.id} is scheduled and says no time")
        case "IN_PROGRESS":
            planned = _planned(row)
            if planned is not None and (before is None or before.planned_end != row.planned_end):
                yield planned
            yield MaintenanceStarted(
                maintenance_id=row.id, equipment_id=row.asset, started_at=row.changed
            )
        case "DONE":
            yield MaintenanceCompleted(
                maintenance_id=row.id,
                equipment_id=row.asset,
                completed_at=row.changed,
                found=row.finding or None,
            )


def _planned(row: _WorkOrder) -> MaintenanceScheduled | None:
    if row.planned_start is None or row.planned_end is None:
        return None
    return MaintenanceScheduled(
        maintenance_id=row.id,
        equipment_id=row.asset,
        starts_at=row.planned_start,
        ends_at=row.planned_end,
    )


@outbound(RaiseMaintenance, proof="findable", local=True)
def _raise(command: RaiseMaintenance, known: Known) -> Request:
    """The CMMS does not look at our key; it keeps it, and can be asked for it."""
    return Request(
        target="raise",
        body={
            "asset": known.local,
            "problem": command.problem,
            "priority": _PRIORITIES[command.priority],
        },
    )


class _Scheduled(msgspec.Struct, frozen=True):
    order: str
    line: str
    starts: datetime
    ends: datetime
    reason: str | None
    sequence: int


@inbound("order.scheduled")
def _scheduled(item: Item, _: Known) -> Iterator[Said]:
    """Planning knows orders by the names we give them, and lines by their own."""
    row = item.read(_Scheduled)
    yield OrderScheduled(
        order_id=row.order,
        equipment_id=row.line,
        starts_at=row.starts,
        ends_at=row.ends,
        reason=row.reason,
        sequence=row.sequence,
    )


@outbound(ScheduleOrder, proof="keyed")
def _schedule(command: ScheduleOrder, _: Known) -> Request:
    """A post that planning knows by its id changes nothing again."""
    data = {
        "order": command.order_id,
        "item": command.material_id,
        "quantity": command.quantity.amount,
        "due": command.due_at,
    }
    return Request(target="order", body={"type": "order", "data": data})


@outbound(UnscheduleOrder, proof="keyed")
def _unschedule(command: UnscheduleOrder, _: Known) -> Request:
    """An order that planning does not know is as good as taken out."""
    data = {"order": command.order_id, "why": command.reason}
    return Request(target="closed", body={"type": "order.closed", "data": data})


@outbound(AnnounceDowntime, proof="keyed")
def _announce(command: AnnounceDowntime, _: Known) -> Request:
    """Lines have one name in the whole company."""
    data = {
        "machine": command.equipment_id.rpartition(":")[2],
        "since": command.since,
        "until": command.expected_until,
        "reason": command.reason,
    }
    return Request(target="downtime", body={"type": "downtime", "data": data})


AREA = Area(
    connections=(
        Connection("machines", Sparkplug, (_state, _vibration, _presence, *sparkplug.mappings)),
        Connection("cmms", Rest, (_asset, _work_order, _raise)),
        Connection("planning", Webhook, (_scheduled, _schedule, _unschedule, _announce)),
    ),
    workflows=(
        get_it_running,
        maintain_by_condition(lasts=timedelta(minutes=5)),
        schedule_released,
        keep_dates(of={"erp"}),
    ),
    routes=(
        Route(RaiseMaintenance, "cmms"),
        Route(ScheduleOrder, "planning"),
        Route(UnscheduleOrder, "planning"),
        Route(AnnounceDowntime, "planning"),
        Route(RescheduleOrder, "erp", site="plant-a"),
    ),
)
