"""An MES to look around in, at a folder: what it is given it makes at once, and reports."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.b2mml.simulator import PlantBFolder
from andon.core.counterpart import Shows


class Shown(Shows):
    """In a folder."""

    def __init__(self) -> None:
        self._mes = PlantBFolder()
        self._looked = 0
        self._made: list[str] = []

    async def start(self, place: str) -> Sequence[str]:
        """It waits for orders in `out`."""
        return [f"folder {self._mes.lies_in(place)}"]

    async def effects(self) -> Sequence[str]:
        """Orders it took; each is answered and reported as made."""
        self._mes.work()
        floor = self._mes.floor
        new = [order for order in floor.done[self._looked :] if floor.begin(order) is not None]
        self._looked = len(floor.done)
        if new:
            self._mes.next_in("performance", floor.reports(new))
        for order in new:
            floor.end(order)
        self._made += new
        return [f"order {order}, and made it" for order in self._made]
