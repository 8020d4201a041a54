"""Goods: what of a sales order stands on which delivery, and what has left."""

__all__ = ["Goods"]

from collections.abc import Iterable
from decimal import Decimal

from andon.model.fulfilment import DeliveryCreated, DeliveryLine, MilestonePassed
from andon.model.sales import SalesLine


class Goods:
    """Of one order."""

    def __init__(self, ordered: Iterable[SalesLine]) -> None:
        self._ordered = _amounts(ordered)
        self._on: dict[str, dict[str, Decimal]] = {}
        self._left: set[str] = set()

    def hear(self, news: DeliveryCreated | MilestonePassed) -> None:
        """A milestone may be heard before its delivery, and twice. What arrived has left, too."""
        delivery = news.delivery_id.rpartition(":")[2]
        if isinstance(news, DeliveryCreated):
            self._on[delivery] = _amounts(news.lines)
        else:
            self._left.add(delivery)

    @property
    def gone(self) -> bool:
        """All that was ordered has left."""
        left = [self._on[delivery] for delivery in self._left & self._on.keys()]
        return all(
            sum((one.get(material, Decimal(0)) for one in left), Decimal(0)) >= amount
            for material, amount in self._ordered.items()
        )


def _amounts(lines: Iterable[SalesLine | DeliveryLine]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in lines:
        found[line.material_id] = found.get(line.material_id, Decimal(0)) + line.quantity.amount
    return found
