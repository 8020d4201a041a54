"""Pieces of mappings: jobs of a machine as progress of production orders, and orders as jobs."""

__all__ = ["JobItem", "cancel_job", "job_progress", "start_job"]

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

import msgspec

from andon.core.connector import Item, Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.quantity import Quantity
from andon.model.production import (
    CancelOrder,
    DistributeOrder,
    OperationConfirmed,
    OrderStarted,
)


class JobItem(msgspec.Struct, frozen=True):
    """One job of a receiver or a provider."""

    receiver: str
    job_id: str
    state: Literal[
        "NotAllowedToStart", "AllowedToStart", "Running", "Interrupted", "Ended", "Aborted",
        "Removed",
    ]  # fmt: skip
    at: datetime | None = None
    order_numbers: tuple[str, ...] = ()
    values: Mapping[str, Any] = {}
    units: Mapping[str, str | None] = {}
    started_at: datetime | None = None
    ended_at: datetime | None = None


def job_progress(
    kind: str,
    *,
    unit: str,
    good: str = "GoodQuantity",
    produced: str = "ProducedQuantity",
    equipment: str | None = None,
) -> Inbound:
    """Jobs of an order, known by its number in `OrderNumbers` (OPC 40001-3), else by the job's id:
    it runs, and what the job made is confirmed as an operation named like the job.

    An aborted job, one without figures and one that vanished while it ran are doubts for a person:
    only people know what became of the order.
    """

    @inbound(kind)
    def progress(item: Item, known: Known) -> Iterator[Said]:
        job, before = item.read(JobItem), known.before(JobItem)
        orders: Sequence[str] = (
            job.order_numbers or (before.order_numbers if before else ()) or (job.job_id,)
        )
        was = before.state if before else None
        match job.state:
            case "NotAllowedToStart" | "AllowedToStart" | "Interrupted":
                return
            case "Running":
                if was not in ("Running", "Interrupted"):
                    for order_id in orders:
                        yield OrderStarted(order_id=order_id, started_at=job.started_at or job.at)
            case "Ended":
                yield from _confirmed(job, orders, unit, good, produced, equipment)
            case "Aborted":
                yield Finding(
                    "job-aborted",
                    f"{job.receiver} aborted job {job.job_id} of order {', '.join(orders)}."
                    " Decide whether it is started again or the order is cancelled.",
                )
            case "Removed":
                if was in ("Running", "Interrupted"):
                    yield Finding(
                        "job-vanished",
                        f"{job.receiver} lists job {job.job_id} of order {', '.join(orders)} no"
                        " longer, and it was running. Look at the machine for what it made.",
                    )

    return progress


def _confirmed(
    job: JobItem,
    orders: Sequence[str],
    unit: str,
    good: str,
    produced: str,
    equipment: str | None,
) -> Iterator[Said]:
    figures = [_figure(job, name) for name in (good, produced)]
    if len(orders) > 1 or figures[0] is None:
        why = "is for several orders" if len(orders) > 1 else f"says no {good}"
        yield Finding(
            "job-without-figures",
            f"{job.receiver} ended job {job.job_id}, which {why}: {', '.join(orders)}."
            " Confirm by hand what was made.",
        )
        return
    made, all_made = figures[0], figures[1] or figures[0]
    measured = job.units.get(good) or unit
    yield OperationConfirmed(
        order_id=orders[0],
        operation=job.job_id,
        good=Quantity(made, measured),
        scrap=Quantity(max(all_made - made, Decimal(0)), measured),
        equipment=equipment,
        started_at=job.started_at,
        completed_at=job.ended_at or job.at,
    )


def _figure(job: JobItem, name: str) -> Decimal | None:
    value = job.values.get(name)
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        fault = Fault(f"/values/{name}", f"{value!r} is no number")
        raise MappingError(f"job {job.job_id} is not understood", [fault]) from error


def start_job(receiver: str, *, method: Literal["Store", "StoreAndStart"]) -> Outbound:
    """A released order becomes a job of the same name: material, quantity, due time, and the order
    number where OPC 40001-3 wants it. The list of jobs proves it."""

    @outbound(DistributeOrder, proof="state")
    def job(command: DistributeOrder, _: Known) -> Request:
        quantity = command.quantity
        material = {
            "MaterialDefinitionID": command.material_id,
            "MaterialUse": "Produced",
            "Quantity": f"{quantity.amount:f}",
            "EngineeringUnits": quantity.unit,
        }
        numbers = {"ID": "OrderNumbers", "Value": {"type": "String", "value": [command.order_id]}}
        order: dict[str, Any] = {
            "JobOrderID": command.order_id,
            "JobOrderParameters": [numbers],
            "MaterialRequirements": [material],
        }
        if command.due_at is not None:
            order["EndTime"] = command.due_at.isoformat()
        target = f"job {receiver} {method}"
        return Request(target=target, body={"job": order}, names=command.order_id)

    return job


def cancel_job(receiver: str) -> Outbound:
    """Takes a job back that has not begun; one that runs is refused in the receiver's words. Stop
    and Abort are not asked for: a receiver need not have them, and people should decide."""

    @outbound(CancelOrder, proof="state")
    def cancel(command: CancelOrder, _: Known) -> Request:
        body = {"job_id": command.order_id, "comment": command.reason or ""}
        return Request(target=f"job {receiver} Cancel", body=body)

    return cancel
