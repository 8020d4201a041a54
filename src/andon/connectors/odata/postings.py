"""Our commands as calls of S/4HANA, and what proves each one.

The proofs need their `actions` in the settings; the README has them ready to copy.
"""

__all__ = [
    "POSTINGS",
    "complete_production",
    "confirm_operation",
    "document_of",
    "issue_lots",
    "local_name",
    "place_of",
    "receive_output",
    "release_production",
    "reschedule_order",
]

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.values import literal
from andon.core.connector import Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity
from andon.model.planning import RescheduleOrder
from andon.model.production import (
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    ReceiveOutput,
    ReleaseOrder,
    amounts_of,
)


@outbound(ConfirmOperation, proof="findable", local=True)
def confirm_operation(command: ConfirmOperation, known: Known) -> Request:
    """A final confirmation of one operation, with what it made and spoiled."""
    if command.good.unit != command.scrap.unit:
        says = f"SAP confirms in one unit: {command.good} good, {command.scrap} scrap"
        raise MappingError(says, [Fault("/scrap/unit", says)])
    body: dict[str, Any] = {
        "OrderID": known.local,
        "OrderOperation": command.operation,
        "ConfirmationYieldQuantity": command.good.amount,
        "ConfirmationScrapQuantity": command.scrap.amount,
        "ConfirmationUnit": command.good.unit,
        "FinalConfirmationType": "X",
        "IsFinalConfirmation": True,
    }
    for part, at in (("Start", command.started_at), ("End", command.completed_at)):
        if at is not None:
            here = _here(at, known)
            body[f"ConfirmedExecution{part}Date"] = here.date()
            body[f"ConfirmedExecution{part}Time"] = here.time().replace(microsecond=0)
    return Request(target="POST ProdnOrdConf2", body=body)


@outbound(ReceiveOutput, proof="findable", local=True)
def receive_output(command: ReceiveOutput, known: Known) -> Request:
    """A goods receipt for the order, movement type 101: in stock at once, and what has a lot in
    inspection stock where the settings say so."""
    inspected = cast(ODataSettings, known.settings).receives_into == "inspection"
    item = {
        **place_of(known),
        "Material": command.material_id,
        "Batch": local_name(command.lot_id or ""),
        "GoodsMovementType": "101",
        "GoodsMovementRefDocType": "F",
        "ManufacturingOrder": known.local,
        "ManufacturingOrderItem": "1",
        "QuantityInEntryUnit": command.good.amount,
        "EntryUnit": command.good.unit,
        **({"InventoryUsabilityCode": "X"} if inspected and command.lot_id else {}),
    }
    return document_of("02", [item])


@outbound(AssignLots, proof="findable", local=True)
def issue_lots(command: AssignLots, known: Known) -> Request:
    """A goods issue to the order, movement type 261. In SAP a lot is assigned by taking from it,
    so each component says how much."""
    return document_of("03", [_issue(*one, known) for one in amounts_of(command.components)])


@outbound(CompleteProduction, proof="state", local=True)
def complete_production(_: CompleteProduction, known: Known) -> Request:
    """Technically completed."""
    return Request(target=f"POST TechlyCmpltOrder?ManufacturingOrder={literal(known.local)}")


@outbound(ReleaseOrder, proof="state", local=True)
def release_production(_: ReleaseOrder, known: Known) -> Request:
    """Released; an order that is released already stays so."""
    return Request(target=f"POST ReleaseOrder?ManufacturingOrder={literal(known.local)}")


@outbound(RescheduleOrder, proof="state", local=True)
def reschedule_order(command: RescheduleOrder, known: Known) -> Request:
    """The end of the order as it is expected now, in the plant's time."""
    ends = _here(command.ends_at, known)
    return Request(
        target=f"MERGE A_ProductionOrder_2({literal(known.local)})",
        body={
            "MfgOrderScheduledEndDate": ends.date(),
            "MfgOrderScheduledEndTime": ends.time().replace(microsecond=0),
        },
    )


def _issue(part: ComponentLot, amount: Quantity, known: Known) -> dict[str, Any]:
    return {
        **place_of(known),
        "Material": part.material_id,
        "Batch": local_name(part.lot_id),
        "GoodsMovementType": "261",
        "ManufacturingOrder": known.local,
        "QuantityInEntryUnit": amount.amount,
        "EntryUnit": amount.unit,
    }


def document_of(code: str, items: list[dict[str, Any]]) -> Request:
    """A material document of these items, all or none of them."""
    body = {"GoodsMovementCode": code, "to_MaterialDocumentItem": items}
    return Request(target="POST A_MaterialDocumentHeader", body=body)


def place_of(known: Known) -> dict[str, str]:
    """Plant and storage location, as far as the settings name them."""
    settings = cast(ODataSettings, known.settings)
    place = {"Plant": settings.plant, "StorageLocation": settings.storage_location}
    return {name: value for name, value in place.items() if value}


def _here(at: datetime, known: Known) -> datetime:
    return at.astimezone(ZoneInfo(cast(ODataSettings, known.settings).time_zone))


def local_name(name: str) -> str:
    """The id inside a full name such as `material-lot/mes:L77`; another id as it is."""
    kind, _, rest = name.partition("/")
    return rest.partition(":")[2] if kind == "material-lot" and ":" in rest else name


POSTINGS: tuple[Outbound, ...] = (
    confirm_operation,
    issue_lots,
    receive_output,
    complete_production,
    release_production,
    reschedule_order,
)
"""In the order of a posting."""
