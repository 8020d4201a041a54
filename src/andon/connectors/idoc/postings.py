"""Our commands as IDocs: confirmations as CONF32, goods movements as MBGMCR03."""

__all__ = ["POSTINGS", "confirm_operation", "issue_lots", "receive_output"]

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from andon.connectors.idoc.numbers import padded
from andon.connectors.idoc.settings import IdocSettings
from andon.connectors.idoc.writing import TODAY
from andon.core.connector import Request
from andon.core.errors import Fault, MappingError
from andon.core.mapping import Known, Outbound, outbound
from andon.core.quantity import Quantity
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
    line = {
        "MATERIAL": padded(command.material_id, 18),
        **_place(known),
        "BATCH": _local(command.lot_id or ""),
        "MOVE_TYPE": "101",
        "ENTRY_QNT": command.good.amount,
        "ENTRY_UOM": command.good.unit,
        "ORDERID": padded(known.local, 12),
        "MVT_IND": "F",
    }
    return _movement("02", [line])


@outbound(AssignLots, proof="findable", local=True)
def issue_lots(command: AssignLots, known: Known) -> Request:
    """A goods issue to the order, movement type 261. In SAP a lot is assigned by taking from it,
    so each component says how much."""
    return _movement("03", [_issue(*one, known) for one in amounts_of(command.components)])


def _issue(part: ComponentLot, amount: Quantity, known: Known) -> dict[str, Any]:
    return {
        "MATERIAL": padded(part.material_id, 18),
        **_place(known),
        "BATCH": _local(part.lot_id),
        "MOVE_TYPE": "261",
        "ENTRY_QNT": amount.amount,
        "ENTRY_UOM": amount.unit,
        "ORDERID": padded(known.local, 12),
    }


def _movement(code: str, lines: list[dict[str, Any]]) -> Request:
    """One document: all lines are posted, or none."""
    inside = {
        "E1BP2017_GM_HEAD_01": [{"PSTNG_DATE": TODAY, "DOC_DATE": TODAY}],
        "E1BP2017_GM_CODE": [{"GM_CODE": code}],
        "E1BP2017_GM_ITEM_CREATE": lines,
    }
    body = {"EDI_DC40": {"MESTYP": "MBGMCR"}, "E1MBGMCR": [inside]}
    return Request(target="MBGMCR03", body=body)


def _place(known: Known) -> dict[str, str]:
    settings = cast("IdocSettings", known.settings)
    return {"PLANT": settings.plant, "STGE_LOC": settings.storage_location}


def _here(at: datetime, known: Known) -> datetime:
    return at.astimezone(ZoneInfo(cast("IdocSettings", known.settings).time_zone))


def _local(name: str) -> str:
    """The id inside a full name such as `material-lot/mes:L77`; another id as it is."""
    kind, _, rest = name.partition("/")
    return rest.partition(":")[2] if kind == "material-lot" and ":" in rest else name


POSTINGS: tuple[Outbound, ...] = (confirm_operation, issue_lots, receive_output)
"""What SAP is asked to post."""
