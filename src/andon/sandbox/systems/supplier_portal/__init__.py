"""A supplier without EDI: its own small program asks Andon's API, with a key that opens its own."""

__all__ = ["SupplierPortal"]

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote

import msgspec

from andon.sandbox.systems.supplier_edi import Advised
from andon.sandbox.systems.supplier_portal.seller import Order, Seller
from andon.sandbox.world import World

_FOLLOWS = 10
"""So many of the orders of which something is on its way it asks about at one look."""


class SupplierPortal(Seller):
    """What is wanted sooner its people pack at once; it reads what became of what they sent."""

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

    async def follow(self) -> None:
        """What became of it."""
        for number in self._on_their_way()[:_FOLLOWS]:
            await self._follow(number)

    def notice(self, order: Order) -> None:
        """What of it is wanted sooner, what comes back, and whether it owes that again."""
        if wanted := order.value("expedite"):
            self.called[order.local] = wanted
        else:
            self.called.pop(order.local, None)
        if back := order.value("returned"):
            owed = "owed again" if order.value("owed-again") else "to be credited"
            self.coming_back[order.local] = f"{back}, {owed}"

    def urgent(self, order: str) -> bool:
        """Whether somebody asks to have it sooner."""
        return order in self.called

    def _on_their_way(self) -> list[str]:
        """The orders of shipments of which it does not know what became, the oldest first."""
        known = {one.shipment for lots in self.advised.values() for one in lots}
        shipped = self.shipped.items()
        return list(dict.fromkeys(one.order for n, one in shipped if n not in known))

    async def _follow(self, number: str) -> None:
        status, said = await self.ask("GET", f"/v1/supply/purchase-order/{quote(number)}")
        if status != 200:
            return
        if judged := msgspec.convert(said, Order).value("judged"):
            self.advised[number] = [_advised(text) for text in judged.split("; ")]


def _advised(text: str) -> Advised:
    """`S2 SEAL S2-0: 10 PC accepted, 1 PC damaged, 1 PC missing`."""
    lot, _, amounts = text.partition(": ")
    shipment, _, number = lot.split(" ")
    accepted, damaged, missing = (Decimal(one.split(" ")[0]) for one in amounts.split(", "))
    return Advised(shipment, number, accepted, damaged, missing)
