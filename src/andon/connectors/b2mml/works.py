"""Orders that they dispatch: WorkRequest of a WorkSchedule, JobOrder of a JobList."""

__all__ = ["JobBody", "JobOrderItem", "WorkBody", "WorkItem", "job_order", "work_request"]

from collections.abc import Iterator, Sequence
from typing import cast, get_args

import msgspec

from andon.connectors.b2mml.document import About
from andon.connectors.b2mml.rows import Requirement, Segment
from andon.connectors.b2mml.schedules import OrderItem, RequestBody, order_said
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Said, inbound
from andon.model.isa95 import DispatchStatus, JobOrderCommand, RequestState

_PLANNED = {"Forecast", "Waiting"}
_BEFORE = {*_PLANNED, "Released", "Ready"}
_ENDED = {"Cancelled", "Aborted"}


class JobBody(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a JobOrder we read."""

    id: str = msgspec.field(name="ID")
    end: str | None = msgspec.field(name="EndTime", default=None)
    command: str = msgspec.field(name="Command", default="Start")
    status: str = msgspec.field(name="DispatchStatus", default="Dispatched")
    other: str = msgspec.field(name="DispatchStatus@OtherValue", default="")
    materials: list[Requirement] = msgspec.field(
        name="MaterialRequirement", default_factory=list[Requirement]
    )

    def state(self, at: str) -> RequestState:
        """What it is told to do says more than how it stood when it was told."""
        status = _status(self, f"{at}/DispatchStatus")
        match _command(self, f"{at}/Command"):
            case "Stop" | "Abort":
                return "Aborted"
            case "Hold" | "Pause":
                return "Held"
            case "Start" | "Restart" | "Resume" | "Reset":
                return status
            case "Other":
                return "Other"

    @property
    def segment(self) -> Segment:
        """The same as a step of an order."""
        return Segment(id=self.id, latest_end=self.end, materials=self.materials)


class WorkBody(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a WorkRequest we read."""

    id: str = msgspec.field(name="ID")
    end: str | None = msgspec.field(name="EndTime", default=None)
    state: str = msgspec.field(name="RequestState", default="")
    other: str = msgspec.field(name="RequestState@OtherValue", default="")
    jobs: list[JobBody] = msgspec.field(name="JobOrder", default_factory=list[JobBody])
    children: "list[WorkBody]" = msgspec.field(
        name="WorkRequestChild", default_factory=list["WorkBody"]
    )

    @property
    def request(self) -> RequestBody:
        """The same as an OperationsRequest says it; without a state it stands as its jobs do."""
        jobs = list(_jobs([self]))
        return RequestBody(
            id=self.id,
            end=self.end,
            state=self.state or _together([one.state("body/JobOrder") for one in jobs]),
            other=self.other or next((one.other for one in jobs if one.other), ""),
            segments=[one.segment for one in jobs],
        )


class WorkItem(msgspec.Struct, frozen=True):
    """The item of a WorkRequest."""

    document: About
    body: WorkBody

    @property
    def order(self) -> OrderItem:
        """The order it is."""
        return OrderItem(self.document, self.body.request)


class JobOrderItem(msgspec.Struct, frozen=True):
    """The item of a JobOrder that came without a work request."""

    document: About
    body: JobBody

    @property
    def order(self) -> OrderItem:
        """The order it is."""
        job = self.body
        state = job.state("body")
        request = RequestBody(
            id=job.id, end=job.end, state=state, other=job.other, segments=[job.segment]
        )
        return OrderItem(self.document, request)


@inbound("WorkRequest")
def work_request(item: Item, known: Known) -> Iterator[Said]:
    """An order under its own id, which is what a WorkResponse names; its jobs are its steps."""
    before = known.before(WorkItem)
    return order_said(item.read(WorkItem).order, before and before.order, "WorkRequest")


@inbound("JobOrder")
def job_order(item: Item, known: Known) -> Iterator[Said]:
    """A job of a list stands for itself: its id is the order's, as in a JobResponse."""
    before = known.before(JobOrderItem)
    return order_said(item.read(JobOrderItem).order, before and before.order, "JobOrder")


def _jobs(requests: Sequence[WorkBody]) -> Iterator[JobBody]:
    for one in requests:
        yield from one.jobs
        yield from _jobs(one.children)


def _together(states: Sequence[RequestState]) -> RequestState:
    """One job that is free to begin releases the order; one that has begun means that it runs."""
    left = {one for one in states if one not in _ENDED} or set(states) or {"Released"}
    if "Other" in left:
        return "Other"
    if len(left) == 1:
        return cast("RequestState", left.pop())
    return "Released" if left <= _BEFORE else "Running"


def _status(job: JobBody, at: str) -> RequestState:
    if job.status not in get_args(DispatchStatus):
        raise _unknown(job, at, job.status, "DispatchStatus")
    match cast("DispatchStatus", job.status):
        case "Pending":
            return "Waiting"
        case "Dispatched":
            return "Released"
        case status:
            return status


def _command(job: JobBody, at: str) -> JobOrderCommand:
    if job.command not in get_args(JobOrderCommand):
        raise _unknown(job, at, job.command, "Command")
    return cast("JobOrderCommand", job.command)


def _unknown(job: JobBody, at: str, said: str, what: str) -> MappingError:
    return MappingError(
        f"Job order {job.id}: {said!r} is no {what} of ISA-95", [Fault(at, f"no {what}")]
    )
