"""A Tryton 8.2 in a process of its own, with a planner beside Andon."""

__all__ = ["COUNTERPARTS", "RealTryton"]

import asyncio
import atexit
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from andon.connectors.tryton.asked import Ask, AskLot
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes
from tests.contract.losing import LosingWire
from tools.counterparts import Tryton


class RealTryton(Counterpart, Speaks, Takes):
    """Spoken to through a wire that can lose an answer."""

    name = "tryton"
    lasting: ClassVar[bool] = True
    most: ClassVar[int] = 5
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "can not call"

    def __init__(self) -> None:
        self._server = Tryton(Path())
        self._wire = LosingWire("http://127.0.0.1:1")
        self._waiting = "MO0"

    async def start(self) -> None:
        """The same database and port after a stop."""
        if self._server.folder == Path():
            self._server.folder = Path(tempfile.mkdtemp(prefix="andon-tryton-"))
            atexit.register(shutil.rmtree, self._server.folder, ignore_errors=True)
        await asyncio.to_thread(self._server.start)
        self._wire.target = self._server.rest_url
        await self._wire.open()
        if self._waiting == "MO0":
            self._waiting = await asyncio.to_thread(self._release)

    async def stop(self) -> None:
        """As power loss would end it."""
        await self._wire.close()
        await asyncio.to_thread(self._server.kill)

    def settings(self) -> dict[str, Any]:
        """The technical user's key, as seeded."""
        key = "none yet" if self._server.folder == Path() else self._server.key
        return {"url": self._wire.url, "key": key, "poll_every": "100 ms"}

    def wrong_access(self) -> dict[str, Any]:
        """Another key."""
        return {**self.settings(), "key": "not-the-key"}

    async def say(self, count: int) -> Sequence[str]:
        """Orders a planner releases."""
        return [f'"{await asyncio.to_thread(self._release)}"' for _ in range(count)]

    def request(self, effect: str) -> Request:
        """A new lot of this number."""
        return Request(target="stock.lot", body=AskLot(lot=effect, product="FG-WATER"))

    async def effects(self) -> Sequence[str]:
        """Numbers of lots, as the planner sees them."""
        rows = await asyncio.to_thread(
            lambda: self._server.planner.find("stock.lot", [], ["number"])
        )
        return [row["number"] for row in rows]

    async def lose_answer(self) -> None:
        """The next call that changes something is done, then the wire breaks."""
        self._wire.losing = b"POST"

    def refused(self) -> Request:
        """A start of an order that waits for its components."""
        return Request(target="production.run", body=Ask(number=self._waiting))

    def _release(self) -> str:
        return self._server.release(self._server.create_order("FG-WATER", 1))


COUNTERPARTS = (RealTryton,)
