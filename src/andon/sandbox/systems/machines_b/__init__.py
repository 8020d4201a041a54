"""The line of plant B: a controller that speaks OPC UA, by the server of asyncua."""

__all__ = ["LINE", "MachinesB"]

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from andon.sandbox.system import Belief, System
from andon.sandbox.truth import Broke, Fact, Made, Mended, Started
from andon.sandbox.world import World

if TYPE_CHECKING:
    from andon.sandbox.systems.machines_b.controller import Controller

LINE = "LINE-B1"


class MachinesB(System):
    """It tells what it does and what it has made; what nobody heard it does not tell again."""

    name = "machines-b"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self._secret = f"{world.chance('machines-b').getrandbits(64):016x}"
        self._seen: asyncio.Queue[tuple[str, Any, datetime]] = asyncio.Queue()
        self._state = "NotExecuting"
        self.good = 0
        """What its counter shows."""
        self._watching: asyncio.Task[None] | None = None

    @cached_property
    def _controller(self) -> "Controller":
        # The library takes a second to load, and the demo only wants to know who the systems are.
        from andon.sandbox.systems.machines_b.controller import Controller

        return Controller(users={"andon": self._secret})

    async def start(self) -> None:
        """Listens; after `stop` at the same port, with what its sensors saw meanwhile."""
        await self._controller.start()
        if self._watching is None:
            self._says("State", self._state)
            self._says("Good", self.good)
            self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Breaks all connections."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
            self._watching = None
        await self._controller.stop()

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_MACHINES_B_URL": self._controller.url,
            "COMPANY_MACHINES_B_PASSWORD": self._secret,
        }

    def hear(self, fact: Fact) -> None:
        """The line works, stands, breaks, or has made something."""
        match fact:
            case Started(machine=machine) if machine == LINE:
                self._does("Executing")
            case Broke(machine=machine) if machine == LINE:
                self._does("OutOfService")
            case Mended(machine=machine) if machine == LINE:
                self._does("NotExecuting")
            case Made(machine=machine) if machine == LINE:
                self.good += int(fact.good)
                self._says("Good", self.good)
                self._does("NotExecuting")
            case _:
                pass

    def _does(self, state: str) -> None:
        self._state = state
        self._says("State", state)

    def _says(self, name: str, value: object) -> None:
        self._seen.put_nowait((name, value, self.now()))

    async def _watch(self) -> None:
        while True:
            name, value, at = await self._seen.get()
            await self._controller.set(name, value, at=at)

    def believes(self) -> Iterable[Belief]:
        """What the line does, and how much it has made."""
        yield Belief(f"machine:{LINE}", "state", self._state)
        yield Belief(f"machine:{LINE}", "good", str(self.good))
