"""Our commands as documents. The ids in them are ours, so that answers and reports name them."""

__all__ = [
    "OUTBOUND",
    "cancel",
    "change",
    "complete",
    "confirm",
    "create_lot",
    "distribute",
    "place_hold",
    "release_hold",
]

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import cast

from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.shape import Json
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity, plain
from andon.model.inventory import CreateLot
from andon.model.production import (
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
)
from andon.model.quality import PlaceHold, ReleaseHold


@outbound(DistributeOrder, proof="findable")
def distribute(command: DistributeOrder, known: Known) -> Request:
    """ProcessOperationsSchedule with one order of one segment."""
    return Request(
        target="ProcessOperationsSchedule",
        body={"OperationsSchedule": _schedule(command.order_id, command, known)},
        names=command.order_id,
    )


@outbound(ChangeOrder, proof="findable", local=True)
def change(command: ChangeOrder, known: Known) -> Request:
    """ChangeOperationsSchedule with the whole order as it is to be, which is what is changed."""
    order = known.local or command.order_id
    at = "/ChangeOperationsSchedule/DataArea/OperationsSchedule/OperationsRequest"
    what: Json = {"ActionExpression": at, "ActionExpression@actionCode": "Change"}
    return Request(
        target="ChangeOperationsSchedule",
        body={
            "Change": {"ActionCriteria": [what]},
            "OperationsSchedule": _schedule(order, command, known),
        },
    )


@outbound(CancelOrder, proof="findable", local=True)
def cancel(command: CancelOrder, known: Known) -> Request:
    """CancelOperationsSchedule of the order; the reason stands in its description."""
    order = known.local or command.order_id
    why: Json = {"Description": command.reason} if command.reason else {}
    request: Json = {
        "ID": order,
        **why,
        "RequestState": "Cancelled",
        "SegmentRequirement": [_segment(known)],
    }
    body: Json = {"ID": order, "OperationsRequest": [request]}
    return Request(target="CancelOperationsSchedule", body={"OperationsSchedule": body})


@outbound(ConfirmOperation, proof="findable", local=True)
def confirm(command: ConfirmOperation, known: Known) -> Request:
    """ProcessOperationsPerformance with one segment, for a system that books it."""
    settings = cast(B2mmlSettings, known.settings)
    start, end = command.started_at, command.completed_at
    segment: Json = {
        "ID": command.operation,
        **({} if start is None else {"ActualStartTime": _time(start)}),
        **({} if end is None else {"ActualEndTime": _time(end)}),
        "SegmentRequirementID": command.operation,
        "SegmentState": "Completed",
        **_equipment(command.equipment),
        "MaterialActual": list(_actuals(command, settings)),
    }
    return _performance(known.local or command.order_id, "Running", segment)


@outbound(CompleteProduction, proof="findable", local=True)
def complete(command: CompleteProduction, known: Known) -> Request:
    """ProcessOperationsPerformance that says Completed."""
    end = command.completed_at
    segment: Json = {
        "ID": cast(B2mmlSettings, known.settings).segment,
        **({} if end is None else {"ActualEndTime": _time(end)}),
        "SegmentState": "Completed",
    }
    return _performance(known.local or command.order_id, "Completed", segment)


@outbound(CreateLot, proof="findable")
def create_lot(command: CreateLot, _: Known) -> Request:
    """SyncMaterialLot."""
    return _lot({"ID": command.lot_id, "MaterialDefinitionID": command.material_id})


@outbound(PlaceHold, proof="findable", local=True)
def place_hold(command: PlaceHold, known: Known) -> Request:
    """SyncMaterialLot with Disposition Restricted; the reason is its Status."""
    return _lot(
        {
            "ID": known.local or command.lot_id,
            "Status": command.reason,
            "Disposition": "Restricted",
        }
    )


@outbound(ReleaseHold, proof="findable", local=True)
def release_hold(command: ReleaseHold, known: Known) -> Request:
    """SyncMaterialLot with Disposition UnRestricted."""
    return _lot({"ID": known.local or command.lot_id, "Disposition": "UnRestricted"})


def _schedule(order: str, command: DistributeOrder | ChangeOrder, known: Known) -> Json:
    made: Json = {
        "ID": "1",
        "MaterialDefinitionID": command.material_id,
        "MaterialUse": "Produced",
        "Quantity": [_amount(command.quantity)],
    }
    request: Json = {
        "ID": order,
        **({} if command.due_at is None else {"EndTime": _time(command.due_at)}),
        "OperationsType": "Production",
        "RequestState": "Released",
        "SegmentRequirement": [{**_segment(known), "MaterialRequirement": [made]}],
    }
    return {"ID": order, "OperationsRequest": [request]}


def _lot(body: Json) -> Request:
    return Request(target="SyncMaterialLot", body={"MaterialLot": [body]})


def _performance(order: str, state: str, segment: Json) -> Request:
    response: Json = {
        "ID": order,
        "OperationsRequestID": order,
        "ResponseState": state,
        "SegmentResponse": [segment],
    }
    body: Json = {"ID": order, "OperationsResponse": [response]}
    return Request(target="ProcessOperationsPerformance", body={"OperationsPerformance": body})


def _segment(known: Known) -> Json:
    """The schema wants all of these ids."""
    name = cast(B2mmlSettings, known.settings).segment
    return {
        "ID": name,
        "ProcessSegmentID": name,
        "OperationsDefinitionID": name,
        "OperationsSegmentID": name,
    }


def _actuals(command: ConfirmOperation, settings: B2mmlSettings) -> Iterator[Json]:
    yield {"ID": "good", "MaterialUse": "Produced", "Quantity": [_amount(command.good)]}
    if command.scrap.amount:
        yield {
            "ID": "scrap",
            "MaterialUse": "Other",
            "MaterialUse@OtherValue": settings.scrap,
            "Quantity": [_amount(command.scrap)],
        }


def _equipment(name: str | None) -> Json:
    return {} if name is None else {"EquipmentActual": [{"ID": "1", "EquipmentID": name}]}


def _amount(amount: Quantity) -> Json:
    return {
        "QuantityString": plain(amount.amount),
        "DataType": "decimal",
        "UnitOfMeasure": amount.unit,
    }


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


OUTBOUND: tuple[Outbound, ...] = (
    distribute,
    change,
    cancel,
    confirm,
    complete,
    create_lot,
    place_hold,
    release_hold,
)
