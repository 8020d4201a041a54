"""Our commands as documents. The ids in them are ours, so that answers and reports name them."""

__all__ = [
    "OUTBOUND",
    "allow_use",
    "cancel",
    "change",
    "complete",
    "confirm",
    "create_lot",
    "distribute",
    "place_hold",
    "record_test",
    "release_hold",
    "stop_use",
]

from collections.abc import Iterator
from typing import cast

from andon.connectors.b2mml.nouns import Done, Wanted, performance, schedule
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.shape import Json
from andon.connectors.b2mml.words import PERFORMANCES, SCHEDULES, parts_of
from andon.core.connector import Request
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity, plain
from andon.model.holding import AllowUse, StopUse
from andon.model.inventory import CreateLot
from andon.model.production import (
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
)
from andon.model.quality import PlaceHold, RecordInspection, ReleaseHold, Result


@outbound(DistributeOrder, proof="findable")
def distribute(command: DistributeOrder, known: Known) -> Request:
    """ProcessOperationsSchedule, or ProcessWorkSchedule, with one order of one step."""
    settings = _settings(known)
    return Request(
        target=f"Process{SCHEDULES[settings.nouns]}",
        body=schedule(_wanted(command.order_id, command), settings),
        names=command.order_id,
    )


@outbound(ChangeOrder, proof="findable", local=True)
def change(command: ChangeOrder, known: Known) -> Request:
    """Change with the whole order as it is to be, which is what is changed."""
    settings = _settings(known)
    noun = SCHEDULES[settings.nouns]
    (part,) = parts_of(noun)
    what: Json = {
        "ActionExpression": f"/Change{noun}/DataArea/{noun}/{part}",
        "ActionExpression@actionCode": "Change",
    }
    whole = schedule(_wanted(known.local or command.order_id, command), settings)
    return Request(target=f"Change{noun}", body={"Change": {"ActionCriteria": [what]}, **whole})


@outbound(CancelOrder, proof="findable", local=True)
def cancel(command: CancelOrder, known: Known) -> Request:
    """Cancel of the order; the reason stands in its description."""
    settings = _settings(known)
    order = known.local or command.order_id
    wanted = Wanted(order=order, state="Cancelled", why=command.reason)
    return Request(target=f"Cancel{SCHEDULES[settings.nouns]}", body=schedule(wanted, settings))


@outbound(ConfirmOperation, proof="findable", local=True)
def confirm(command: ConfirmOperation, known: Known) -> Request:
    """ProcessOperationsPerformance, or ProcessWorkPerformance, with one step, for a system that
    books it."""
    settings = _settings(known)
    done = Done(
        order=known.local or command.order_id,
        state="Running",
        step=command.operation,
        asked=True,
        started_at=command.started_at,
        completed_at=command.completed_at,
        used={
            **_equipment(command.equipment),
            "MaterialActual": list(_actuals(command, settings)),
        },
    )
    return _reported(done, settings)


@outbound(CompleteProduction, proof="findable", local=True)
def complete(command: CompleteProduction, known: Known) -> Request:
    """The same that says Completed."""
    settings = _settings(known)
    done = Done(
        order=known.local or command.order_id,
        state="Completed",
        step=settings.segment,
        asked=False,
        completed_at=command.completed_at,
    )
    return _reported(done, settings)


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


@outbound(StopUse, proof="findable", local=True)
def stop_use(command: StopUse, known: Known) -> Request:
    """SyncMaterialLot with Disposition Restricted; its Status is `blocked`, or what becomes of the
    lot once that is decided."""
    return _lot(
        {
            "ID": known.local or command.lot_id,
            "Description": command.reason,
            "Status": command.usage or "blocked",
            "Disposition": "Restricted",
        }
    )


@outbound(AllowUse, proof="findable", local=True)
def allow_use(command: AllowUse, known: Known) -> Request:
    """SyncMaterialLot with Disposition UnRestricted."""
    return _lot(
        {
            "ID": known.local or command.lot_id,
            "Status": "released",
            "Disposition": "UnRestricted",
        }
    )


@outbound(RecordInspection, proof="findable", local=True)
def record_test(command: RecordInspection, known: Known) -> Request:
    """ProcessOperationsTestInformation with one TestResult of what was measured. It decides
    nothing: an EvaluatedCriterionResult is theirs to say."""
    result: Json = {
        "ID": known.local or command.inspection_id,
        "PropertyMeasurement": [_measured(one) for one in command.results],
    }
    return Request(
        target="ProcessOperationsTestInformation",
        body={"OperationsTestInformation": {"TestResult": [result]}},
    )


def _settings(known: Known) -> B2mmlSettings:
    return cast(B2mmlSettings, known.settings)


def _wanted(order: str, command: DistributeOrder | ChangeOrder) -> Wanted:
    made: Json = {
        "ID": "1",
        "MaterialDefinitionID": command.material_id,
        "MaterialUse": "Produced",
        "Quantity": [_amount(command.quantity)],
    }
    return Wanted(order=order, state="Released", due_at=command.due_at, made=made)


def _reported(done: Done, settings: B2mmlSettings) -> Request:
    return Request(
        target=f"Process{PERFORMANCES[settings.nouns]}", body=performance(done, settings)
    )


def _lot(body: Json) -> Request:
    return Request(target="SyncMaterialLot", body={"MaterialLot": [body]})


def _measured(result: Result) -> Json:
    """A figure in the unit of the plan, or whether it conforms."""
    if result.measured is None:
        value = {"ValueString": str(bool(result.conforms)).lower(), "DataType": "boolean"}
    else:
        value = {"ValueString": plain(result.measured), "DataType": "decimal"}
    return {"ID": result.characteristic, "Value": [value]}


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


OUTBOUND: tuple[Outbound, ...] = (
    distribute,
    change,
    cancel,
    confirm,
    complete,
    create_lot,
    place_hold,
    release_hold,
    stop_use,
    allow_use,
    record_test,
)
