"""A partner's repository to look around in: it captures what we send, once."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.epcis.simulator import Repository
from andon.core.counterpart import Shows


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._repository = Repository()

    async def start(self, place: str) -> Sequence[str]:
        """One shipment was recorded before it begins."""
        self._repository.listens_at(int(place))
        await self._repository.start()
        (lot,) = await self._repository.say(1)
        settings = self._repository.settings()
        return [f"url {settings['url']}, token {settings['token']}", f"shipped: {lot}"]

    async def effects(self) -> Sequence[str]:
        """The lots of what was captured."""
        return [f"an event of lot {lot}" for lot in await self._repository.effects()]
