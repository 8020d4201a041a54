"""Orders on the floor of plant A, as its MES keeps them."""

__all__ = ["Floor", "Order", "Taken"]

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

Status = Literal["queued", "running", "stopping", "done", "cancelled"]


class Order(msgspec.Struct, kw_only=True):
    """One order; its number is the ERP's."""

    number: str
    item: str
    quantity: Decimal
    due: datetime | None = None
    revision: str = ""
    """By which it is made: the one that counts when it is queued, whatever follows."""
    status: Status = "queued"
    begun: int = 0
    """Pieces that a line has taken up."""
    assembled: bool = False
    """Whether the line takes up no more of them."""
    again: int = 0
    """How often it was taken up again."""
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
        self.refused: set[str] = set()
        """Orders of which another amount or a cancellation came too late; that a day did, says
        nothing about what is made."""
        self._taken: dict[tuple[str, str], list[Taken]] = {}

    def queue(self, order: Order) -> bool:
        """Whether it is new. Raises ValueError when the number is used for something else, or its
        order was cancelled."""
        known = self.orders.get(order.number)
        if known is None:
            self.orders[order.number] = order
            return True
        if (known.item, known.quantity) != (order.item, order.quantity):
            raise ValueError(f"order {order.number} exists as {known.quantity} of {known.item}")
        if known.status == "cancelled":
            raise ValueError(f"order {order.number} is cancelled")
        return False

    def change(self, number: str, quantity: Decimal, due: datetime | None) -> Order:
        """As it is to be made from now on. Raises KeyError when it is not known, ValueError when it
        is too late for that."""
        order = self.orders[number]
        if (order.quantity, order.due) == (quantity, due):
            return order
        if order.status not in ("queued", "running"):
            raise ValueError(f"order {number} is {order.status}")
        if quantity != order.quantity:
            if order.assembled:
                raise ValueError(f"all {order.begun} of order {number} are assembled")
            if quantity < order.begun:
                raise ValueError(f"{order.begun} of order {number} are begun already")
        order.quantity, order.due = quantity, due
        return order

    def cancel(self, number: str) -> Order:
        """A line that makes it ends with the piece in its hands. Raises KeyError when it is not
        known, ValueError when it is done."""
        order = self.orders[number]
        match order.status:
            case "queued":
                order.status = "cancelled"
            case "running":
                order.status = "stopping"
            case "done":
                raise ValueError(f"order {number} is done: {order.good} good")
            case "stopping" | "cancelled":
                pass
        return order

    def reopen(self, number: str) -> Order:
        """The pieces that are missing are made yet. Raises KeyError when it is not known,
        ValueError when it is not done or none are missing."""
        order = self.orders[number]
        missing = order.begun - order.good
        if order.status != "done" or not missing:
            raise ValueError(f"order {number} is {order.status}, {missing:f} are missing")
        order.status, order.assembled = "queued", False
        order.begun -= int(missing)
        order.again += 1
        return order

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
