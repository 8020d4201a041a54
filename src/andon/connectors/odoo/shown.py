"""An Odoo to look around in: two manufacturing orders, and whatever is asked of it."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.odoo.simulator import SimulatedOdoo
from andon.core.counterpart import Shows


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._odoo = SimulatedOdoo()

    async def start(self, place: str) -> Sequence[str]:
        """The orders are confirmed when it begins."""
        self._odoo.port = int(place)
        await self._odoo.start()
        names = ("WH/MO/00001", "WH/MO/00002")
        for name in names:
            self._odoo.order(name)
        access = self._odoo.settings()
        return [
            f"url {access['url']}, database {access['database']}, key {access['key']}",
            f"confirmed: {', '.join(names)}, ten of PUMP each",
        ]

    async def effects(self) -> Sequence[str]:
        """The lots that were made."""
        return [f"lot {name}" for name in await self._odoo.effects()]
