"""The simulated MES as a process: it polls, two machines count pieces, people complete.

`python -m andon.connectors.fsmes.simulated_floor FOLDER`, set up by the real one's variables:
`MES_ERP_BASE_URL` (with user and key), `MES_ERP_POLL_SECONDS`, and `MES_SPEED`.
"""

__all__ = ["SimulatedFloor", "main"]

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from andon.connectors.fsmes.simulated import STEPS, Step
from andon.connectors.fsmes.simulator import FsmesSimulator

_LOOK_EVERY = 0.3
"""Seconds between two looks of the people; what machines count meanwhile is over-production."""
_PIECES_PER_SCRAP = 17


class SimulatedFloor:
    """Makes every order it fetches, first come first made. Nobody waits for the step before."""

    def __init__(
        self, mes: FsmesSimulator, *, speed: float, poll: float, told: Callable[[str], None]
    ) -> None:
        self._mes = mes
        self._speed = speed
        self._poll = poll
        self._told = told
        self._reached = True

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._exchange())
            work.create_task(self._people())
            for step in STEPS:
                work.create_task(self._machine(step))

    async def _exchange(self) -> None:
        async with self._mes.session() as http:
            while True:
                try:
                    for code in await self._mes.fetch(http):
                        self._told(f"fetched {code}")
                    if await self._mes.deliver(http):
                        self._mes.save()
                    self._say_reached(None)
                except (aiohttp.ClientError, TimeoutError) as error:
                    # Never the error itself: it may hold the address, and with it the key.
                    self._say_reached(type(error).__name__)
                await asyncio.sleep(self._poll)

    def _say_reached(self, error: str | None) -> None:
        if self._reached != (error is None):
            self._reached = error is None
            self._told(
                f"the ERP is away ({error}); what is made is kept" if error else "it is back"
            )

    async def _people(self) -> None:
        """They complete a step once it has its quantity, and the order with its last step."""
        while True:
            for code, steps in list(self._mes.steps.items()):
                wanted = float(self._mes.orders[code]["quantity"])
                for seq, made in steps.items():
                    if made.completed_at is None and made.good >= wanted:
                        made.completed_at = datetime.now(UTC)
                        self._mes.confirm(code, seq)
                        self._told(f"completed step {seq} of {code}: {made.good:g} good")
                if all(made.completed_at for made in steps.values()):
                    self._mes.complete(code)
            self._mes.save()
            await asyncio.sleep(_LOOK_EVERY)

    async def _machine(self, step: Step) -> None:
        """Counts piece after piece for its first open order."""
        pieces = 0
        while True:
            open_ones = (steps[step.seq] for steps in self._mes.steps.values())
            made = next((one for one in open_ones if one.completed_at is None), None)
            if made is not None and made.started_at is None:
                made.started_at = datetime.now(UTC)
            await asyncio.sleep(step.seconds / self._speed)
            if made is None or made.completed_at is not None:
                continue
            pieces += 1
            if step is STEPS[-1] and pieces % _PIECES_PER_SCRAP == 0:
                made.scrap += 1
            else:
                made.good += 1


async def _until_ended(floor: SimulatedFloor) -> None:
    work = asyncio.ensure_future(floor.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
    await asyncio.gather(work, return_exceptions=True)
    if not work.cancelled():
        work.result()


def main() -> None:
    """One plant whose book is in the folder named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    poll = float(os.environ.get("MES_ERP_POLL_SECONDS", "5"))
    floor = SimulatedFloor(
        FsmesSimulator(os.environ["MES_ERP_BASE_URL"], file=folder / "book.json"),
        speed=float(os.environ.get("MES_SPEED", "1")),
        poll=poll,
        told=lambda text: print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True),
    )
    print(f"asks for orders every {poll:g} s", flush=True)
    asyncio.run(_until_ended(floor))


if __name__ == "__main__":
    main()
