"""A carrier that speaks X12 in a mailbox behind SFTP: loads tendered by 204, answered by 990, and
followed by 214."""

__all__ = ["Carrier", "Load"]

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from andon.connectors._folders.drops import BehindSftp
from andon.connectors.edi.simulated.program import Came
from andon.connectors.edi.simulated.x12 import X12Program
from andon.core.connector import Request
from andon.sandbox.system import Belief, System
from andon.sandbox.world import World

_LOOKS = 0.3
_HALF_TIME = 0.4
"""Seconds between the halves of a file that is written in place."""
_CODES = {"departed": "AF", "arrived": "X1", "delivered": "D1"}
"""Milestones, as 214 has them."""


class Load(msgspec.Struct):
    """A delivery that it was asked to carry."""

    delivery: str
    accepted: bool
    passed: dict[str, datetime] = {}


class _Mailbox(BehindSftp):
    """Both see `in` and `out`; its own people write to it directly."""

    def request(self, effect: str) -> Request:
        """Nobody asks for one here."""
        raise NotImplementedError(effect)

    async def effects(self) -> Sequence[str]:
        """Names of all files that it was sent."""
        return sorted(file.name for file in (self.root / "out").glob("*.edi"))

    async def say(self, count: int) -> Sequence[str]:
        """It says nothing by itself."""
        del count
        return ()


class Carrier(System):
    """It takes a load or declines it, once for each tender that it reads."""

    name = "carrier"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.loads: dict[str, Load] = {}
        self.tenders: Counter[str] = Counter()
        """Delivery -> how often it was tendered."""
        self.program = X12Program("ROAD")
        self.odd: Counter[Literal["repeat", "half"]] = Counter()
        """So many of the next interchanges come a second time under their number, in another file;
        or are written in two halves where they are read."""
        self.struck: Counter[Literal["repeat", "half"]] = Counter()
        self._box = _Mailbox()
        self._chance = world.chance("carrier")
        self._read: set[str] = set()
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Its server listens, and its program looks into the mailbox."""
        await self._box.start()
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Nobody gets in; what lies in the mailbox stays."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self._box.stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        settings = self._box.settings()
        return {
            "COMPANY_CARRIER_URL": settings["folder"],
            "COMPANY_CARRIER_HOST": settings["known_hosts"],
            "COMPANY_CARRIER_PASSWORD": settings["password"],
        }

    @property
    def mailbox(self) -> Path:
        """Where both put their files, as its own people see it."""
        return self._box.root

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
        self._post(self.program.written("QM", [("214", body)]))

    async def _look(self) -> None:
        while True:
            for name in await self._box.effects():
                if name not in self._read:
                    self._read.add(name)
                    self._answer((self._box.root / "out" / name).read_bytes())
            await asyncio.sleep(_LOOKS)

    def _answer(self, content: bytes) -> None:
        came = self.program.read(content)
        acknowledged = self.program.acknowledgment(came)
        if acknowledged is not None:
            self._post(acknowledged)
        for one in came:
            if one.document == "204" and not one.errors:
                self._decide(one)

    def _decide(self, tender: Came) -> None:
        delivery = tender.number
        self.tenders[delivery] += 1
        accepted = self._chance.random() < 0.4
        self.loads.setdefault(delivery, Load(delivery, accepted))
        word = "A" if self.loads[delivery].accepted else "D"
        body = [f"B1*ROAD*{delivery}*{self.now():%Y%m%d}*{word}"]
        self._post(self.program.written("GF", [("990", body)]))

    def _post(self, content: bytes) -> None:
        name = self._box.next_name("road", "edi")
        if self._strikes("half"):
            half = len(content) // 2
            self._box.write_in_place(name, content[:half])
            asyncio.get_running_loop().call_later(
                _HALF_TIME, partial(self._box.write_in_place, name, content[half:], more=True)
            )
        else:
            self._box.rename_in(name, content)
        if self._strikes("repeat"):
            self._box.rename_in(self._box.next_name("road", "edi"), content)

    def _strikes(self, odd: Literal["repeat", "half"]) -> bool:
        if self.odd[odd] <= 0:
            return False
        self.odd[odd] -= 1
        self.struck[odd] += 1
        return True

    def believes(self) -> Iterable[Belief]:
        """How far each of its loads is."""
        for load in self.loads.values():
            if load.passed:
                yield Belief(f"delivery:{load.delivery}", "milestone", list(load.passed)[-1])
