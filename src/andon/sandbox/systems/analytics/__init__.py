"""Analytics, a SaaS: it loads CSV files from a folder and records from a topic. It owns nothing."""

__all__ = ["Analytics", "Told"]

import asyncio
import csv
import shutil
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from andon.sandbox.system import Belief, System
from andon.sandbox.systems.analytics.rows import Told
from andon.sandbox.systems.analytics.stream import Stream
from andon.sandbox.world import World

_HEADER = ["event", "subject", "at", "data"]
_LOOKS = 0.2


class Analytics(System):
    """It loads what lies there and puts the file away. A row that comes twice is there twice."""

    name = "analytics"

    def __init__(self, world: World, andon: str) -> None:
        super().__init__(world, andon)
        self.folder = Path(tempfile.mkdtemp(prefix="andon-analytics-"))
        weakref.finalize(self, shutil.rmtree, self.folder, True)
        for part in ("in", "out", "loaded", "refused"):
            (self.folder / part).mkdir()
        self.store: list[Told] = []
        """What came in files."""
        self._password = f"{world.chance('analytics').getrandbits(96):024x}"
        self.stream = Stream(self._password, world.now)
        self._loading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Loads from now on, and takes what is appended to its topic."""
        await self.stream.broker.start()
        self._loading = asyncio.create_task(self._load_on())

    async def stop(self) -> None:
        """What is put into the folder stays there; nobody can append to the topic."""
        await self.stream.broker.stop()
        if self._loading is not None:
            self._loading.cancel()
            with suppress(asyncio.CancelledError):
                await self._loading

    def environment(self) -> Mapping[str, str]:
        """As the project's parameters name them."""
        return {
            "COMPANY_ANALYTICS_FOLDER": str(self.folder),
            "COMPANY_ANALYTICS_BROKER": f"127.0.0.1:{self.stream.broker.port}",
            "COMPANY_ANALYTICS_PASSWORD": self._password,
        }

    async def _load_on(self) -> None:
        while True:
            self.load()
            await asyncio.sleep(_LOOKS)

    def load(self) -> None:
        """Everything that is there now; a file it cannot read is put aside whole."""
        self.stream.load()
        for file in sorted((self.folder / "out").glob("*.csv")):
            try:
                rows = _rows(file.read_text("utf-8"))
            except (ValueError, csv.Error):
                file.rename(self.folder / "refused" / file.name)
            else:
                self.store += rows
                file.rename(self.folder / "loaded" / file.name)

    def believes(self) -> Iterable[Belief]:
        """How much of each kind it has been told."""
        for event, count in sorted(Counter(row.event for row in self.store).items()):
            yield Belief(f"event:{event}", "rows", str(count))
        streamed = Counter(row.event for row in self.stream.store.values())
        for event, count in sorted(streamed.items()):
            yield Belief(f"event:{event}", "streamed", str(count))


def _rows(text: str) -> list[Told]:
    """Raises ValueError for anything but rows of these four columns."""
    reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
    if reader.fieldnames != _HEADER:
        raise ValueError(f"columns are {reader.fieldnames}, not {_HEADER}")
    return [
        Told(
            row["event"],
            row["subject"],
            datetime.fromisoformat(row["at"]),
            msgspec.json.decode(row["data"], type=dict[str, Any]),
        )
        for row in reader
    ]
