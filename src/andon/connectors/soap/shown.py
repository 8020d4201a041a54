"""A shop-floor system to look around in: SOAP 1.1, three released orders, confirmations."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.soap.simulator import ShopService
from andon.core.counterpart import Shows


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._shop = ShopService()

    async def start(self, place: str) -> Sequence[str]:
        """The orders are released when it begins."""
        system = self._shop.system
        system.port = int(place)
        await self._shop.start()
        await self._shop.say(3)
        return [
            f"wsdl {system.wsdl}, user {system.user}, password {system.password}",
            f"released: {', '.join(system.orders)}",
        ]

    async def effects(self) -> Sequence[str]:
        """What was confirmed."""
        return [f"{document}, order {order}" for document, _, order in self._shop.system.posted]
