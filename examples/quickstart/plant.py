"""A plant to begin with: the ERP posts released orders, the MES is told of each one."""

__all__ = ["Row", "andon", "distribute", "released", "tell_the_floor"]

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import msgspec

from andon.app import Andon
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.plant import Connection, Ownership, Route
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.production import DistributeOrder, OrderReleased


class Row(msgspec.Struct, frozen=True):
    """What the ERP posts; fields not named here are ignored."""

    order: str
    item: str
    qty: Decimal


status = Ownership(
    subject="production-order",
    attribute="status",
    owner="erp",
    followers={"mes": timedelta(minutes=1)},
)


@inbound("order")
def released(item: Item, _: Known) -> Iterable[Said]:
    """Every post is a released order."""
    row = item.read(Row)
    yield OrderReleased(order_id=row.order, material_id=row.item, planned=Quantity(row.qty, "pcs"))


@outbound(DistributeOrder, proof="keyed")
def distribute(new: DistributeOrder, _: Known) -> Request:
    """One call; the MES answers a repeated key with its first answer."""
    body = {"order": new.order_id, "item": new.material_id, "qty": str(new.quantity.amount)}
    return Request(target="POST /orders", body=body)


@workflow(on=OrderReleased)
async def tell_the_floor(run: Run, new: OrderReleased) -> None:
    """Runs once per released order, and goes on where it was after a restart."""
    make = DistributeOrder(order_id=new.order_id, material_id=new.material_id, quantity=new.planned)
    await run.send(make)


andon = Andon(
    "plant",
    site="home",
    connections=[Connection("erp", Webhook, [released]), Connection("mes", Rest, [distribute])],
    workflows=[tell_the_floor],
    routes=[Route(DistributeOrder, "mes")],
    ownership=[status],
)
