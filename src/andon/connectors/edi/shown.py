"""ACME to look around in: a supplier of pumps and seals at its side of a mailbox, by X12."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.edi.simulator import AcmeOnFolder
from andon.core.counterpart import Shows


class Shown(Shows):
    """In a folder."""

    def __init__(self) -> None:
        self._acme = AcmeOnFolder()

    async def start(self, place: str) -> Sequence[str]:
        """It waits for orders in `out`."""
        root = self._acme.lies_in(place)
        return [f"folder {root}", "ACME is ZZ:ACME, and knows us as ZZ:ANDON"]

    async def effects(self) -> Sequence[str]:
        """Orders it could read; each is acknowledged, confirmed and shipped."""
        self._acme.answer()
        return [f"order {number}" for number in await self._acme.effects()]
