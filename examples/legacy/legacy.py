"""An ERP of the nineties: its tables release orders, a staging table takes what was made."""

__all__ = [
    "Made",
    "WorkOrder",
    "andon",
    "book_output",
    "made",
    "stage",
    "work_order",
    "work_order_gone",
]

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from andon.app import Andon
from andon.connectors.sql import Sql
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, ReadBack
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.production import (
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    ReceiveOutput,
)

ZONE = ZoneInfo("Europe/Berlin")


class WorkOrder(msgspec.Struct, frozen=True, rename="upper"):
    """A row of WORKORD. Quantities are thousandths of a piece, a due date is DDMMYY."""

    ordno: str
    item: str
    qtym: int
    due: str | None
    stat: Literal["P", "R", "C", "X"]

    @property
    def planned(self) -> Quantity:
        """What its QTYM means."""
        return Quantity(Decimal(self.qtym) / 1000, "PCE")

    @property
    def due_at(self) -> datetime | None:
        """The end of that day in the plant."""
        if not self.due:
            return None
        day = datetime.strptime(self.due, "%d%m%y").date()  # noqa: DTZ007 a day has no zone
        return datetime.combine(day, time(23, 59), tzinfo=ZONE)


class Gone(msgspec.Struct, frozen=True, rename="upper"):
    """All that is left of a deleted row."""

    ordno: str


class Made(msgspec.Struct, frozen=True):
    """What a terminal posts when an order is done."""

    order: str
    item: str
    ordered: Decimal
    good: Decimal
    scrap: Decimal = Decimal(0)


@inbound("work-order")
def work_order(item: Item, known: Known) -> Iterable[Said]:
    """A release and its changes are news; that an order was closed is only read back."""
    row, before = item.read(WorkOrder), known.before(WorkOrder)
    head = {"order_id": row.ordno, "material_id": row.item}
    match row.stat:
        case "P":
            return
        case "R" if before is None or before.stat != "R":
            yield OrderReleased(**head, planned=row.planned, due_at=row.due_at)
        case "R":
            if row != before:
                yield OrderChanged(**head, planned=row.planned, due_at=row.due_at)
        case "C":
            holds: Claims = {"status": "Completed", "material": row.item}
            yield ReadBack(kind=OrderReleased.KIND, object_id=row.ordno, holds=holds)
        case "X":
            yield OrderCancelled(order_id=row.ordno, reason="cancelled in the ERP")


@inbound("work-order-gone")
def work_order_gone(item: Item, _: Known) -> Iterable[Said]:
    """Somebody cleaned up with SQL: nobody shall make it."""
    yield OrderCancelled(order_id=item.read(Gone).ordno, reason="deleted in the ERP")


@inbound("made")
def made(item: Item, _: Known) -> Iterable[Said]:
    """The floor speaks of the ERP's order number."""
    row = item.read(Made)
    yield OrderCompleted(
        order_id=f"{OrderReleased.KIND}/erp:{row.order}",
        material_id=row.item,
        ordered=Quantity(row.ordered, "PCE"),
        good=Quantity(row.good, "PCE"),
        scrap=Quantity(row.scrap, "PCE"),
        over=Quantity(max(row.good - row.ordered, Decimal(0)), "PCE"),
    )


@outbound(ReceiveOutput, proof="findable", local=True)
def stage(output: ReceiveOutput, known: Known) -> Request:
    """One row in the staging table; XKEY holds our key, so it is found and never doubled."""
    good = int(output.good.amount * 1000)
    return Request(target="staging", body={"order_no": known.local, "good": good})


@workflow(on=OrderCompleted)
async def book_output(run: Run, done: OrderCompleted) -> None:
    """What the floor made goes to the ERP's staging table, for its nightly job."""
    await run.send(
        ReceiveOutput(order_id=done.order_id, material_id=done.material_id, good=done.good)
    )


andon = Andon(
    "legacy",
    site="plant-c",
    connections=[
        Connection("erp", Sql, [work_order, work_order_gone, stage]),
        Connection("floor", Webhook, [made]),
    ],
    workflows=[book_output],
    routes=[Route(ReceiveOutput, "erp")],
    ownership=[
        Ownership(
            subject="production-order",
            attribute="status",
            owner="floor",
            followers={"erp": timedelta(days=1)},
            steward="planning",
        )
    ],
)
