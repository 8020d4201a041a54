"""The pump works: S/4HANA releases orders, the line reports, S/4HANA is told what was made."""

__all__ = ["Done", "Step", "andon", "book_output", "book_step", "done", "step"]

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from andon.app import Andon
from andon.connectors import odata
from andon.connectors.odata import OData
from andon.connectors.webhook import Webhook
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.production import (
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    OperationConfirmed,
    OrderCompleted,
    ReceiveOutput,
)


class Taken(msgspec.Struct, frozen=True):
    """What a step took from a lot."""

    item: str
    lot: str
    qty: Decimal


class Step(msgspec.Struct, frozen=True):
    """What the line posts when a step is done."""

    id: str
    order: str
    step: str
    good: Decimal
    scrap: Decimal
    at: datetime
    took: tuple[Taken, ...] = ()


class Done(msgspec.Struct, frozen=True):
    """What the line posts when an order is done."""

    id: str
    order: str
    item: str
    ordered: Decimal
    good: Decimal
    lot: str
    at: datetime


def pieces(amount: Decimal) -> Quantity:
    """The line counts pieces, in SAP's unit."""
    return Quantity(amount, "PC")


@inbound("step")
def step(item: Item, _: Known) -> Iterable[Said]:
    """The line speaks of S/4HANA's order number."""
    row = item.read(Step)
    yield OperationConfirmed(
        order_id=f"production-order/erp:{row.order}",
        operation=row.step,
        good=pieces(row.good),
        scrap=pieces(row.scrap),
        completed_at=row.at,
        consumed=tuple(
            ComponentLot(material_id=one.item, lot_id=one.lot, quantity=pieces(one.qty))
            for one in row.took
        ),
    )


@inbound("done")
def done(item: Item, _: Known) -> Iterable[Said]:
    """Good beyond the plan is said as it is."""
    row = item.read(Done)
    yield OrderCompleted(
        order_id=f"production-order/erp:{row.order}",
        material_id=row.item,
        ordered=pieces(row.ordered),
        good=pieces(row.good),
        scrap=pieces(Decimal(0)),
        over=pieces(max(Decimal(0), row.good - row.ordered)),
        lot_id=row.lot,
        completed_at=row.at,
    )


@workflow(on=OperationConfirmed)
async def book_step(run: Run, ended: OperationConfirmed) -> None:
    """First what went in (movement type 261), then the confirmation."""
    if ended.consumed:
        await run.send(AssignLots(order_id=ended.order_id, components=ended.consumed))
    confirm = ConfirmOperation(
        order_id=ended.order_id,
        operation=ended.operation,
        good=ended.good,
        scrap=ended.scrap,
        completed_at=ended.completed_at,
    )
    await run.send(confirm)


@workflow(on=OrderCompleted)
async def book_output(run: Run, made: OrderCompleted) -> None:
    """The output into stock (movement type 101), then the order is technically completed."""
    receive = ReceiveOutput(
        order_id=made.order_id, material_id=made.material_id, good=made.good, lot_id=made.lot_id
    )
    await run.send(receive)
    await run.send(CompleteProduction(order_id=made.order_id))


andon = Andon(
    "works",
    site="works",
    connections=[
        Connection("erp", OData, odata.mappings),
        Connection("steps", Webhook, [step]),
        Connection("line", Webhook, [done]),
    ],
    workflows=[book_step, book_output],
    routes=[
        Route(command, "erp")
        for command in (AssignLots, ConfirmOperation, ReceiveOutput, CompleteProduction)
    ],
    ownership=[
        Ownership(
            subject="production-order",
            attribute="planned",
            owner="erp",
            followers={},
            steward="planning",
        ),
        Ownership(
            subject="production-order",
            attribute="status",
            owner="line",
            followers={"erp": timedelta(minutes=1)},
            steward="planning",
        ),
    ],
)
