"""What they made: OperationsResponse and its segments, WorkResponse and its jobs."""

__all__ = [
    "Done",
    "JobItem",
    "Response",
    "ResponseItem",
    "job_response",
    "operations_response",
    "work_response",
]

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import cast

import msgspec

from andon.connectors.b2mml.rows import (
    Actual,
    Data,
    EquipmentUsed,
    Many,
    first,
    moment,
    quantity,
)
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Finding, ReadBack, claim
from andon.core.quantity import Quantity
from andon.model.production import (
    ComponentLot,
    OperationConfirmed,
    OrderCompleted,
    OrderEvent,
    OrderStarted,
)

_PRODUCED = ("Produced", "Material Produced", "Yield Produced")
_CONSUMED = ("Consumed", "Material Consumed", "Consumable")


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """A SegmentResponse or a JobResponse."""

    id: str = msgspec.field(name="ID", default="")
    segment: Many = msgspec.field(name="SegmentRequirementID", default=None)
    process: Many = msgspec.field(name="ProcessSegmentID", default=None)
    job_order: str = msgspec.field(name="JobOrderID", default="")
    started: str | None = msgspec.field(name="ActualStartTime", default=None)
    ended: str | None = msgspec.field(name="ActualEndTime", default=None)
    begin: str | None = msgspec.field(name="StartTime", default=None)
    end: str | None = msgspec.field(name="EndTime", default=None)
    state: str = msgspec.field(name="SegmentState", default="")
    job_state: str = msgspec.field(name="JobState", default="")
    data: list[Data] = msgspec.field(name="SegmentData", default_factory=list[Data])
    job_data: list[Data] = msgspec.field(name="JobResponseData", default_factory=list[Data])
    equipment: list[EquipmentUsed] = msgspec.field(
        name="EquipmentActual", default_factory=list[EquipmentUsed]
    )
    materials: list[Actual] = msgspec.field(name="MaterialActual", default_factory=list[Actual])
    children: "list[Done]" = msgspec.field(
        name="SegmentResponseChild", default_factory=list["Done"]
    )

    @property
    def operation(self) -> str:
        """By what the order calls it, else by what they call it."""
        return self.job_order or first(self.segment) or first(self.process) or self.id

    @property
    def status(self) -> str:
        """How it stands."""
        return self.state or self.job_state

    def named(self, name: str) -> Quantity | None:
        """A piece of data that is an amount."""
        for one in (*self.data, *self.job_data):
            if one.id == name:
                return one.amount(self.operation)
        return None


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An OperationsResponse or a WorkResponse."""

    id: str = msgspec.field(name="ID", default="")
    request: Many = msgspec.field(name="OperationsRequestID", default=None)
    work_request: str = msgspec.field(name="WorkRequestID", default="")
    start: str | None = msgspec.field(name="StartTime", default=None)
    end: str | None = msgspec.field(name="EndTime", default=None)
    state: str = msgspec.field(name="ResponseState", default="")
    segments: list[Done] = msgspec.field(name="SegmentResponse", default_factory=list[Done])
    jobs: list[Done] = msgspec.field(name="JobResponse", default_factory=list[Done])
    children: "list[Response]" = msgspec.field(
        name="WorkResponseChild", default_factory=list["Response"]
    )

    @property
    def all_jobs(self) -> list[Done]:
        """Its own, then those of its parts."""
        return [*self.jobs, *(job for part in self.children for job in part.all_jobs)]


class ResponseItem(msgspec.Struct, frozen=True):
    """The item."""

    body: Response


class JobItem(msgspec.Struct, frozen=True):
    """A job response that came without its work response."""

    body: Done


@inbound("OperationsResponse")
def operations_response(item: Item, known: Known) -> Iterator[Said]:
    """Every segment with an amount is a confirmation; a completed response completes the order."""
    body = item.read(ResponseItem).body
    settings = cast(B2mmlSettings, known.settings)
    return _reported(body, body.segments, first(body.request), settings, "OperationsRequestID")


@inbound("WorkResponse")
def work_response(item: Item, known: Known) -> Iterator[Said]:
    """The same of a work order and its jobs."""
    body = item.read(ResponseItem).body
    settings = cast(B2mmlSettings, known.settings)
    return _reported(body, body.all_jobs, body.work_request, settings, "WorkRequestID")


@inbound("JobResponse")
def job_response(item: Item, known: Known) -> Iterator[Said]:
    """A job alone does not say of which order it is: that is its job order's id."""
    body = item.read(JobItem).body
    if not body.job_order:
        raise MappingError(
            f"Job response {body.id} does not say to which job order it belongs",
            [Fault("body/JobOrderID", "missing")],
        )
    yield from _confirmed([body], body.job_order, cast(B2mmlSettings, known.settings))


def _reported(
    body: Response, done: Sequence[Done], order_id: str, settings: B2mmlSettings, place: str
) -> Iterator[Said]:
    if not order_id:
        raise MappingError(
            f"Response {body.id} does not say to which request it belongs",
            [Fault(f"body/{place}", "missing")],
        )
    parts = list(_flat(done))
    said = list(_confirmed(parts, order_id, settings))
    yield from said
    match body.state:
        case "Completed" | "Closed":
            yield from _completed(body, parts, order_id, settings)
        case "Running" if not said:
            yield OrderStarted(order_id=order_id, started_at=moment(body.start, "StartTime"))
        case "" | "Waiting" | "Ready" | "Running":
            return
        case "Aborted" | "Held" | "Paused" | "Suspended":
            state = "Suspended" if body.state == "Paused" else body.state
            yield _read_back(order_id, status=state)
        case _:
            yield Finding("other-state", f"Order {order_id} stands as {body.state!r} there")


def _confirmed(parts: Sequence[Done], order_id: str, settings: B2mmlSettings) -> Iterator[Said]:
    for part in parts:
        good, scrap = _made(part, settings)
        if good is None and scrap is None:
            continue
        unit = (good or scrap or Quantity(Decimal(0), "")).unit
        ended = part.status in ("", "Completed", "Closed")
        yield OperationConfirmed(
            order_id=order_id,
            operation=part.operation,
            good=good or Quantity(Decimal(0), unit),
            scrap=scrap or Quantity(Decimal(0), unit),
            equipment=next((n for one in part.equipment if (n := first(one.equipment))), None),
            started_at=moment(part.started or part.begin, part.operation),
            completed_at=moment(part.ended or part.end, part.operation) if ended else None,
            consumed=tuple(_consumed(part)),
        )


def _completed(
    body: Response, parts: Sequence[Done], order_id: str, settings: B2mmlSettings
) -> Iterator[Said]:
    """What the last segment that made anything made is what came of the order."""
    made = [(part, *_made(part, settings)) for part in parts]
    last = next((one for one in reversed(made) if one[1] is not None), None)
    ordered = next((one for part in parts if (one := part.named(settings.ordered))), None)
    if last is None or last[1] is None or ordered is None:
        yield _read_back(order_id, status="Completed")
        yield Finding(
            "completed-without-figures",
            f"Order {order_id} is completed there, but not what was ordered and made of it. Have"
            f" it said as SegmentData {settings.ordered} and MaterialActual Produced.",
        )
        return
    good, zero = last[1], Quantity(Decimal(0), last[1].unit)
    scrap = sum((one for _, _, one in made if one is not None), zero)
    actual = next(one for one in last[0].materials if one.use in _PRODUCED)
    more = good.amount - ordered.amount if good.unit == ordered.unit else Decimal(0)
    yield OrderCompleted(
        order_id=order_id,
        material_id=first(actual.material),
        ordered=ordered,
        good=good,
        scrap=scrap,
        over=Quantity(max(more, Decimal(0)), good.unit),
        lot_id=first(actual.lot) or None,
        started_at=moment(body.start, "StartTime"),
        completed_at=moment(body.end or last[0].ended, "EndTime"),
    )


def _made(part: Done, settings: B2mmlSettings) -> tuple[Quantity | None, Quantity | None]:
    """Good and scrap, each summed; None where nothing is said of it."""
    good: Quantity | None = None
    scrap = part.named(settings.scrap)
    for one in part.materials:
        amount = quantity(one.quantity, f"{part.operation}/{one.id}")
        if amount is None:
            continue
        if one.use in _PRODUCED:
            good = amount if good is None else _sum(good, amount, part.operation)
        elif one.use == "Other" and one.other == settings.scrap:
            scrap = amount if scrap is None else _sum(scrap, amount, part.operation)
    return good, scrap


def _consumed(part: Done) -> Iterator[ComponentLot]:
    for one in part.materials:
        if one.use in _CONSUMED and first(one.material) and first(one.lot):
            yield ComponentLot(
                material_id=first(one.material),
                lot_id=first(one.lot),
                quantity=quantity(one.quantity, f"{part.operation}/{one.id}"),
            )


def _flat(parts: Sequence[Done]) -> Iterator[Done]:
    for part in parts:
        yield part
        yield from _flat(part.children)


def _sum(one: Quantity, other: Quantity, at: str) -> Quantity:
    try:
        return one + other
    except ValueError as error:
        raise MappingError(f"{at}: {error}", [Fault(at, "two units")]) from error


def _read_back(order_id: str, **holds: str | Quantity) -> ReadBack:
    said = {name: claim(value) for name, value in holds.items()}
    return ReadBack(kind=OrderEvent.KIND, object_id=order_id, holds=said)
