"""Orders that they give us: OperationsRequest of an OperationsSchedule."""

__all__ = ["Noun", "OrderItem", "RequestBody", "header", "operations_request", "order_said"]

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal, cast, get_args

import msgspec

from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.rows import Requirement, Segment, first, moment, quantity
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.isa95 import RequestState
from andon.model.production import OrderCancelled, OrderChanged, OrderReleased

_PRODUCED = ("Produced", "Material Produced", "Yield Produced")

Noun = Literal["OperationsRequest", "WorkRequest", "JobOrder"]
"""What says the order."""

_PLACE: dict[Noun, str] = {
    "OperationsRequest": "body/SegmentRequirement",
    "WorkRequest": "body/JobOrder",
    "JobOrder": "body",
}
"""Where it says what it makes."""


class RequestBody(msgspec.Struct, frozen=True, kw_only=True):
    """The part of an OperationsRequest we read."""

    id: str = msgspec.field(name="ID")
    end: str | None = msgspec.field(name="EndTime", default=None)
    state: str = msgspec.field(name="RequestState", default="Released")
    other: str = msgspec.field(name="RequestState@OtherValue", default="")
    segments: list[Segment] = msgspec.field(
        name="SegmentRequirement", default_factory=list[Segment]
    )


class OrderItem(msgspec.Struct, frozen=True):
    """The item."""

    document: About
    body: RequestBody

    @property
    def state(self) -> RequestState:
        """How the order stands; a Cancel needs no state."""
        if self.document.verb == "Cancel":
            return "Cancelled"
        if self.body.state not in get_args(RequestState):
            at = "body/RequestState"
            raise MappingError(
                f"Order {self.body.id}: {self.body.state!r} is no RequestState of ISA-95",
                [Fault(at, "no RequestState")],
            )
        return cast("RequestState", self.body.state)


@inbound("OperationsRequest")
def operations_request(item: Item, known: Known) -> Iterator[Said]:
    """Process, Sync and Show release an order once, then change it; Cancel ends it.

    An order first heard of when it is under way was released before we came: it starts nothing.
    """
    return order_said(item.read(OrderItem), known.before(OrderItem), "OperationsRequest")


def order_said(now: OrderItem, before: OrderItem | None, noun: Noun) -> Iterator[Said]:
    """What an order says that it did not say before, whichever noun it came in."""
    was: RequestState = "Forecast" if before is None else before.state
    order_id = now.body.id
    match now.state:
        case "Cancelled" | "Aborted":
            if was not in ("Cancelled", "Aborted"):
                yield OrderCancelled(order_id=order_id, reason=_reason(now))
        case "Forecast" | "Waiting":
            if before is not None and was not in ("Forecast", "Waiting", "Cancelled", "Aborted"):
                yield OrderCancelled(order_id=order_id, reason=f"taken back: {now.state}")
        case "Released" | "Ready":
            yield from _released(now, before, was, noun)
        case "Running" | "Completed" | "Held" | "Suspended" | "Closed":
            yield _read_back(order_id, now.state)
        case "Other":
            text = f"Order {order_id} is in a state of its own there: {now.body.other or 'Other'}"
            yield Finding("other-state", text)


def _released(
    now: OrderItem, before: OrderItem | None, was: RequestState, noun: Noun
) -> Iterator[Said]:
    material_id, planned, due_at = header(now.body, noun)
    order_id = now.body.id
    if was in ("Forecast", "Waiting", "Cancelled", "Aborted"):
        if before is None and now.document.verb == "Change":
            yield Finding(
                "change-without-release", f"Order {order_id} is changed and was never released here"
            )
        yield OrderReleased(
            order_id=order_id, material_id=material_id, planned=planned, due_at=due_at
        )
    elif before is not None and header(before.body, noun) != (material_id, planned, due_at):
        yield OrderChanged(
            order_id=order_id, material_id=material_id, planned=planned, due_at=due_at
        )


def header(
    body: RequestBody, noun: Noun = "OperationsRequest"
) -> tuple[str, Quantity, datetime | None]:
    """What is made, how much, by when: by the first requirement that says Produced."""
    at = f"{noun} {body.id}"
    ends = [body.end, *(one.latest_end for one in reversed(body.segments))]
    due_at = next((moment(end, at) for end in ends if end), None)
    for requirement in _requirements(body.segments):
        material_id = first(requirement.material_definition_id)
        if requirement.material_use in _PRODUCED and material_id:
            planned = quantity(requirement.quantity, f"{at}/{material_id}")
            if planned is not None:
                return material_id, planned, due_at
    raise MappingError(
        f"{at} says of no material and amount that it is {' or '.join(_PRODUCED)}",
        [Fault(_PLACE[noun], "no MaterialRequirement with MaterialUse Produced")],
    )


def _requirements(segments: Sequence[Segment]) -> Iterator[Requirement]:
    for segment in segments:
        yield from segment.materials
        yield from _requirements(segment.children)


def _reason(now: OrderItem) -> str | None:
    said = [one.says for one in now.document.criteria if one.says]
    return "; ".join(said) or None


def _read_back(order_id: str, state: RequestState) -> ReadBack:
    return ReadBack(kind=OrderReleased.KIND, object_id=order_id, holds={"status": state})
