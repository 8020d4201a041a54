"""The MES 0.4.2 in its own processes, posting to doors that keep what it posts."""

__all__ = ["COUNTERPARTS", "RealFsmes"]

import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from andon.connectors.fsmes import Fsmes as FsmesConnector
from andon.connectors.fsmes import FsmesSettings
from andon.core.connector import Arrival, Offered, Request
from andon.core.counterpart import Counterpart, Fetches, Pushes
from tests.contract.doors import Hub, listening
from tools.counterparts import Fsmes

_numbers = itertools.count(7001)


class RealFsmes(Counterpart, Pushes, Fetches):
    """Orders are put on offer; what it then asks, acknowledges and posts is passed on as it came.

    These methods wait for the MES: nobody else needs the event loop meanwhile.
    """

    name = "mes"
    lasting: ClassVar[bool] = True

    def __init__(self) -> None:
        self._stack = ExitStack()
        units = {"RAW-SUGAR": "kg", "RAW-FLAVOR": "l"}
        self._hub = Hub(FsmesConnector("mes", FsmesSettings(units=units)))
        self._mes: Fsmes | None = None

    async def start(self) -> None:
        """The MES, its exchange, and the doors it knocks at."""
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="andon-mes-")))
        address = self._stack.enter_context(listening(self._hub))
        self._mes = Fsmes(folder)
        await asyncio.to_thread(
            lambda: self._floor.start(erp_url=f"http://mes:its-key@{address}", poll=0.2)
        )
        self._stack.callback(self._floor.kill)

    async def stop(self) -> None:
        """As power loss would end it."""
        await asyncio.to_thread(self._stack.close)

    def settings(self) -> dict[str, Any]:
        """What it counts sugar and flavor in."""
        return {"units": {"RAW-SUGAR": "kg", "RAW-FLAVOR": "l"}}

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """Confirmations of as many orders as it takes, three of each."""
        found: list[tuple[Arrival, str]] = []
        while len(found) < count:
            code = self._offered(f"MO{next(_numbers)}")
            self._floor.wait_for(code, "planned")
            self._floor.operator.make(code, good=11)
            key = f"{code}:completion"
            self._until(lambda key=key: any(key.encode() in a.body for a in self._hub.arrivals))
            found += [
                (arrival, item.key)
                for arrival in self._hub.arrivals
                if f'"{code}'.encode() in arrival.body
                for item in self._hub.items
                if f'"{item.key}"'.encode() in arrival.body
            ]
        return found[:count]

    def bad_arrival(self) -> Arrival:
        """A confirmation nobody can tell from another: it has no key."""
        return Arrival({}, {}, {}, b'{"kind": "order_completion", "order": "MO1"}')

    def ask(self) -> Arrival:
        """Its own look for new orders."""
        self._until(lambda: any("status" in a.query for a in self._hub.arrivals))
        return next(a for a in self._hub.arrivals if "status" in a.query)

    def wanted(self, names: str) -> Request:
        """An order of this number."""
        row = {"code": names, "material": "FG-COLA", "quantity": 10.0, "unit": "u"}
        return Request(target="order", body={**row, "erp_reference": names}, names=names)

    def acknowledge(self, names: str) -> Arrival:
        """Its own acknowledgment of an order it fetched."""
        code = self._offered(names)
        self._until(lambda: any(a.path.get("code") == code for a in self._hub.arrivals))
        return next(a for a in self._hub.arrivals if a.path.get("code") == code)

    @property
    def _floor(self) -> Fsmes:
        assert self._mes is not None, "start() first"
        return self._mes

    def _offered(self, code: str) -> str:
        self._hub.offer(Offered(code, self.wanted(code)))
        return code

    def _until(self, so: Callable[[], bool]) -> None:
        ends = time.monotonic() + 60
        while not so():
            assert time.monotonic() < ends, "the MES said nothing for a minute"
            time.sleep(0.05)


COUNTERPARTS = (RealFsmes,)
