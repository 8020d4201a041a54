"""A plant to look around in: a broker, and an edge node whose line runs and stands."""

__all__ = ["Shown"]

import asyncio
import itertools
from collections.abc import Sequence

from andon.connectors._broker import Broker
from andon.connectors.sparkplug.simulated import EdgeNode, Point
from andon.core.counterpart import Shows

_USER, _PASSWORD, _LINE = "andon", "line-secret", "line1"
_PAUSE = 1.0


class Shown(Shows):
    """At a port."""

    def __init__(self) -> None:
        self._broker = Broker(username=_USER, password=_PASSWORD)
        points = {
            "State": Point("Int32", 0),
            "Reason": Point("String", ""),
            "GoodCount": Point("Int64", 0),
            "Light": Point("Boolean", value=False),
        }
        self._node = EdgeNode(
            lambda topic, payload: self._broker.publish(topic, payload, most=0),
            "Plant1",
            "edge1",
            {_LINE: points},
        )
        self._broker.took = self._node.took
        self._running: asyncio.Task[None] | None = None

    async def start(self, place: str) -> Sequence[str]:
        """From now on the line makes ten pieces, stands, and goes on."""
        self._broker.port = int(place)
        await self._broker.start()
        self._node.connect()
        self._running = asyncio.create_task(self._runs(), name="line")
        return [
            f"url mqtt://127.0.0.1:{place}, user {_USER}, password {_PASSWORD}",
            f"Plant1/edge1/{_LINE}: State (0 stands, 1 runs), Reason, GoodCount, Light",
        ]

    async def effects(self) -> Sequence[str]:
        """What the line was told."""
        return [f"{device}: {metric} = {value}" for device, metric, value in self._node.commanded]

    async def _runs(self) -> None:
        for count in itertools.count(1):
            stands = count % 10 == 0
            self._node.report(_LINE, {"State": 1 - stands, "Reason": "jam" if stands else ""})
            if not stands:
                self._node.report(_LINE, {"GoodCount": count})
            await asyncio.sleep(_PAUSE)
