"""pysparkplug, an edge node that is not ours, on mosquitto."""

__all__ = ["COUNTERPARTS", "PySparkplug"]

import asyncio
import contextlib
import itertools
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes
from tests.contract.mosquitto import Mosquitto
from tools.counterparts.environments import BUILD

PYTHON = BUILD / "sparkplug" / "bin" / "python"
NODE = Path(__file__).parent / "sparkplug_node.py"
_SLOTS = 50


class PySparkplug(Counterpart, Speaks, Takes):
    """One node with one line; what its metrics say outlives the process."""

    name = "pysparkplug"
    most: ClassVar[int] = 2_000
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "has no metric"

    def __init__(self) -> None:
        self._broker = Mosquitto({"andon": "line-secret", "node": "node-secret"})
        self._process: Process | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._done = asyncio.Semaphore(0)
        self._numbers = itertools.count(1)
        self._effects: list[str] = []
        self.points: dict[str, tuple[str, Any, int | None]] = {
            **{f"Slot/{n}": ("STRING", None, None) for n in range(_SLOTS)},
            "Recipe": ("STRING", "none", None),
            "State": ("INT32", -1, None),
            "GoodCount": ("INT64", 0, None),
        }

    async def start(self) -> None:
        """Broker, then node."""
        await self._broker.start()
        await self.comes()

    async def stop(self) -> None:
        """Both are killed; the node first, so that its will is published."""
        await self.killed()
        await self._broker.stop()

    async def comes(self) -> None:
        """A process of the node begins and is born."""
        assert PYTHON.exists(), f"{PYTHON} is missing: sh tools/setup.sh test makes it"
        self._process = await asyncio.create_subprocess_exec(PYTHON, NODE, stdin=PIPE, stdout=PIPE)
        self._hearing = asyncio.create_task(self._hear(self._process))
        login = {"username": "node", "password": "node-secret", "port": self._broker.port}
        await self.does(do="connect", points=self.points, **login)

    async def killed(self) -> None:
        """As power loss would."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._hearing is not None:
            await self._hearing

    async def does(self, **order: Any) -> None:
        """Something a plant does; returns when it is done."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(order) + b"\n")
        await asyncio.wait_for(self._done.acquire(), 20)

    async def reports(self, *values: tuple[str, Any]) -> None:
        """The line says these, one message each, all at one instant."""
        at = round(time.time() * 1000)
        for name, value in values:
            self.points[name] = (self.points[name][0], value, at)
        await self.does(do="report", values=values, at=at)

    def settings(self) -> dict[str, Any]:
        """All slots of all lines."""
        return {
            "url": f"mqtt://127.0.0.1:{self._broker.port or 9}",
            "username": "andon",
            "password": "line-secret",
            "timeout": "2s",
            "answers_within": "2s",
            "reorder_within": "300ms",
            "nodes": ["Plant1/edge1"],
            "presence": "presence",
            "metrics": {"slot": {"metric": "Slot/*"}, "line": {"metric": "*", "of": "*/line1"}},
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """Slots change."""
        numbers = list(itertools.islice(self._numbers, count))
        await self.reports(*((f"Slot/{n % _SLOTS}", f"fact-{n}-") for n in numbers))
        return [f"fact-{n}-" for n in numbers]

    def request(self, effect: str) -> Request:
        """A recipe for the line."""
        return Request(target="Plant1/edge1/line1", body={"metrics": {"Recipe": effect}})

    async def effects(self) -> Sequence[str]:
        """Recipes it was told to take."""
        return list(self._effects)

    async def lose_answer(self) -> None:
        """The line obeys and does not report it."""
        await self.does(do="mute")

    def refused(self) -> Request:
        """A metric it does not have."""
        return Request(target="Plant1/edge1/line1", body={"metrics": {"Speed": 3}})

    async def _hear(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            told = msgspec.json.decode(line)
            if "done" in told:
                self._done.release()
            else:
                kind, _, _ = self.points[told["commanded"]]
                self.points[told["commanded"]] = (kind, told["value"], None)
                self._effects.append(told["value"])


COUNTERPARTS = (PySparkplug,)
