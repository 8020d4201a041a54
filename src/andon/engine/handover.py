"""How lanes come to this worker and leave it, with everything that lies in them."""

__all__ = ["Handover"]

import logging
from collections.abc import Callable, Sequence

from andon.engine.advance import Advance
from andon.engine.deliver import Deliver
from andon.engine.lanes import Lease
from andon.engine.sessions import Control

_log = logging.getLogger(__name__)


class Handover:
    """A lane that goes to another worker leaves when its calls have ended and what came of them is
    written."""

    def __init__(
        self,
        lease: Lease,
        advance: Advance,
        control: Control,
        delivers: Callable[[], Sequence[Deliver]],
    ) -> None:
        self._lease = lease
        self._advance = advance
        self._control = control
        self._delivers = delivers
        self.leaving: set[int] = set()
        """Lanes that another worker asks for: no new call begins for them."""

    async def share(self) -> None:
        """Takes free lanes up to a fair share, and begins to give back what is beyond it."""
        async with self._advance.alone, self._control.alone:
            await self._lease.end_stopped()
            await self._give_back()
            taken, surplus = await self._lease.share()
            if taken:
                await self._advance.take(taken, died=self._lease.died)
            if fresh := [lane for lane in surplus if lane not in self.leaving]:
                _log.info("another worker is there; it gets %s lanes", len(fresh))
                await self._advance.leave(fresh)
                self.leaving.update(fresh)

    async def remember(self) -> None:
        """Lanes' positions are written once a second;
        what is read again is known by its run's key."""
        async with self._advance.alone:
            await self._advance.remember(self._advance.lanes)

    async def _give_back(self) -> None:
        if not self.leaving:
            return
        await self._advance.batch()
        delivers = self._delivers()
        busy = self._advance.busy_lanes()
        free = {
            lane
            for lane in self.leaving
            if lane not in busy and not any(deliver.busy(lane) for deliver in delivers)
        }
        for deliver in delivers:
            deliver.forget(free)
        self._advance.empty(free)
        await self._lease.give_back(sorted(free))
        self.leaving -= free
