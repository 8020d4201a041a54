"""Two shop floors with one face for tests: the simulator, and the real MES in its own processes."""

import asyncio
import contextlib
from typing import Protocol

from andon.connectors.fsmes.simulator import FsmesSimulator
from tools.counterparts import Fsmes


class Floor(Protocol):
    """What people on the floor do."""

    async def has(self, code: str) -> None:
        """Returns once the order is in its book."""
        ...

    async def make(self, code: str, *, good: float, scrap: float = 0.0) -> None:
        """Makes an order it has."""
        ...


class SimulatedFloor:
    """Exchanges with the hub all the time while it is entered."""

    def __init__(self, url: str, key: str) -> None:
        self._mes = FsmesSimulator(url, key=key)
        self._exchange: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "SimulatedFloor":
        self._exchange = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._exchange is not None
        self._exchange.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._exchange

    async def _run(self) -> None:
        async with self._mes.session() as http:
            while True:
                await self._mes.fetch(http)
                await self._mes.deliver(http)
                await asyncio.sleep(0.02)

    async def has(self, code: str) -> None:
        while code not in self._mes.orders:  # noqa: ASYNC110 the exchange fills it
            await asyncio.sleep(0.01)

    async def make(self, code: str, *, good: float, scrap: float = 0.0) -> None:
        self._mes.make(code, good=good, scrap=scrap)


class RealFloor:
    """SCOTT at the MES's own screens."""

    def __init__(self, mes: Fsmes) -> None:
        self._mes = mes

    async def has(self, code: str) -> None:
        await asyncio.to_thread(self._mes.wait_for, code, "planned")

    async def make(self, code: str, *, good: float, scrap: float = 0.0) -> None:
        def work() -> None:
            self._mes.operator.make(code, good=good, scrap=scrap)

        await asyncio.to_thread(work)
