"""An MES to look around in, at a folder: what it is given it makes at once, and reports."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.b2mml.simulator import PlantBFolder
from andon.core.counterpart import Shows


class Shown(Shows):
    """In a folder."""

    def __init__(self) -> None:
        self._mes = PlantBFolder()
        self._reported = 0

    async def start(self, place: str) -> Sequence[str]:
        """It waits for orders in `out`."""
        return [f"folder {self._mes.lies_in(place)}"]

    async def effects(self) -> Sequence[str]:
        """Orders it took; each is answered and reported as made."""
        self._mes.work()
        done = self._mes.floor.done
        if new := done[self._reported :]:
            self._mes.next_in("performance", self._mes.floor.reports(new))
            self._reported = len(done)
        return [f"order {order}, and made it" for order in done]
