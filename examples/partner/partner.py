"""One supplier by EDI: purchase orders leave as 850, confirmations (855) and notices (856) come."""

__all__ = [
    "ConfirmationReceived",
    "OrderFromSupplier",
    "PurchaseReleased",
    "ShipmentAnnounced",
    "andon",
    "announced",
    "buy",
    "confirmed",
    "order_it",
    "released",
]

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import msgspec

from andon.app import Andon
from andon.connectors import edi
from andon.connectors.edi import Document, Edi
from andon.connectors.edi.mapping import Purchase, Wanted, confirmation, notice, order
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.errors import LateError
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Claims, Command, Event, Finding, claim
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.inventory import LotCreated


class _PurchaseEvent(Event, frozen=True, kw_only=True):
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "purchase_id"

    purchase_id: str


class PurchaseReleased(_PurchaseEvent, frozen=True, kw_only=True):
    """The ERP wants something of ACME."""

    TYPE: ClassVar[str] = "partner.purchase.order.released.v1"

    material_id: str
    quantity: Quantity
    ordered_on: date
    wanted_on: date
    price: Decimal

    def claims(self) -> Claims:
        """Ordered, so much."""
        return {"status": "Released", "ordered": claim(self.quantity)}


class ConfirmationReceived(_PurchaseEvent, frozen=True, kw_only=True):
    """ACME answers an order by an 855."""

    TYPE: ClassVar[str] = "partner.purchase.order.confirmed.v1"

    quantity: Quantity
    due_at: datetime | None = None

    def claims(self) -> Claims:
        """What ACME says it will send, and when."""
        return {"status": "Confirmed", "confirmed": claim(self.quantity)}


class ShipmentAnnounced(_PurchaseEvent, frozen=True, kw_only=True):
    """What ACME has sent of an order, by an 856."""

    TYPE: ClassVar[str] = "partner.purchase.shipment.announced.v1"

    shipment: str
    quantity: Quantity
    sscc: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()

    def claims(self) -> Claims:
        """On its way."""
        return {"status": "Shipped", "shipment": self.shipment}


class OrderFromSupplier(Command, frozen=True, kw_only=True):
    """Order it from ACME."""

    TYPE: ClassVar[str] = "partner.purchase.order.send.v1"
    KIND: ClassVar[str] = "purchase-order"
    KEY: ClassVar[str] = "purchase_id"

    purchase_id: str
    material_id: str
    quantity: Quantity
    ordered_on: date
    wanted_on: date
    price: Decimal


class Wish(msgspec.Struct, frozen=True):
    """What the ERP posts."""

    order: str
    item: str
    qty: Decimal
    price: Decimal
    on: date
    due: date


@inbound("wish")
def released(item: Item, _: Known) -> Iterable[Said]:
    """Every post is an order."""
    wish = item.read(Wish)
    yield PurchaseReleased(
        purchase_id=wish.order,
        material_id=wish.item,
        quantity=Quantity(wish.qty, "EA"),
        ordered_on=wish.on,
        wanted_on=wish.due,
        price=wish.price,
    )


@inbound("855")
def confirmed(item: Item, known: Known) -> Iterable[Said]:
    """ACME's word for each line. What it does not take as ordered is for a buyer to see."""
    said = confirmation(item.read(Document), known)
    for line in said.lines:
        if line.quantity is None:
            continue
        purchase = f"purchase-order/erp:{said.order}"
        yield ConfirmationReceived(purchase_id=purchase, quantity=line.quantity, due_at=line.due_at)
        if line.word != "IA":
            text = f"ACME says {line.word} to line {line.line} of {said.order}."
            yield Finding("not-as-ordered", text)


@inbound("856")
def announced(item: Item, known: Known) -> Iterable[Said]:
    """Lots and pallets that are on their way, line by line."""
    said = notice(item.read(Document), known)
    for line in said.lines:
        for lot in line.lots:
            yield LotCreated(lot_id=lot, material_id=line.material)
        if line.order and line.quantity is not None:
            yield ShipmentAnnounced(
                purchase_id=f"purchase-order/erp:{line.order}",
                shipment=said.shipment,
                quantity=line.quantity,
                sscc=line.sscc,
                lots=line.lots,
            )


@outbound(OrderFromSupplier, proof="findable", local=True)
def buy(command: OrderFromSupplier, known: Known) -> Request:
    """One order is one 850 is one interchange."""
    wanted = Wanted(material=command.material_id, quantity=command.quantity, price=command.price)
    purchase = Purchase(
        number=known.local,
        ordered_on=command.ordered_on,
        wanted_on=command.wanted_on,
        lines=(wanted,),
    )
    return Request(target="acme", body=order(purchase, "x12"))


@workflow(on=PurchaseReleased)
async def order_it(run: Run, wish: PurchaseReleased) -> None:
    """Order it, and ask a buyer when ACME keeps silent."""
    await run.send(
        OrderFromSupplier(
            purchase_id=wish.purchase_id,
            material_id=wish.material_id,
            quantity=wish.quantity,
            ordered_on=wish.ordered_on,
            wanted_on=wish.wanted_on,
            price=wish.price,
        )
    )
    try:
        await run.wait(ConfirmationReceived, within=timedelta(days=2))
    except LateError:
        await run.ask("buyer", f"ACME has not confirmed {wish.purchase_id}", "called them")


andon = Andon(
    "partner",
    site="plant-d",
    connections=[
        Connection("erp", Webhook, [released]),
        Connection("acme", Edi, [buy, confirmed, announced, *edi.mappings]),
    ],
    workflows=[order_it],
    routes=[Route(OrderFromSupplier, "acme")],
    messages=[PurchaseReleased, ConfirmationReceived, ShipmentAnnounced, OrderFromSupplier],
)
