"""A receiver to look around in: it takes signed posts, each once."""

__all__ = ["Shown"]

from collections.abc import Sequence

from andon.connectors.webhook.simulator import Receiver
from andon.core.counterpart import Shows


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._receiver = Receiver()

    async def start(self, place: str) -> Sequence[str]:
        """It waits for posts signed by Standard Webhooks."""
        self._receiver.listens_at(int(place))
        await self._receiver.start()
        settings = self._receiver.settings()
        return [f"url {settings['url']}, secret {settings['sign']['secrets'][0]}"]

    async def effects(self) -> Sequence[str]:
        """What the posts name."""
        return await self._receiver.effects()
