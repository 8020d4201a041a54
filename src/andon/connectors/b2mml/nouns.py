"""Orders and reports as the settings want them: in the nouns of operations, or in those of work."""

__all__ = ["Done", "Wanted", "performance", "schedule", "time"]

from datetime import UTC, datetime
from typing import Any

import msgspec

from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.shape import Json
from andon.connectors.b2mml.words import PERFORMANCES, SCHEDULES


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one order of one step."""

    order: str
    state: str
    why: str | None = None
    due_at: datetime | None = None
    made: Json | None = None
    """The MaterialRequirement of what is to be made."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one step that is done."""

    order: str
    state: str
    """The order's; the step is completed."""
    step: str
    asked: bool
    """Whether the order has a step of this name."""
    started_at: datetime | None = None
    completed_at: datetime | None = None
    used: Json = msgspec.field(default_factory=dict[str, Any])
    """EquipmentActual and MaterialActual."""


def schedule(wanted: Wanted, settings: B2mmlSettings) -> Json:
    """The noun under its name, in the order of the schema."""
    match settings.nouns:
        case "operations":
            part: Json = {"OperationsRequest": [_operations_request(wanted, settings.segment)]}
        case "work":
            part = {"WorkRequest": [_work_request(wanted, settings.segment)]}
    return {SCHEDULES[settings.nouns]: {"ID": wanted.order, **part}}


def performance(done: Done, settings: B2mmlSettings) -> Json:
    """The noun under its name, in the order of the schema."""
    match settings.nouns:
        case "operations":
            part: Json = {"OperationsResponse": [_operations_response(done)]}
        case "work":  # it must name a schedule; ours have the order's id
            part = {"WorkScheduleID": done.order, "WorkResponse": [_work_response(done)]}
    return {PERFORMANCES[settings.nouns]: {"ID": done.order, **part}}


def time(at: datetime) -> str:
    """As the schema writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _operations_request(wanted: Wanted, step: str) -> Json:
    """The schema wants all of these ids."""
    made = wanted.made
    segment: Json = {
        "ID": step,
        "ProcessSegmentID": step,
        "OperationsDefinitionID": step,
        "OperationsSegmentID": step,
        **_materials(wanted),
    }
    return {
        "ID": wanted.order,
        **_why(wanted),
        **_when("EndTime", wanted.due_at),
        **({} if made is None else {"OperationsType": "Production"}),
        "RequestState": wanted.state,
        "SegmentRequirement": [segment],
    }


def _work_request(wanted: Wanted, step: str) -> Json:
    """Its job has the order's id, too: a JobResponse that comes alone names no other."""
    return {
        "ID": wanted.order,
        **_why(wanted),
        "WorkType": "Production",
        **_when("EndTime", wanted.due_at),
        "RequestState": wanted.state,
        "JobOrder": [{"ID": wanted.order, "WorkMasterID": step, **_materials(wanted)}],
    }


def _operations_response(done: Done) -> Json:
    segment: Json = {
        "ID": done.step,
        **_when("ActualStartTime", done.started_at),
        **_when("ActualEndTime", done.completed_at),
        **({"SegmentRequirementID": done.step} if done.asked else {}),
        "SegmentState": "Completed",
        **done.used,
    }
    return {
        "ID": done.order,
        "OperationsRequestID": done.order,
        "ResponseState": done.state,
        "SegmentResponse": [segment],
    }


def _work_response(done: Done) -> Json:
    job: Json = {
        "ID": done.step,
        **_when("StartTime", done.started_at),
        **_when("EndTime", done.completed_at),
        **({"JobOrderID": done.step} if done.asked else {}),
        "JobState": "Completed",
        **done.used,
    }
    return {
        "ID": done.order,
        "WorkRequestID": done.order,
        "ResponseState": done.state,
        "JobResponse": [job],
    }


def _why(wanted: Wanted) -> Json:
    return {"Description": wanted.why} if wanted.why else {}


def _when(name: str, at: datetime | None) -> Json:
    return {} if at is None else {name: time(at)}


def _materials(wanted: Wanted) -> Json:
    return {} if wanted.made is None else {"MaterialRequirement": [wanted.made]}
