"""The MES of plant A: it is given orders, and says what its lines do."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import msgspec

from andon.app.company.area import Area
from andon.app.company.units import require_unit
from andon.capabilities.production import steer_order
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import LOT, ReadBack
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.model.holding import AllowUse, StopUse
from andon.model.inventory import StockScrapped
from andon.model.master import DistributeRevision, ItemCommand, ReleaseRevision
from andon.model.production import (
    CancelOrder,
    ChangeOrder,
    ComponentLot,
    DistributeOrder,
    OperationConfirmed,
    OrderCancelled,
    OrderCommand,
    OrderCompleted,
    OrderReopened,
    OrderStarted,
)


class _Began(msgspec.Struct, frozen=True):
    """A line takes an order."""

    order: str
    machine: str
    at: datetime


class _Took(msgspec.Struct, frozen=True):
    """What went in from one lot."""

    item: str
    lot: str
    quantity: Decimal


class _Step(msgspec.Struct, frozen=True):
    """An operation is done."""

    order: str
    operation: str
    machine: str
    began: datetime
    at: datetime
    good: Decimal
    scrap: Decimal
    took: tuple[_Took, ...]
    again: int


class _Done(msgspec.Struct, frozen=True):
    """Nothing more is made for the order."""

    order: str
    item: str
    ordered: Decimal
    good: Decimal
    scrap: Decimal
    lot: str
    at: datetime
    again: int


def _pieces(amount: Decimal) -> Quantity:
    """Plant A counts in pieces, in the ERP's unit."""
    return Quantity(amount, "PC")


def _order(number: str) -> str:
    return f"production-order/erp:{number}"


@inbound("order.started")
def _started(item: Item, _: Known) -> Iterator[Said]:
    """The floor knows an order by the ERP's number."""
    row = item.read(_Began)
    yield OrderStarted(order_id=_order(row.order), started_at=row.at)


@inbound("operation.completed")
def _step(item: Item, _: Known) -> Iterator[Said]:
    """With the lots that went in: the genealogy begins here."""
    row = item.read(_Step)
    yield OperationConfirmed(
        order_id=_order(row.order),
        operation=row.operation,
        good=_pieces(row.good),
        scrap=_pieces(row.scrap),
        equipment=row.machine,
        started_at=row.began,
        completed_at=row.at,
        consumed=tuple(
            ComponentLot(material_id=one.item, lot_id=one.lot, quantity=_pieces(one.quantity))
            for one in row.took
        ),
        reopening=row.again,
    )


class _Cancelled(msgspec.Struct, frozen=True):
    """No line has begun it, and none will."""

    order: str


@inbound("order.completed")
def _done(item: Item, _: Known) -> Iterator[Said]:
    """Said as it is, also when it is less than was ordered."""
    yield _completed(item.read(_Done))


@inbound("order.stopped")
def _stopped(item: Item, _: Known) -> Iterator[Said]:
    """A line has ended with it before its time: what was made is there, more never will be."""
    row = item.read(_Done)
    yield _completed(row)
    yield OrderCancelled(order_id=_order(row.order), reason="stopped on the floor")


@inbound("order.cancelled")
def _cancelled(item: Item, _: Known) -> Iterator[Said]:
    """Nothing was made of it."""
    row = item.read(_Cancelled)
    yield OrderCancelled(order_id=_order(row.order), reason="taken off the floor")


class _Reopened(msgspec.Struct, frozen=True):
    order: str
    at: datetime
    reason: str
    again: int


@inbound("order.reopened")
def _reopened(item: Item, _: Known) -> Iterator[Said]:
    """Somebody at a terminal takes up again what was done; its end is said once more."""
    row = item.read(_Reopened)
    yield OrderReopened(
        order_id=_order(row.order),
        reason=row.reason,
        reopened_at=row.at,
        reopening=row.again,
    )


def _completed(row: _Done) -> OrderCompleted:
    return OrderCompleted(
        order_id=_order(row.order),
        material_id=row.item,
        ordered=_pieces(row.ordered),
        good=_pieces(row.good),
        scrap=_pieces(row.scrap),
        over=_pieces(max(Decimal(0), row.good - row.ordered)),
        lot_id=row.lot,
        completed_at=row.at,
        reopening=row.again,
    )


class _Held(msgspec.Struct, frozen=True):
    """Whether its lines may consume a lot."""

    lot: str
    held: bool


@inbound("lot.hold")
def _held(item: Item, _: Known) -> Iterator[Said]:
    """What the floor believes, whoever told it; a hold is quality's to place."""
    row = item.read(_Held)
    yield ReadBack(kind=LOT, object_id=row.lot, holds={"hold": row.held})


class _Scrapped(msgspec.Struct, frozen=True):
    """Thrown away in the store of the lines."""

    lot: str
    item: str
    quantity: Decimal
    reason: str
    at: datetime


@inbound("lot.scrapped")
def _scrapped(item: Item, _: Known) -> Iterator[Said]:
    """What orders spoil is told with their operations; this is of a lot that was there."""
    row = item.read(_Scrapped)
    yield StockScrapped(
        lot_id=row.lot,
        material_id=row.item,
        quantity=_pieces(row.quantity),
        location="production",
        reason=row.reason,
        scrapped_at=row.at,
    )


@outbound(DistributeOrder, proof="keyed")
def _queue(command: DistributeOrder, _: Known) -> Request:
    """The MES takes an order once by its number, and answers a repetition as it did before."""
    number = command.order_id.rpartition(":")[2]
    return Request(
        target="POST /orders",
        body={
            "number": number,
            "item": command.material_id,
            "quantity": command.quantity.amount,
            "due": command.due_at,
        },
        names=number,
    )


@outbound(ChangeOrder, proof="keyed")
def _change(command: ChangeOrder, _: Known) -> Request:
    """The whole of what can change; put once more, nothing happens."""
    require_unit("Plant A", "PC", {"quantity": command.quantity})
    return Request(
        target=f"PUT {_place(command)}",
        body={"quantity": command.quantity.amount, "due": command.due_at},
    )


@outbound(CancelOrder, proof="keyed")
def _cancel(command: CancelOrder, _: Known) -> Request:
    """One that is cancelled already stays so."""
    return Request(target=f"DELETE {_place(command)}")


def _place(command: OrderCommand) -> str:
    return f"/orders/{quote(command.order_id.rpartition(':')[2], safe='')}"


@outbound(DistributeRevision, proof="keyed", local=True)
def _revise(command: DistributeRevision, known: Known) -> Request:
    """A revision that is there as it is given is put once more, and nothing happens."""
    amounts = {f"components/{n}/quantity": one.quantity for n, one in enumerate(command.components)}
    require_unit("Plant A", "PC", amounts)
    return Request(
        target=f"PUT {_revision(command, known)}",
        body={
            "valid_from": command.effective_at,
            "needs": [
                {"part": one.material_id, "quantity": one.quantity.amount}
                for one in command.components
            ],
            "instruction": command.specification or "",
            "steps": [
                {
                    "operation": one.operation,
                    "work": one.work,
                    "seconds": one.per_piece.total_seconds(),
                }
                for one in command.routing
            ],
        },
    )


@outbound(ReleaseRevision, proof="keyed", local=True)
def _go_over(command: ReleaseRevision, known: Known) -> Request:
    """A revision that is released already stays so."""
    return Request(
        target=f"POST {_revision(command, known)}/release",
        body={"open_orders": command.open_orders},
    )


@outbound(StopUse, proof="keyed")
def _stop_use(command: StopUse, _: Known) -> Request:
    """A lot that is held already stays so; what becomes of it is shown where it is scanned."""
    lot = command.lot_id.rpartition(":")[2]
    body = {"lot": lot, "reason": command.reason, "usage": command.usage or ""}
    return Request(target="POST /holds", body=body)


@outbound(AllowUse, proof="keyed")
def _allow_use(command: AllowUse, _: Known) -> Request:
    """A lot that is not held stays so."""
    return Request(target=f"DELETE /holds/{quote(command.lot_id.rpartition(':')[2], safe='')}")


def _revision(command: ItemCommand, known: Known) -> str:
    return f"/items/{quote(known.local, safe='')}/revisions/{quote(command.revision, safe='')}"


AREA = Area(
    connections=(
        Connection(
            "mes-a",
            Webhook,
            (_started, _step, _done, _stopped, _cancelled, _reopened, _held, _scrapped),
        ),
        Connection(
            "mes-a-orders",
            Rest,
            (_queue, _change, _cancel, _revise, _go_over, _stop_use, _allow_use),
        ),
    ),
    workflows=(steer_order,),
    routes=tuple(
        Route(command, "mes-a-orders") for command in (DistributeOrder, ChangeOrder, CancelOrder)
    ),
    ownership=(
        Ownership(
            subject="production-order",
            attribute="status",
            owner="mes-a",
            followers={"erp": timedelta(minutes=1)},
            steward="planning",
        ),
    ),
)
