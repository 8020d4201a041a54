"""A server of asyncua in a process of its own: signed, encrypted, with users. Both sides are one
library; no other server was at hand."""

__all__ = ["COUNTERPARTS", "SecuredServer"]

import asyncio
import atexit
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from andon.connectors._ports import free_port
from andon.connectors.opcua.trust import made
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

PASSWORD = "press-secret"
HERE = "nsu=http://acme.example/press;s="


class SecuredServer(Counterpart, Speaks, Takes):
    """Killed and started again, it has forgotten everything but what it is told to remember."""

    name = "asyncua-process"
    lasting: ClassVar[bool] = True
    most: ClassVar[int] = 1_000
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "BadUserAccessDenied"

    def __init__(self) -> None:
        self.folder = Path(tempfile.gettempdir())
        self._port = 9
        self._maker: subprocess.Popen[str] | None = None
        self._effects: list[str] = []
        self._numbers = itertools.count(1)
        self._said: list[str] = []

    async def start(self) -> None:
        """The first time with new certificates, then on the same port."""
        if self._port == 9:
            self.folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="andon-opcua-"))
            await asyncio.to_thread(self._furnish)
            self._port = free_port()
        if self._maker is None:
            self._maker = await asyncio.to_thread(_made, self.folder, self._port)
            await self._tell("")
        await self._tell("start")
        if self._said:
            await self._tell(json.dumps({"states": self._said}))

    async def stop(self) -> None:
        """Killed. The program that made it waits to make another, and ends with the tests."""
        await self._tell("kill")

    def settings(self) -> dict[str, Any]:
        """By name and password, signed and encrypted. It hands subscriptions over and they stay
        silent, so it is not asked to keep them."""
        return {
            "url": f"opc.tcp://127.0.0.1:{self._port}/",
            "certificate": str(self.folder / "andon.pem"),
            "key": self._text("andon.key"),
            "trusted": [str(self.folder / "server.pem")],
            "username": "andon",
            "password": PASSWORD,
            "timeout": "3s",
            "publish_every": "50ms",
            "keep_for": "0s",
            "nodes": {"machine.state": {"ids": [f"{HERE}state"], "history": "every"}},
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """States, all at one instant."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        self._said = [*self._said, *names][-2_000:]
        await self._tell(json.dumps({"states": names}))
        return names

    def request(self, effect: str) -> Request:
        """An order."""
        return Request(target=f"write {HERE}order", body=effect)

    async def effects(self) -> Sequence[str]:
        """Orders it was told."""
        await self._tell("{}")
        return list(self._effects)

    async def lose_answer(self) -> None:
        """It takes the next order and breaks the line."""
        await self._tell(json.dumps({"lose": True}))

    def refused(self) -> Request:
        """The state is not ours to write."""
        return Request(target=f"write {HERE}state", body="none")

    async def _tell(self, line: str) -> None:
        assert self._maker is not None
        await asyncio.wait_for(asyncio.to_thread(self._ask, self._maker, line), 60)

    def _ask(self, maker: "subprocess.Popen[str]", line: str) -> None:
        """Until it is done; what it was told meanwhile comes before that."""
        assert maker.stdin is not None
        assert maker.stdout is not None
        if line:
            maker.stdin.write(f"{line}\n")
            maker.stdin.flush()
        while True:
            said = maker.stdout.readline()
            assert said, "the server is gone"
            words = json.loads(said)
            if "done" in words:
                return
            self._effects.append(words["effect"])

    def _furnish(self) -> None:
        now = datetime.now(UTC)
        for name, uri in (
            ("server", "urn:acme:press"), ("andon", "urn:here:andon"),
            ("user", "urn:here:operator"), ("stranger", "urn:here:andon"),
        ):  # fmt: skip
            certificate, key = made(uri, "127.0.0.1", now)
            (self.folder / f"{name}.pem").write_bytes(certificate)
            (self.folder / f"{name}.key").write_bytes(key)
        (self.folder / "password").write_text(PASSWORD)

    def _text(self, name: str) -> str:
        file = self.folder / name
        return file.read_text() if file.is_file() else "none yet"


def _made(folder: Path, port: int) -> "subprocess.Popen[str]":
    program = ["-m", "tests.contract.real.opcua_process", str(folder), str(port)]
    maker = subprocess.Popen(
        [sys.executable, *program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    _MAKERS.append(maker)
    return maker


_MAKERS: list["subprocess.Popen[str]"] = []


@atexit.register
def _end() -> None:
    for maker in _MAKERS:
        maker.communicate()  # it ends, and what it made, when nobody can speak to it any more


COUNTERPARTS = (SecuredServer,)
