"""A broker with an edge node, whose line reports and obeys."""

__all__ = ["COUNTERPARTS", "SimulatedPlant"]

import itertools
import time
from collections.abc import Sequence
from typing import Any

from andon.connectors._broker import Broker
from andon.connectors.sparkplug.simulated import EdgeNode, Point
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_SLOTS = 100


class SimulatedPlant(Counterpart, Speaks, Takes):
    """MQTT 3.1.1, one node, one line. What it holds survives its broker; births say it again."""

    name = "plant"
    dedupes = False
    refusal_words = "has no metric"

    def __init__(self) -> None:
        self.broker = Broker(username="andon", password="line-secret")
        slots = {f"Slot/{n}": Point("String", None) for n in range(_SLOTS)}
        self.node = EdgeNode(
            lambda topic, payload: self.broker.publish(topic, payload, most=0),
            "Plant1",
            "edge1",
            {"line1": {**slots, "Recipe": Point("String", "none")}},
        )
        self.broker.took = self.node.took
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """The broker listens; the node comes back in a new session."""
        await self.broker.start()
        self.node.connect()

    async def stop(self) -> None:
        """Breaks all connections."""
        await self.broker.stop()
        self.node.vanish()

    def settings(self) -> dict[str, Any]:
        """All slots of all lines."""
        return {
            "url": f"mqtt://127.0.0.1:{self.broker.port or 9}",
            "username": "andon",
            "password": "line-secret",
            "version": "3.1.1",
            "timeout": "2s",
            "answers_within": "1s",
            "reorder_within": "300ms",
            "nodes": ["Plant1/edge1"],
            "metrics": {"slot": {"metric": "Slot/*", "of": "Plant1/*/line?"}},
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """Slots change, one message each, all at one instant."""
        numbers = list(itertools.islice(self._numbers, count))
        at = round(time.time() * 1000)
        for n in numbers:
            self.node.report("line1", {f"Slot/{n % _SLOTS}": f"fact-{n}-"}, at=at)
        return [f"fact-{n}-" for n in numbers]

    def request(self, effect: str) -> Request:
        """A recipe for the line."""
        return Request(target="Plant1/edge1/line1", body={"metrics": {"Recipe": effect}})

    async def effects(self) -> Sequence[str]:
        """Recipes it was told to take."""
        return [value for _, metric, value in self.node.commanded if metric == "Recipe"]

    async def lose_answer(self) -> None:
        """The line obeys and does not report it."""
        self.node.mute = True

    def refused(self) -> Request:
        """A metric it does not have."""
        return Request(target="Plant1/edge1/line1", body={"metrics": {"Speed": 3}})


COUNTERPARTS = (SimulatedPlant,)
