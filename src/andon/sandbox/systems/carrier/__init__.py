"""A carrier that speaks X12 in a mailbox behind SFTP: loads tendered by 204, answered by 990, and
followed by 214."""

__all__ = ["Carrier", "Load"]

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from andon.connectors.edi.simulated.x12 import X12Program
from andon.sandbox.mailbox import MailboxSystem
from andon.sandbox.system import Belief
from andon.sandbox.world import World

_CODES = {"departed": "AF", "arrived": "X1", "delivered": "D1"}
"""Milestones, as 214 has them."""


class Load(msgspec.Struct):
    """A delivery that it was asked to carry."""

    delivery: str
    accepted: bool
    passed: dict[str, datetime] = {}


class _Road(X12Program):
    """Acknowledges each tender, then answers it."""

    def __init__(self, answer: Callable[[str], list[str]]) -> None:
        super().__init__("ROAD")
        self._answer = answer

    def answers(self, content: bytes) -> list[bytes]:
        """A 997, and a 990 for each load."""
        came = self.read(content)
        acknowledged = self.acknowledgment(came)
        said = [] if acknowledged is None else [acknowledged]
        for one in came:
            if one.document == "204" and not one.errors:
                said.append(self.written("GF", [("990", self._answer(one.number))]))
        return said


class Carrier(MailboxSystem):
    """It takes a load or declines it, once for each tender that it reads."""

    name = "carrier"
    variables = "COMPANY_CARRIER"

    def __init__(self, world: World, andon: str) -> None:
        self.program = _Road(self._decided)
        super().__init__(world, andon, self.program, "road")
        self.loads: dict[str, Load] = {}
        self.tenders: Counter[str] = Counter()
        """Delivery -> how often it was tendered."""
        self._chance = world.chance("carrier")

    def effects(self) -> int:
        """How many loads it was tendered."""
        return self.tenders.total()

    def passes(self, delivery: str, milestone: str) -> None:
        """A driver presses the button; the office sends a 214."""
        at = self.now()
        self.loads[delivery].passed[milestone] = at
        body = [
            f"B10*{delivery}*{delivery}*ROAD",
            "LX*1",
            f"AT7*{_CODES[milestone]}*NS***{at:%Y%m%d*%H%M%S}*UT",
        ]
        self.post(self.program.written("QM", [("214", body)]))

    def look(self) -> None:
        """All that it says may come badly."""
        self.mailbox.answer(self.post)

    def _decided(self, delivery: str) -> list[str]:
        self.tenders[delivery] += 1
        accepted = self._chance.random() < 0.4
        self.loads.setdefault(delivery, Load(delivery, accepted))
        word = "A" if self.loads[delivery].accepted else "D"
        return [f"B1*ROAD*{delivery}*{self.now():%Y%m%d}*{word}"]

    def believes(self) -> Iterable[Belief]:
        """How far each of its loads is."""
        for load in self.loads.values():
            if load.passed:
                yield Belief(f"delivery:{load.delivery}", "milestone", list(load.passed)[-1])
