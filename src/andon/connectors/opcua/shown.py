"""A press to look around in: it runs and stands, counts its pieces, and takes jobs."""

__all__ = ["Shown"]

import asyncio
import itertools
from collections.abc import Sequence

from andon.connectors.opcua.simulated import Machine
from andon.core.counterpart import Shows

_USER, _PASSWORD = "andon", "line-secret"
_PAUSE = 1.0


class Shown(Shows):
    """At a port, without encryption."""

    def __init__(self) -> None:
        self._press = Machine(users={_USER: _PASSWORD})
        self._running: asyncio.Task[None] | None = None

    async def start(self, place: str) -> Sequence[str]:
        """From now on it makes nine pieces, stands for a second, and goes on."""
        self._press = Machine(users={_USER: _PASSWORD}, port=int(place))
        await self._press.start()
        self._running = asyncio.create_task(self._runs(), name="press")
        return [f"url {self._press.url}, user {_USER}, password {_PASSWORD}, without encryption"]

    async def effects(self) -> Sequence[str]:
        """Orders that were written, and jobs that were stored."""
        return [
            *(f"order {order}" for order in self._press.told),
            *(f"job {job}" for job in self._press.jobs.stored),
        ]

    async def _runs(self) -> None:
        for count in itertools.count(1):
            stands = count % 10 == 0
            await self._press.set("state", "NotExecuting" if stands else "Executing")
            await self._press.set("pieces", count - count // 10)
            await asyncio.sleep(_PAUSE)
