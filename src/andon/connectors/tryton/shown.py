"""A Tryton to look around in: two waiting orders, and whatever is written to it."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.tryton.simulator import TrytonSimulator
from andon.core.counterpart import Shows


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._tryton = TrytonSimulator()

    async def start(self, place: str) -> Sequence[str]:
        """The orders are released when it begins."""
        orders = [self._tryton.release(product, 10) for product in ("FG-COLA", "FG-WATER")]
        await self._tryton.start(int(place))
        return [
            f"url {self._tryton.url}, key {self._tryton.key}",
            f"released: {', '.join(orders)}",
        ]

    async def effects(self) -> Sequence[str]:
        """Every call that asked for an effect."""
        return self._tryton.calls
