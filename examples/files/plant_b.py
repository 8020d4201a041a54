"""Plant B: an MES that knows files only. It takes orders as CSV and drops its confirmations."""

__all__ = [
    "Confirmation",
    "Released",
    "andon",
    "confirmed",
    "distribute",
    "released",
    "tell_plant_b",
]

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from andon.app import Andon
from andon.connectors import files
from andon.connectors.files import Files
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.production import DistributeOrder, OperationConfirmed, OrderReleased, OrderStarted


class Released(msgspec.Struct, frozen=True):
    """What the ERP posts."""

    order: str
    item: str
    qty: Decimal
    due: datetime | None = None


class Confirmation(msgspec.Struct, frozen=True):
    """One row of plant B's CSV; its German columns have these names by `plant_b.toml`."""

    order: str
    operation: str
    state: Literal["B", "E"]
    good: Decimal | None
    scrap: Decimal | None
    machine: str
    at: datetime


@inbound("order")
def released(item: Item, _: Known) -> Iterable[Said]:
    """Every post is a released order."""
    row = item.read(Released)
    planned = Quantity(row.qty, "pcs")
    yield OrderReleased(order_id=row.order, material_id=row.item, planned=planned, due_at=row.due)


@inbound("confirmation")
def confirmed(item: Item, _: Known) -> Iterable[Said]:
    """B is Beginn, E is Ende. The MES speaks of the ERP's order number."""
    row = item.read(Confirmation)
    order = f"production-order/erp:{row.order}"
    match row.state:
        case "B":
            yield OrderStarted(order_id=order, started_at=row.at)
        case "E":
            yield OperationConfirmed(
                order_id=order,
                operation=row.operation,
                good=Quantity(row.good or Decimal(0), "pcs"),
                scrap=Quantity(row.scrap or Decimal(0), "pcs"),
                equipment=row.machine,
                completed_at=row.at,
            )


@outbound(DistributeOrder, proof="findable", local=True)
def distribute(new: DistributeOrder, known: Known) -> Request:
    """One order is one file, `auftrag-000001.csv`."""
    body = {
        "order": known.local,
        "material": new.material_id,
        "quantity": str(new.quantity.amount),
        "due": new.due_at,
    }
    return Request(target="auftrag", body=body)


@workflow(on=OrderReleased)
async def tell_plant_b(run: Run, new: OrderReleased) -> None:
    """Every released order goes to plant B."""
    make = DistributeOrder(
        order_id=new.order_id,
        material_id=new.material_id,
        quantity=new.planned,
        due_at=new.due_at,
    )
    await run.send(make)


andon = Andon(
    "plant_b",
    site="plant-b",
    connections=[
        Connection("erp", Webhook, [released]),
        Connection("mes", Files, [confirmed, distribute, *files.mappings]),
    ],
    workflows=[tell_plant_b],
    routes=[Route(DistributeOrder, "mes")],
    ownership=[
        Ownership(
            subject="production-order",
            attribute="status",
            owner="mes",
            followers={"erp": timedelta(minutes=5)},
        )
    ],
)
