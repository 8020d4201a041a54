"""Between the MES's words and ours. Its oddities pass as they are, with a finding beside them."""

__all__ = ["distribute_order", "mappings", "operation_confirmed", "order_completed"]

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

from andon.connectors.fsmes.confirmations import OperationConfirmation, OrderCompletion
from andon.connectors.fsmes.connector import FsmesSettings
from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.quantity import Quantity, denoised, plain
from andon.model.production import (
    ComponentLot,
    DistributeOrder,
    OperationConfirmed,
    OrderCompleted,
)


@inbound("operation_confirmation")
def operation_confirmed(item: Item, known: Known) -> Iterator[Said]:
    """One operation is done. More good out than in is said as it is, and doubted."""
    row = item.read(OperationConfirmation)
    yield OperationConfirmed(
        order_id=row.order,
        operation=row.operation,
        good=_amount(row.good_qty, row.material, known),
        scrap=_amount(row.scrap_qty, row.material, known),
        equipment=row.equipment,
        input=_amount(row.input_qty, row.material, known),
        wip=_amount(row.wip_qty, row.material, known),
        machine_time=_length(row.machine_seconds),
        started_at=_instant(row.started_at, known),
        completed_at=_instant(row.completed_at, known),
        consumed=tuple(
            ComponentLot(
                material_id=part.material,
                lot_id=part.lot,
                quantity=_amount(part.quantity, part.material, known),
            )
            for part in row.components
        ),
    )
    # Scrap is made again, and an input of nothing is an operation before that is not counted yet.
    if row.good_qty > row.input_qty > 0:
        yield Finding(
            "negative-wip",
            f"{row.operation} of {row.order} reports {plain(row.good_qty)} good from an input of"
            f" {plain(row.input_qty)}: work in progress is {plain(row.wip_qty)}. Recorded as said;"
            " the operation before it may count on. Where it does not, check the counters of"
            f" {row.equipment or 'the machine'}.",
        )


@inbound("order_completion")
def order_completed(item: Item, known: Known) -> Iterator[Said]:
    """The order is done. It may come before its last operation's confirmation, after an outage."""
    row = item.read(OrderCompletion)
    yield OrderCompleted(
        order_id=row.order,
        material_id=row.material,
        ordered=_amount(row.ordered_qty, row.material, known),
        good=_amount(row.good_qty, row.material, known),
        scrap=_amount(row.scrap_qty, row.material, known),
        over=_amount(row.over_qty, row.material, known),
        lot_id=row.lot,
        started_at=_instant(row.started_at, known),
        completed_at=_instant(row.completed_at, known),
    )
    if row.over_qty > 0:
        yield Finding(
            "over-production",
            f"{row.order} made {plain(row.good_qty)} where {plain(row.ordered_qty)} were ordered:"
            f" {plain(row.over_qty)} over. Recorded as said. Decide whether the surplus is kept.",
        )
    if row.good_qty == 0:
        yield Finding(
            "nothing-good",
            f"{row.order} is completed with nothing good out of {plain(row.ordered_qty)} ordered,"
            " and without a lot. Decide whether it is made again.",
        )


@outbound(DistributeOrder, proof="keyed")
def distribute_order(command: DistributeOrder, known: Known) -> Request:
    """A row on offer until it is acknowledged under its code."""
    code = _local(command.order_id)
    row: dict[str, object] = {
        "code": code,
        "material": command.material_id,
        "quantity": float(command.quantity.amount),
        # Not read by the MES; the door looks at it before it offers the row.
        "unit": command.quantity.unit,
        "erp_reference": code,
        "status": "new",
    }
    if command.due_at is not None:
        # The MES drops the zone it is given, so it is given its own.
        zone = ZoneInfo(_settings(known).time_zone)
        row["due_date"] = command.due_at.astimezone(zone).replace(tzinfo=None).isoformat()
    return Request(target="GET /orders", body=row, names=code)


def _settings(known: Known) -> FsmesSettings:
    return cast(FsmesSettings, known.settings)


def _amount(amount: Decimal, material: str, known: Known) -> Quantity:
    return Quantity(denoised(amount), _settings(known).unit_of(material))


def _length(seconds: float | None) -> timedelta | None:
    if seconds is None:
        return None
    try:
        return timedelta(seconds=seconds)
    except OverflowError as error:
        fault = Fault("/machine_seconds", "longer than any time")
        raise MappingError(f"{seconds} s is no time a machine took", [fault]) from error


def _instant(at: datetime | None, known: Known) -> datetime | None:
    """A time without zone is in the MES's; over MQTT the same fact carries one."""
    if at is None or at.tzinfo is not None:
        return at
    return at.replace(tzinfo=ZoneInfo(_settings(known).time_zone))


def _local(name: str) -> str:
    """The id inside a full name `production-order/erp:MO1`; another id as it is."""
    kind, _, rest = name.partition("/")
    issued = kind == DistributeOrder.KIND and ":" in rest
    return rest.partition(":")[2] if issued else name


mappings: tuple[Inbound | Outbound, ...] = (
    operation_confirmed,
    order_completed,
    distribute_order,
)
"""Everything the MES says and can be asked."""
