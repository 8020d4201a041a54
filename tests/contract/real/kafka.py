"""librdkafka's mock cluster: the protocol by people who are not us, without accounts and rights."""

__all__ = ["COUNTERPARTS", "Librdkafka"]

import asyncio
import itertools
import json
import subprocess
import sys
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

_ROOT = Path(__file__).parents[3]
_IN, _OUT = "acme.orders", "acme.events"


class Librdkafka(Counterpart, Speaks, Takes):
    """Written to and read from by librdkafka, too. It asks for no password and refuses nothing by
    itself."""

    name = "librdkafka"
    lasting: ClassVar[bool] = True
    dedupes: ClassVar[bool] = False

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._address = "127.0.0.1:9"
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """The same port and records after a stop."""
        if self._process is not None:
            await self._do("up")
            return
        command = [sys.executable, "-m", "tests.contract.librdkafka", _IN, _OUT]
        self._process = await asyncio.to_thread(
            subprocess.Popen,
            command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        weakref.finalize(self, _end, self._process)
        self._address = await self._answer()

    async def stop(self) -> None:
        """All connections break; the records stay with the process."""
        await self._do("down")

    def settings(self) -> dict[str, Any]:
        """Orders in, events out."""
        return {
            "servers": [self._address],
            "encrypted": False,
            "timeout": "3s",
            "topics": {"order": {"topic": _IN, "key": "/id"}},
        }

    async def say(self, count: int) -> Sequence[str]:
        """Orders in both partitions."""
        names = [f"order-{next(self._numbers)}-" for _ in range(count)]
        await self._do(
            "say", _IN, [[n % 2, "1001", json.dumps({"id": name})] for n, name in enumerate(names)]
        )
        return names

    def request(self, effect: str) -> Request:
        """Something that happened to an order."""
        return Request(
            target=_OUT,
            body={
                "type": "acme.order.released",
                "subject": "production-order/erp:1001",
                "at": "2026-11-23T12:00:00Z",
                "data": {"effect": effect},
            },
        )

    async def effects(self) -> Sequence[str]:
        """What librdkafka reads from the topic."""
        return [json.loads(value)["effect"] for value in await self._do("values", _OUT)]

    async def lose_answer(self) -> None:
        """Appended, and silent."""
        await self._do("lose")

    async def _do(self, *words: Any) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return await self._answer()

    async def _answer(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line, "librdkafka's mock ended"
        return json.loads(line)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


COUNTERPARTS = (Librdkafka,)
