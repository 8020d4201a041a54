"""Our commands as IDocs: confirmations as CONF32, goods movements as MBGMCR03 or WMMBID02."""

__all__ = [
    "POSTINGS",
    "confirm_operation",
    "issue_goods",
    "issue_lots",
    "post_transfer",
    "receive_goods",
    "receive_output",
]

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors.idoc.deliveries import post_goods_issue
from andon.connectors.idoc.movements import Movement, movement, place_of
from andon.connectors.idoc.numbers import padded
from andon.connectors.idoc.settings import IdocSettings
from andon.connectors.idoc.writing import TODAY
from andon.core.connector import Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity
from andon.model.inventory import IssueGoods, PostTransfer, ReceiveGoods
from andon.model.production import (
    AssignLots,
    ComponentLot,
    ConfirmOperation,
    ReceiveOutput,
    amounts_of,
)


@outbound(ConfirmOperation, proof="findable", local=True)
def confirm_operation(command: ConfirmOperation, known: Known) -> Request:
    """A final confirmation of one operation, with what it made and spoiled."""
    if command.good.unit != command.scrap.unit:
        says = f"SAP confirms in one unit: {command.good} good, {command.scrap} scrap"
        raise MappingError(says, [Fault("/scrap/unit", says)])
    fields: dict[str, Any] = {
        "SATZA": "L40",  # a time ticket that ends the operation
        "AUFNR": padded(known.local, 12),
        "VORNR": padded(command.operation, 4),
        "LMNGA": command.good.amount,
        "XMNGA": command.scrap.amount,
        "MEINH": command.good.unit,
        "AUERU": "X",
        "BUDAT": TODAY,
    }
    for letter, at in (("S", command.started_at), ("E", command.completed_at)):
        if at is not None:
            here = _here(at, known)
            fields[f"I{letter}DD"] = here.date()
            fields[f"I{letter}DZ"] = here.time().replace(microsecond=0, tzinfo=None)
    return Request(target="CONF32", body={"EDI_DC40": {"MESTYP": "CONF32"}, "E1CONF3": [fields]})


@outbound(ReceiveOutput, proof="findable", local=True)
def receive_output(command: ReceiveOutput, known: Known) -> Request:
    """A goods receipt for the order, movement type 101."""
    line = Movement(
        kind="101",
        material=padded(command.material_id, 18),
        **place_of(known),
        batch=_local(command.lot_id or ""),
        amount=command.good.amount,
        unit=command.good.unit,
        order=padded(known.local, 12),
        for_order="F",
    )
    return movement("02", [line], known)


@outbound(AssignLots, proof="findable", local=True)
def issue_lots(command: AssignLots, known: Known) -> Request:
    """A goods issue to the order, movement type 261. In SAP a lot is assigned by taking from it,
    so each component says how much."""
    lines = [_issue(*one, known) for one in amounts_of(command.components)]
    return movement("03", lines, known)


@outbound(IssueGoods, proof="findable", local=True)
def issue_goods(command: IssueGoods, known: Known) -> Request:
    """A goods issue to a cost center, movement type 201."""
    line = _of_lot(command, known, kind="201", store=command.location)
    center = padded(command.cost_center, 10)
    return movement("03", [msgspec.structs.replace(line, cost_center=center)], known)


@outbound(ReceiveGoods, proof="findable", local=True)
def receive_goods(command: ReceiveGoods, known: Known) -> Request:
    """A goods receipt for no order, movement type 501."""
    return movement("05", [_of_lot(command, known, kind="501", store=command.location)], known)


@outbound(PostTransfer, proof="findable", local=True)
def post_transfer(command: PostTransfer, known: Known) -> Request:
    """From one storage location of the plant to another: movement type 311, of blocked stock 325.
    Where no status is said it is 311, and SAP refuses what it does not have as unrestricted."""
    kind = "325" if command.status == "blocked" else "311"
    line = _of_lot(command, known, kind=kind, store=command.origin)
    return movement("04", [msgspec.structs.replace(line, to=command.destination)], known)


def _of_lot(
    command: IssueGoods | ReceiveGoods | PostTransfer, known: Known, *, kind: str, store: str
) -> Movement:
    return Movement(
        kind=kind,
        material=padded(command.material_id, 18),
        plant=place_of(known)["plant"],
        store=store,
        batch=known.local,
        amount=command.quantity.amount,
        unit=command.quantity.unit,
    )


def _issue(part: ComponentLot, amount: Quantity, known: Known) -> Movement:
    return Movement(
        kind="261",
        material=padded(part.material_id, 18),
        **place_of(known),
        batch=_local(part.lot_id),
        amount=amount.amount,
        unit=amount.unit,
        order=padded(known.local, 12),
    )


def _here(at: datetime, known: Known) -> datetime:
    return at.astimezone(ZoneInfo(cast("IdocSettings", known.settings).time_zone))


def _local(name: str) -> str:
    """The id inside a full name such as `material-lot/mes:L77`; another id as it is."""
    kind, _, rest = name.partition("/")
    return rest.partition(":")[2] if kind == "material-lot" and ":" in rest else name


POSTINGS: tuple[Outbound, ...] = (
    confirm_operation,
    issue_lots,
    receive_output,
    issue_goods,
    receive_goods,
    post_transfer,
    post_goods_issue,
)
"""What SAP is asked to post."""
