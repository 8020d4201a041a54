"""Between S/4HANA's words and ours: orders, goods movements and inspections in."""

__all__ = [
    "DecisionRow",
    "DocumentRow",
    "LotRow",
    "MovementRow",
    "OrderRow",
    "goods_movement",
    "inspection_lot",
    "mappings",
    "production_order",
]

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors.odata.postings import POSTINGS
from andon.connectors.odata.settings import ODataSettings
from andon.connectors.odata.values import time_of_day
from andon.core.connector import Item
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound
from andon.core.message import Claims, Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.inventory import GoodsIssued, GoodsReceived, MovementEvent
from andon.model.isa95 import MaterialUse, RequestState
from andon.model.production import OrderCancelled, OrderChanged, OrderReleased
from andon.model.quality import Decision, InspectionDecided


class OrderRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_ProductionOrder_2` we read; a mark is `X` or nothing."""

    manufacturing_order: str
    material: str
    total_quantity: Decimal
    production_unit: str
    order_is_released: str = ""
    order_is_partially_confirmed: str = ""
    order_is_confirmed: str = ""
    order_is_partially_delivered: str = ""
    order_is_delivered: str = ""
    order_is_locked: str = ""
    order_is_technically_completed: str = ""
    order_is_closed: str = ""
    order_is_marked_for_deletion: str = ""
    order_is_deleted: str = ""
    mfg_order_scheduled_end_date: datetime | None = None
    mfg_order_scheduled_end_time: str | None = None

    def status(self) -> RequestState:
        """Several marks stand beside each other; the one furthest on counts."""
        if self.order_is_deleted or self.order_is_marked_for_deletion:
            return "Cancelled"
        if self.order_is_closed:
            return "Closed"
        if self.order_is_technically_completed:
            return "Completed"
        if self.order_is_locked:
            return "Held"
        # Confirmed and delivered in full is not completed: more may be posted until SAP is told.
        if (
            self.order_is_partially_confirmed
            or self.order_is_confirmed
            or self.order_is_partially_delivered
            or self.order_is_delivered
        ):
            return "Running"
        return "Released" if self.order_is_released else "Forecast"


@inbound("A_ProductionOrder_2")
def production_order(item: Item, known: Known) -> Iterator[Said]:
    """A planner's release, change or withdrawal is news; how SAP books an order is a read-back.

    An order first seen when it is under way was released before we came: it starts nothing.
    """
    row = item.read(OrderRow)
    before = known.before(OrderRow)
    if row == before:
        return
    status = row.status()
    was: RequestState = "Forecast" if before is None else before.status()
    match status:
        case "Released" | "Running" | "Held":
            if was == "Cancelled" or (was == "Forecast" and (before or status == "Released")):
                yield OrderReleased(
                    order_id=row.manufacturing_order,
                    material_id=row.material,
                    planned=_planned(row),
                    due_at=_due(row, known),
                )
            elif before is not None and _header(row) != _header(before):
                yield OrderChanged(
                    order_id=row.manufacturing_order,
                    material_id=row.material,
                    planned=_planned(row),
                    due_at=_due(row, known),
                )
            yield _held(row, status)
        case "Cancelled" if was not in ("Forecast", "Cancelled"):
            reason = "marked for deletion in SAP"
            yield OrderCancelled(order_id=row.manufacturing_order, reason=reason)
        case "Forecast" if was not in ("Forecast", "Cancelled"):
            reason = "taken back before release in SAP"
            yield OrderCancelled(order_id=row.manufacturing_order, reason=reason)
            yield _held(row, status)
        case _:
            yield _held(row, status)


def _held(row: OrderRow, status: RequestState) -> ReadBack:
    holds: Claims = {
        "status": status,
        "material": row.material,
        "planned": str(_planned(row)),
    }
    return ReadBack(kind=OrderReleased.KIND, object_id=row.manufacturing_order, holds=holds)


def _planned(row: OrderRow) -> Quantity:
    return Quantity(row.total_quantity, row.production_unit)


def _header(row: OrderRow) -> tuple[object, ...]:
    due = row.mfg_order_scheduled_end_date, row.mfg_order_scheduled_end_time
    return row.material, row.total_quantity, row.production_unit, due


def _due(row: OrderRow, known: Known) -> datetime | None:
    return _moment(row.mfg_order_scheduled_end_date, row.mfg_order_scheduled_end_time, known)


def _moment(day: datetime | date | None, at: str | None, known: Known) -> datetime | None:
    """SAP's day and time of day, where the plant is."""
    if day is None:
        return None
    zone = ZoneInfo(_settings(known).time_zone)
    return datetime.combine(day, time_of_day(at), tzinfo=zone)


class MovementRow(msgspec.Struct, frozen=True, rename="pascal"):
    """The part of `A_MaterialDocumentItem` we read."""

    material_document_item: str
    material: str
    goods_movement_type: str
    quantity_in_entry_unit: Decimal
    entry_unit: str
    plant: str = ""
    storage_location: str = ""
    batch: str = ""
    manufacturing_order: str = ""


class DocumentRow(msgspec.Struct, frozen=True):
    """The part of `A_MaterialDocumentHeader` we read, with its items expanded."""

    number: str = msgspec.field(name="MaterialDocument")
    year: str = msgspec.field(name="MaterialDocumentYear")
    items: tuple[MovementRow, ...] = msgspec.field(name="to_MaterialDocumentItem")
    by: str = msgspec.field(name="CreatedByUser", default="")
    day: datetime | None = msgspec.field(name="CreationDate", default=None)
    time: str | None = msgspec.field(name="CreationTime", default=None)


_INTO: dict[str, MaterialUse] = {
    "101": "Material Produced", "105": "Other", "123": "Other", "202": "Consumable",
    "262": "Material Consumed", "501": "Other", "531": "By-product Produced", "552": "Other",
    "602": "Other", "651": "Other", "701": "Inventoried",
}  # fmt: skip
"""Movement types that put into stock; a reversal is the same use the other way."""
_OUT: dict[str, MaterialUse] = {
    "102": "Material Produced", "106": "Other", "122": "Other", "201": "Consumable",
    "261": "Material Consumed", "502": "Other", "532": "By-product Produced", "551": "Other",
    "601": "Other", "652": "Other", "702": "Inventoried",
}  # fmt: skip
_WITHIN = {
    "103", "104", "309", "310", "311", "312", "321", "322", "323", "343", "344", "349", "350",
    "641", "642", "643", "644",
}  # fmt: skip
"""Movement types that leave the amount in stock: from place to place, from status to status."""


@inbound("A_MaterialDocumentHeader")
def goods_movement(item: Item, known: Known) -> Iterator[Said]:
    """Each line of a document is a movement; one that we posted comes back as a read-back."""
    row = item.read(DocumentRow)
    if known.before(DocumentRow) is not None:
        return  # a document never changes; a line that is cancelled later has a document of its own
    ours = row.by != "" and row.by == _settings(known).writer
    posted_at = _moment(row.day, row.time, known)
    for line in row.items:
        kind = line.goods_movement_type
        if kind in _WITHIN:
            continue
        if kind not in _INTO and kind not in _OUT:
            yield Finding(
                "movement-type",
                f"Document {row.number}/{row.year} item {line.material_document_item} has the"
                f" movement type {kind}, which nobody has told whether it puts in or takes out.",
            )
            continue
        event = _movement(row, line, posted_at)
        if ours:
            yield ReadBack(kind=event.KIND, object_id=event.movement_id, holds=event.claims())
        else:
            yield event


def _movement(row: DocumentRow, line: MovementRow, posted_at: datetime | None) -> MovementEvent:
    kind = line.goods_movement_type
    into = kind in _INTO
    said = GoodsReceived if into else GoodsIssued
    return said(
        movement_id=f"{row.number}/{row.year}/{line.material_document_item}",
        material_id=line.material,
        quantity=Quantity(line.quantity_in_entry_unit, line.entry_unit),
        use=_INTO[kind] if into else _OUT[kind],
        lot_id=line.batch or None,
        order_id=line.manufacturing_order or None,
        location="/".join(part for part in (line.plant, line.storage_location) if part) or None,
        posted_at=posted_at,
    )


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
    """A usage decision is news, whoever made it; an open lot is none."""
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
    yield InspectionDecided(
        inspection_id=row.number,
        decision=decision,
        lot_id=row.batch or None,
        order_id=row.order or None,
        reason=None if decision == "accept" else f"Usage decision {row.decision.code}",
        decided_at=_moment(row.decision.day, row.decision.time, known),
    )


def _settings(known: Known) -> ODataSettings:
    return cast(ODataSettings, known.settings)


mappings: tuple[Inbound | Outbound, ...] = (
    production_order,
    goods_movement,
    inspection_lot,
    *POSTINGS,
)
"""Everything S/4HANA says and can be asked."""
