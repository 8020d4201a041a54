"""A press behind the server of asyncua: values with a history, an order, a method, jobs."""

__all__ = ["COUNTERPARTS", "Press"]

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from andon.connectors.opcua.simulated import Machine
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_PASSWORD = "line-secret"


class Press(Counterpart, Speaks, Takes):
    """Its state has a history, its order can be written. No encryption: see `tests/contract`."""

    name = "press"
    lasting: ClassVar[bool] = True
    most: ClassVar[int] = 2_000
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "BadUserAccessDenied"

    def __init__(self) -> None:
        self.machine = Machine(users={"andon": _PASSWORD})
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """Listens, at the port it had before."""
        await self.machine.start()

    async def stop(self) -> None:
        """Breaks all connections and forgets all sessions; the history stays, as on its disk."""
        await self.machine.stop()

    def settings(self) -> dict[str, Any]:
        """The press, on a wire where a password may be read."""
        return {
            "url": self.machine.url,
            "security": "None",
            "username": "andon",
            "password": _PASSWORD,
            "readable_password": True,
            "timeout": "2s",
            "publish_every": "50ms",
            "keep_for": "0s",
            "nodes": {"machine.state": {"ids": ["nsu=http://acme.example/press;s=state"]}},
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """States, all at one instant."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        at = datetime.now(UTC)
        for name in names:
            await self.machine.set("state", name, at=at)
        return names

    def request(self, effect: str) -> Request:
        """The press is told its order."""
        return Request(
            target="write nsu=http://acme.example/press;s=order",
            body={"type": "String", "value": effect},
        )

    async def effects(self) -> Sequence[str]:
        """Orders the press was told."""
        return list(self.machine.told)

    async def lose_answer(self) -> None:
        """The press takes its next order, and the line breaks."""
        self.machine.losing = True

    def refused(self) -> Request:
        """The state, which only the press writes."""
        body = {"type": "String", "value": "none"}
        return Request(target="write nsu=http://acme.example/press;s=state", body=body)


COUNTERPARTS = (Press,)
