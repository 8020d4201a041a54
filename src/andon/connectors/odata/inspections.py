"""Inspections as `A_InspectionLot` says them, and the usage decision that closes one."""

__all__ = ["DecisionRow", "LotRow", "decide_usage", "inspection_lot"]

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from andon.connectors.odata.drawing import FieldOf
from andon.connectors.odata.moments import moment
from andon.connectors.odata.postings import local_name
from andon.connectors.odata.values import literal
from andon.core.connector import Item, Request
from andon.core.errors import MappingError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.model.disposing import DecideUsage
from andon.model.holding import Usage
from andon.model.inspecting import LotInspected
from andon.model.quality import Decision, InspectionDecided


class DecisionRow(msgspec.Struct, frozen=True):
    """The part of `A_InspLotUsageDecision` we read."""

    valuation: str = msgspec.field(name="InspLotUsageDecisionValuation", default="")
    code: str = msgspec.field(name="InspectionLotUsageDecisionCode", default="")
    day: datetime | None = msgspec.field(name="InspectionLotUsageDecidedOn", default=None)
    time: str | None = msgspec.field(name="InspLotUsageDecisionTime", default=None)


class LotRow(msgspec.Struct, frozen=True):
    """The part of `A_InspectionLot` we read, with its usage decision expanded."""

    number: str = msgspec.field(name="InspectionLot")
    batch: str = msgspec.field(name="Batch", default="")
    order: str = msgspec.field(name="ManufacturingOrder", default="")
    decision: DecisionRow | None = msgspec.field(name="to_InspLotUsageDecision", default=None)


_DECIDED: dict[str, Decision] = {"A": "accept", "R": "reject"}


@inbound("A_InspectionLot")
def inspection_lot(item: Item, known: Known) -> Iterator[Said]:
    """A usage decision is news, whoever made it, of its batch too; an open lot is none."""
    row = item.read(LotRow)
    before = known.before(LotRow)
    if row.decision is None or (before is not None and before.decision == row.decision):
        return
    decision = _DECIDED.get(row.decision.valuation)
    if decision is None:
        raise MappingError(
            f"Inspection lot {row.number}: the usage decision {row.decision.code} is valued"
            f" {row.decision.valuation!r}, neither A nor R"
        )
    decided_at = moment(row.decision.day, row.decision.time, known)
    yield InspectionDecided(
        inspection_id=row.number,
        decision=decision,
        lot_id=row.batch or None,
        order_id=row.order or None,
        reason=None if decision == "accept" else f"Usage decision {row.decision.code}",
        decided_at=decided_at,
    )
    if row.batch:
        yield LotInspected(
            lot_id=row.batch,
            decision=decision,
            inspection_id=row.number,
            inspected_at=decided_at,
        )


_CODES: Mapping[Usage, str] = {"release": "A", "scrap": "R"}
"""Of the catalog of usage decisions."""


@outbound(DecideUsage, proof="state")
def decide_usage(command: DecideUsage, _: Known) -> Request:
    """Of the last inspection lot of the batch, once: SAP refuses a second one."""
    code = _CODES.get(command.usage)
    if code is None:
        raise MappingError(f"No usage decision closes an inspection with {command.usage}")
    batch = local_name(command.lot_id)
    number = FieldOf(
        entity_set="A_InspectionLot",
        where=f"Batch eq {literal(batch)}",
        field="InspectionLot",
        nothing=f"No inspection lot of batch {batch} is there.",
    )
    body = {"InspectionLot": number, "InspectionLotUsageDecisionCode": code}
    return Request(target="POST A_InspLotUsageDecision", body=body)
