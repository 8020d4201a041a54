"""Between Odoo's words and ours: manufacturing orders and movements in, buttons out."""

__all__ = [
    "CheckRow",
    "GoneRow",
    "cancel",
    "checked",
    "complete",
    "create_lot",
    "deleted",
    "mappings",
    "moved",
    "production_order",
    "receive_output",
]

from collections.abc import Iterator
from typing import Any, Literal, cast

import msgspec

from andon.connectors.odoo.changes import DELETED
from andon.connectors.odoo.rows import MoveRow, OrderRow, code_of, moment, text
from andon.connectors.odoo.settings import OdooSettings
from andon.core.connector import Item, Request
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound, outbound
from andon.core.message import Finding, ReadBack, claim
from andon.core.quantity import Quantity
from andon.model.inventory import CreateLot, GoodsIssued, GoodsReceived
from andon.model.isa95 import RequestState
from andon.model.production import (
    CancelOrder,
    CompleteProduction,
    OrderCancelled,
    OrderChanged,
    OrderReleased,
    ReceiveOutput,
)
from andon.model.quality import Decision, InspectionDecided

_STANDS: dict[str, RequestState] = {
    "draft": "Forecast",
    "confirmed": "Released",
    "progress": "Running",
    "to_close": "Running",
    "done": "Completed",
    "cancel": "Cancelled",
}


@inbound("mrp.production")
def production_order(item: Item, known: Known) -> Iterator[Said]:
    """A confirmed order is released once, then changed; a cancelled one is cancelled.

    What we did ourselves, and how Odoo books an order, is a read-back. An order first seen when it
    is under way was released before we came.
    """
    row = item.read(OrderRow)
    before = known.before(OrderRow)
    was = "draft" if before is None else before.state
    ours = cast(OdooSettings, known.settings).user
    if not (ours and text(row.write_uid) == ours):
        yield from _news(row, before, was)
    if before is None or before != row:
        yield ReadBack(kind=OrderReleased.KIND, object_id=row.name, holds=_holds(row))


def _news(row: OrderRow, before: OrderRow | None, was: str) -> Iterator[Said]:
    match row.state:
        case "confirmed" | "progress" | "to_close":
            header = _header(row)
            if was in ("draft", "cancel") and (before is not None or row.state == "confirmed"):
                yield OrderReleased(order_id=row.name, **header)
            elif before is not None and header != _header(before):
                yield OrderChanged(order_id=row.name, **header)
        case "cancel":
            if was not in ("draft", "cancel"):
                yield OrderCancelled(order_id=row.name, reason="cancelled in Odoo")
        case "draft":
            if was not in ("draft", "cancel"):
                yield OrderCancelled(order_id=row.name, reason="set back to draft in Odoo")
        case "done":
            return


def _header(row: OrderRow) -> dict[str, Any]:
    return {
        "material_id": code_of(row.product_id),
        "planned": Quantity(row.product_qty, row.product_uom_id[1]),
        "due_at": moment(row.date_deadline, "date_deadline"),
    }


def _holds(row: OrderRow) -> dict[str, Any]:
    return {
        "status": _STANDS[row.state],
        "material": row.product_id.code or row.product_id.name,
        "planned": claim(Quantity(row.product_qty, row.product_uom_id[1])),
    }


@inbound("stock.move")
def moved(item: Item, _: Known) -> Iterator[Said]:
    """What was booked to or from a manufacturing order; other movements are no news yet."""
    row = item.read(MoveRow)
    order, made_by = text(row.raw_material_production_id), text(row.production_id)
    if row.state != "done" or not row.quantity or not (order or made_by):
        return
    said: dict[str, Any] = {
        "movement_id": f"stock.move/{row.id}",
        "material_id": code_of(row.product_id),
        "quantity": Quantity(row.quantity, row.product_uom[1]),
        "order_id": order or made_by,
        "posted_at": moment(row.date, "date"),
    }
    if order:
        yield GoodsIssued(use="Consumed", location=text(row.location_id), **said)
    else:
        yield GoodsReceived(use="Produced", location=text(row.location_dest_id), **said)


class CheckRow(msgspec.Struct, frozen=True, kw_only=True):
    """The part of `quality.check` (Enterprise) we read."""

    name: str
    quality_state: Literal["none", "pass", "fail"]
    lot_id: tuple[int, str] | bool = False
    production_id: tuple[int, str] | bool = False
    control_date: str | bool = False


@inbound("quality.check")
def checked(item: Item, known: Known) -> Iterator[Said]:
    """A check that is passed or failed is a decision, once."""
    row = item.read(CheckRow)
    before = known.before(CheckRow)
    if row.quality_state == "none" or (before and before.quality_state == row.quality_state):
        return
    decision: Decision = "accept" if row.quality_state == "pass" else "reject"
    yield InspectionDecided(
        inspection_id=row.name,
        decision=decision,
        lot_id=text(row.lot_id),
        order_id=text(row.production_id),
        decided_at=moment(row.control_date, "control_date"),
    )


class GoneRow(msgspec.Struct, frozen=True):
    """A record that is there no more."""

    model: str
    id: int


@inbound(DELETED)
def deleted(item: Item, _: Known) -> Iterator[Said]:
    """Odoo keeps no trace of what was deleted: people are told."""
    row = item.read(GoneRow)
    yield Finding("deleted", f"{row.model} {row.id} was deleted in Odoo. Look what others hold.")


@outbound(CompleteProduction, proof="state", local=True)
def complete(_: CompleteProduction, known: Known) -> Request:
    """The button Produce All or Mark as Done; no question about back orders or consumption."""
    context = {"skip_backorder": True, "skip_consumption": True, "skip_expired": True}
    return _button(known, "button_mark_done", {"state": "done"}, context)


@outbound(CancelOrder, proof="state", local=True)
def cancel(_: CancelOrder, known: Known) -> Request:
    """The button Cancel."""
    return _button(known, "action_cancel", {"state": "cancel"}, {})


@outbound(ReceiveOutput, proof="state", local=True)
def receive_output(command: ReceiveOutput, known: Known) -> Request:
    """How much is being produced; it is in stock after CompleteProduction."""
    values = {"qty_producing": float(command.good.amount)}
    body = {"where": [["name", "=", known.local]], "values": values}
    return Request(target="mrp.production/write", body=body)


@outbound(CreateLot, proof="findable")
def create_lot(command: CreateLot, _: Known) -> Request:
    """A lot of the product with that internal reference."""
    body = {"values": {"name": command.lot_id}, "codes": {"product_id": command.material_id}}
    return Request(target="stock.lot/create", body=body, names=command.lot_id)


def _button(known: Known, method: str, becomes: Any, context: Any) -> Request:
    body = {"where": [["name", "=", known.local]], "becomes": becomes, "context": context}
    return Request(target=f"mrp.production/{method}", body=body)


mappings: tuple[Inbound | Outbound, ...] = (
    production_order,
    moved,
    checked,
    deleted,
    complete,
    cancel,
    receive_output,
    create_lot,
)
"""Everything Odoo says and can be asked."""
