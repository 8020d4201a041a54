"""The company: one world, all its systems, and business time that goes on."""

__all__ = ["Company"]

import asyncio
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TypeVar

from andon.sandbox.lives import begin
from andon.sandbox.partner import Partner
from andon.sandbox.system import System
from andon.sandbox.systems import SYSTEMS
from andon.sandbox.world import BEGAN, World

_TICK = 0.02
_System = TypeVar("_System", bound=System)


class Company:
    """Runs in one event loop, beside nothing of Andon's.

    `speed` is business seconds per second; business time can be held and goes on where it stood.
    """

    def __init__(
        self,
        *,
        seed: int,
        andon: str,
        speed: float = 60.0,
        began: datetime = BEGAN,
        pace: float = 1.0,
        systems: Sequence[type[System]] = SYSTEMS,
    ) -> None:
        self.world = World(seed, began=began, pace=pace)
        self.speed = speed
        self.systems: Mapping[str, System] = {
            kind.name: kind(self.world, andon) for kind in systems
        }
        self._living: asyncio.Task[None] | None = None
        self._until: datetime | None = None

    def the(self, kind: type[_System]) -> _System:
        """Its system of this kind. Raises LookupError when there is none."""
        for system in self.systems.values():
            if isinstance(system, kind):
                return system
        raise LookupError(f"The company has no {kind.__name__}")

    async def start(self) -> None:
        """Every system answers; nobody acts yet. Where one cannot, none does."""
        begun: list[System] = []
        try:
            for system in self.systems.values():
                await system.start()
                begun.append(system)
        except BaseException:
            for system in begun:
                await system.stop()
            raise

    def environment(self) -> dict[str, str]:
        """All that a project needs to reach them."""
        found: dict[str, str] = {}
        for system in self.systems.values():
            found |= system.environment()
        return found

    def admit(self, keys: Mapping[str, str]) -> None:
        """Each partner that Andon's administrator has made a key for, by its name."""
        for partner in self.partners():
            if partner.name in keys:
                partner.admit(keys[partner.name])

    def partners(self) -> list[Partner]:
        """Those who call Andon's own API."""
        return [one for one in self.systems.values() if isinstance(one, Partner)]

    def live(self, until: datetime | None = None, *, late: float = 0.0) -> None:
        """People and machines begin to act; those who begin so many seconds late catch up."""
        begin(self)
        self._until = until
        self._living = asyncio.create_task(self._live(time.monotonic() - late))

    async def rest(self, at: datetime) -> None:
        """As `lived`, but nobody begins anything after this instant, or now if it has passed,
        whatever time was given to `live`."""
        self._until = max(at, self.world.now())
        await self.lived()

    async def lived(self) -> None:
        """Returns when the time given to `live` has come. Raises what went wrong in the world."""
        if self._living is not None:
            await self._living

    async def _live(self, real: float) -> None:
        business = self.world.now()
        while self._until is None or self.world.now() < self._until:
            await asyncio.sleep(_TICK)
            ahead = business + timedelta(seconds=(time.monotonic() - real) * self.speed)
            self.world.run(ahead if self._until is None else min(ahead, self._until))

    async def stop(self) -> None:
        """Nobody acts any more, and no system answers."""
        if self._living is not None:
            self._living.cancel()
            with suppress(asyncio.CancelledError):
                await self._living
        for system in self.systems.values():
            await system.stop()
