"""A broker with a machine that speaks and a reader that listens."""

__all__ = ["COUNTERPARTS", "SmallBroker"]

import itertools
from collections.abc import Sequence
from typing import Any

import msgspec

from andon.connectors._broker import Broker
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes


class SmallBroker(Counterpart, Speaks, Takes):
    """MQTT 3.1.1. What it took is known by the `effect` in each payload."""

    name = "broker"
    dedupes = False

    def __init__(self) -> None:
        self._broker = Broker(username="andon", password="line-secret")
        self._broker.took = self._take
        self._numbers = itertools.count(1)
        self._effects: list[str] = []

    async def start(self) -> None:
        """Listens."""
        await self._broker.start()

    async def stop(self) -> None:
        """Breaks all connections."""
        await self._broker.stop()

    def settings(self) -> dict[str, Any]:
        """All machines of the plant."""
        return {
            "url": f"mqtt://127.0.0.1:{self._broker.port or 9}",
            "username": "andon",
            "password": "line-secret",
            "version": "3.1.1",
            "timeout": "2s",
            "topics": {
                "machine.state": {
                    "template": "acme/{site}/{machine}/state",
                    "key": "/id",
                    "at": "/at",
                }
            },
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """Machine states, all at one instant."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        for name in names:
            body = {"id": name, "state": "Executing", "at": "2026-11-23T12:00:00Z"}
            self._broker.publish("acme/berlin/press-2/state", msgspec.json.encode(body))
        return names

    def request(self, effect: str) -> Request:
        """A setpoint for a machine."""
        return Request(target="acme/berlin/press-2/set", body={"effect": effect})

    async def effects(self) -> Sequence[str]:
        """What machines were told."""
        return list(self._effects)

    async def lose_answer(self) -> None:
        """The machine is told; nobody hears that."""
        self._broker.losing = True

    def refused(self) -> Request:
        """A topic that is a question."""
        return Request(target="acme/+/set", body={"effect": "none"})

    def _take(self, topic: str, payload: bytes) -> None:
        if topic.endswith("/set"):
            self._effects.append(msgspec.json.decode(payload)["effect"])


COUNTERPARTS = (SmallBroker,)
