"""Orders on the floor of plant A, as its MES keeps them."""

__all__ = ["Floor", "Order", "Taken"]

from decimal import Decimal
from typing import Literal

import msgspec

Status = Literal["queued", "running", "done", "cancelled"]


class Order(msgspec.Struct, kw_only=True):
    """One order; its number is the ERP's."""

    number: str
    item: str
    quantity: Decimal
    revision: str = ""
    """By which it is made: the one that counts when it is queued, whatever follows."""
    status: Status = "queued"
    good: Decimal = Decimal(0)
    scrap: Decimal = Decimal(0)
    lot: str = ""


class Taken(msgspec.Struct, frozen=True):
    """What an operation took from a lot."""

    item: str
    lot: str
    quantity: Decimal


class Floor:
    """All orders, oldest first, and what the running ones have taken since they last said so."""

    def __init__(self) -> None:
        self.orders: dict[str, Order] = {}
        self._taken: dict[tuple[str, str], list[Taken]] = {}

    def queue(self, order: Order) -> bool:
        """Whether it is new. Raises ValueError when the number is used for something else."""
        known = self.orders.get(order.number)
        if known is None:
            self.orders[order.number] = order
            return True
        if (known.item, known.quantity) != (order.item, order.quantity):
            raise ValueError(f"order {order.number} exists as {known.quantity} of {known.item}")
        return False

    def next(self) -> Order | None:
        """The oldest order that nobody works on; who asks works on it."""
        for order in self.orders.values():
            if order.status == "queued":
                order.status = "running"
                return order
        return None

    def open_by_another(self, item: str, revision: str) -> list[str]:
        """Orders of the item that are not done, and are made by another revision."""
        return [
            order.number
            for order in self.orders.values()
            if order.item == item
            and order.revision != revision
            and order.status in ("queued", "running")
        ]

    def take(self, order: str, operation: str, taken: Taken) -> None:
        """Noted until the operation is reported."""
        self._taken.setdefault((order, operation), []).append(taken)

    def taken(self, order: str, operation: str) -> list[Taken]:
        """What the operation took; asked once."""
        return self._taken.pop((order, operation), [])
