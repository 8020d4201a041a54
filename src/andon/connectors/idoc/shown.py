"""An SAP to look around in, at a folder: it sends orders, posts what we write, and answers."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.idoc.simulator import SapFolder
from andon.core.counterpart import Shows
from andon.core.errors import MappingError


class Shown(Shows):
    """In a folder."""

    def __init__(self) -> None:
        self._sap = SapFolder()
        self._refused: list[str] = []

    async def start(self, place: str) -> Sequence[str]:
        """Three orders lie in `in`; what we write into `out` is answered by ALEAUD."""
        root = self._sap.lies_in(place)
        self._sap.sap.orders.clear()
        orders = self._sap.sap.orders_document(["pump", "pump", "valve"])
        self._sap.next_in("loipro", orders)
        return [f"folder {root}", f"released: {', '.join(sorted(self._sap.sap.orders))}"]

    async def effects(self) -> Sequence[str]:
        """What it posted, and what is no IDoc at all."""
        try:
            self._sap.work()
        except MappingError as error:
            self._refused.append(f"nothing: {error}")
        return [*self._refused, *(f"a posting: {text}" for text in self._sap.sap.done)]
