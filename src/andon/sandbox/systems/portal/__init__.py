"""The portal of one customer: its buyers order there, and see how far each order is. It speaks with
Andon's own API and nobody else."""

__all__ = ["CustomersOrder", "Portal"]

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal
from urllib.parse import quote

import msgspec

from andon.sandbox.partner import Partner
from andon.sandbox.system import Belief
from andon.sandbox.world import World

State = Literal["written", "ordered", "refused", "departed", "delivered"]
_SHOWS = 20
"""So many of the orders on their way it asks about at one look."""


class CustomersOrder(msgspec.Struct, kw_only=True):
    """What a buyer wants, under the customer's own number."""

    number: str
    material: str
    quantity: Decimal
    wanted_by: datetime
    state: State = "written"
    sales_order: str = ""
    """The supplier's number, as the answer said it."""
    readiness: str = ""
    """Whether all of it may leave, as it was shown last."""
    says: str = ""
    """Why it was refused."""


class Portal(Partner):
    """Numbers its orders itself. It believes what Andon's API shows it."""

    name = "portal"
    customer = "17100002"
    party = f"party/company:{customer}"
    scopes = ("commands:fulfilment", "read:fulfilment")

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.orders: dict[str, CustomersOrder] = {}
        self._asked = 0

    def order(self, material: str, quantity: Decimal, wanted_by: datetime) -> str:
        """A buyer presses the button; returns the customer's number."""
        number = f"PO-{len(self.orders) + 1001}"
        self.orders[number] = CustomersOrder(
            number=number, material=material, quantity=quantity, wanted_by=wanted_by
        )
        return number

    async def look(self) -> None:
        """Sends what is written, then asks about what is on its way."""
        for order in [one for one in self.orders.values() if one.state == "written"]:
            await self._place(order)
        going = [one for one in self.orders.values() if one.state in ("ordered", "departed")]
        if going:
            self._asked = (self._asked + _SHOWS) % max(len(going), 1)
            for order in [*going[self._asked :], *going[: self._asked]][:_SHOWS]:
                await self._follow(order)

    async def _place(self, order: CustomersOrder) -> None:
        body = {
            "order_id": order.number,
            "customer_id": self.customer,
            "wanted_by": order.wanted_by.isoformat(),
            "lines": [
                {
                    "material_id": order.material,
                    "quantity": {"amount": str(order.quantity), "unit": "PC"},
                }
            ],
        }
        path = "/v1/fulfilment/place-sales-order"
        status, said = await self.ask("POST", path, body, key=order.number)
        if status == 201:
            order.state, order.sales_order = "ordered", said["reference"]
        elif status in (400, 409, 422):
            order.state, order.says = "refused", said["detail"]

    async def _follow(self, order: CustomersOrder) -> None:
        path = f"/v1/fulfilment/sales-order/{quote(order.number)}?related=delivery"
        status, said = await self.ask("GET", path)
        if status != 200:
            return  # not read back yet from where it was entered
        for one in said["values"]:
            if one["attribute"] == "readiness":
                order.readiness = one["value"]
        for delivery in said["related"]:
            shown = {one["attribute"] for one in delivery["values"] if one["value"] is not None}
            if "delivered_at" in shown:
                order.state = "delivered"
            elif "departed_at" in shown and order.state == "ordered":
                order.state = "departed"

    def shown(self) -> Iterable[tuple[str, str]]:
        """What its buyers see: number and state."""
        return ((one.number, one.state) for one in self.orders.values())

    def believes(self) -> Iterable[Belief]:
        """How far each of its orders is."""
        for number, state in self.shown():
            yield Belief(f"customer-order:{number}", "state", state)
