"""A supplier without EDI: its own small program asks Andon's API, with a key that opens its own."""

__all__ = ["SupplierPortal"]

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote

import msgspec

from andon.sandbox.systems.supplier_edi import Advised, Called, Ordered
from andon.sandbox.systems.supplier_portal.seller import Order, Seller
from andon.sandbox.world import World

_FOLLOWS = 10
"""So many of the orders of which something is on its way it asks about at one look."""


class SupplierPortal(Seller):
    """What is wanted sooner its people pack at once, and what it owes again they send again; it
    reads what became of what they sent."""

    name = "supplier-portal"
    number = "17300002"
    party = f"party/company:{number}"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.called: dict[str, str] = {}
        """Order -> what of it somebody wants sooner, of the youngest that it sees."""
        self.advised: dict[str, Sequence[Advised]] = {}
        """Order -> what it reads of what became of its shipments."""
        self.coming_back: dict[str, str] = {}
        """Order -> what of it went back last, of those that it sees."""
        self.asked_again: list[Called] = []
        """What it has read that it owes again."""
        self._back: dict[str, str] = {}
        """Order -> its last return."""

    async def follow(self) -> None:
        """What became of it."""
        for number in dict.fromkeys((*self._on_their_way()[:_FOLLOWS], *self._broken())):
            await self._follow(number)

    def notice(self, order: Order) -> None:
        """What of it is wanted sooner, and what comes back."""
        if wanted := order.value("expedite"):
            self.called[order.local] = wanted
        else:
            self.called.pop(order.local, None)
        self._expect(order)

    def _expect(self, order: Order) -> None:
        """What it owes again its people send, once for each return."""
        back, number = order.value("returned"), order.value("return")
        if not back or self._back.get(order.local) == number:
            return
        self._back[order.local] = number
        owed = bool(order.value("owed-again"))
        self.coming_back[order.local] = f"{back}, {'owed again' if owed else 'to be credited'}"
        if owed:
            items = [_amount(text) for text in back.partition(": ")[2].split(", ")]
            self.orders.append(Ordered(order.local, items, replaces=number))
            self.asked_again += (
                Called(order.local, item, amount, day="", replaces=number) for item, amount in items
            )

    def urgent(self, order: str) -> bool:
        """Whether somebody asks to have it sooner."""
        return order in self.called

    def _on_their_way(self) -> list[str]:
        """The orders of shipments of which it does not know what became, the oldest first."""
        known = {one.shipment for lots in self.advised.values() for one in lots}
        shipped = self.shipped.items()
        return list(dict.fromkeys(one.order for n, one in shipped if n not in known))

    def _broken(self) -> list[str]:
        """The youngest orders of which something came damaged, and nobody said what it owes."""
        broken = [n for n, lots in self.advised.items() if any(one.damaged for one in lots)]
        return [number for number in broken if number not in self._back][-_FOLLOWS:]

    async def _follow(self, number: str) -> None:
        status, said = await self.ask("GET", f"/v1/supply/purchase-order/{quote(number)}")
        if status != 200:
            return
        order = msgspec.convert(said, Order)
        self._expect(order)
        if judged := order.value("judged"):
            self.advised[number] = [_advised(text) for text in judged.split("; ")]


def _amount(text: str) -> tuple[str, Decimal]:
    """`SEAL 2 PC`."""
    material, amount, _ = text.split(" ")
    return material, Decimal(amount)


def _advised(text: str) -> Advised:
    """`S2 SEAL S2-0: 10 PC accepted, 1 PC damaged, 1 PC missing`."""
    lot, _, amounts = text.partition(": ")
    shipment, _, number = lot.split(" ")
    accepted, damaged, missing = (Decimal(one.split(" ")[0]) for one in amounts.split(", "))
    return Advised(shipment, number, accepted, damaged, missing)
