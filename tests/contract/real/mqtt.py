"""A mosquitto 2 of our own: MQTT 5 with a password, and once more with TLS."""

__all__ = ["COUNTERPARTS", "Mosquitto", "MosquittoTls"]

import asyncio
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import aiomqtt
import msgspec
import paho.mqtt.client as paho

from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes
from tests.contract.certificates import Certificates
from tests.contract.cutting import CuttingWire

_PASSWORD, _OTHERS = "line-secret", "machine-secret"


class Mosquitto(Counterpart, Speaks, Takes):
    """MQTT 5 with a password and an access list. Spoken to through a wire that can be cut; a
    machine beside Andon speaks and listens."""

    name: ClassVar[str] = "mosquitto"
    most: ClassVar[int] = 2_000
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "0x87"
    tls: ClassVar[bool] = False
    acknowledgment: ClassVar[bytes] = b"\x40"
    """How the broker's answer to a publication begins on the wire."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._port = self._plain_port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: paho.Client | None = None
        self._effects: list[str] = []
        self._numbers = itertools.count(1)
        self._wire = CuttingWire()

    async def start(self) -> None:
        """The same ports and sessions after a stop."""
        if self._folder is None:
            self._folder = await asyncio.to_thread(self._furnish)
        await asyncio.to_thread(self._run, self._folder)
        await self._wire.open(self._port)

    async def stop(self) -> None:
        """All connections break; what it holds is kept on its disk."""
        await self._wire.close()
        if self._listener is not None:
            await asyncio.to_thread(self._listener.loop_stop)
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait)

    def settings(self) -> dict[str, Any]:
        """All machines of the plant."""
        scheme = "mqtts" if self.tls else "mqtt"
        authority = {"ca_file": str(self._folder / "authority.pem")} if self._folder else {}
        return {
            "url": f"{scheme}://127.0.0.1:{self._wire.port or 9}",
            "username": "andon",
            "password": _PASSWORD,
            "timeout": "3s",
            "topics": {"machine.state": {"template": "acme/{site}/{machine}/state", "key": "/id"}},
            **(authority if self.tls else {}),
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "guessed"}

    async def say(self, count: int) -> Sequence[str]:
        """A machine publishes, QoS 1."""
        names = [f"state-{next(self._numbers)}-" for _ in range(count)]
        async with self._machine("press-2") as machine:
            for name in names:
                body = msgspec.json.encode({"id": name, "state": "Executing"})
                await machine.publish("acme/berlin/press-2/state", body, qos=1)
        return names

    def request(self, effect: str) -> Request:
        """A setpoint."""
        return Request(target="acme/berlin/press-2/set", body={"effect": effect})

    async def effects(self) -> Sequence[str]:
        """What a machine that listens was told."""
        await asyncio.sleep(0.05)  # the broker passes it on after it answered
        return list(self._effects)

    async def lose_answer(self) -> None:
        """The wire is cut when the broker acknowledges."""
        self._wire.cut_at = self.acknowledgment

    def refused(self) -> Request:
        """A topic we may not write."""
        return Request(target="forbidden/set", body={"effect": "none"})

    # -- the broker and the machine -------------------------------------------------------------

    def _furnish(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="andon-mosquitto-"))
        self._port, self._plain_port = _free_ports()
        (folder / "acl").write_text(
            "user andon\ntopic readwrite acme/#\nuser machine\ntopic readwrite #\n"
        )
        passwords = folder / "passwords"
        passwords.write_text("")
        for name, word in (("andon", _PASSWORD), ("machine", _OTHERS)):
            subprocess.run(
                [_program("mosquitto_passwd"), "-b", str(passwords), name, word],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        lines = [
            f"listener {self._plain_port} 127.0.0.1",
            f"listener {self._port} 127.0.0.1",
        ]
        if self.tls:
            made = Certificates(folder)
            lines += [
                f"cafile {made.authority}",
                f"certfile {made.server}",
                f"keyfile {made.server_key}",
            ]
        lines += [
            "per_listener_settings false",
            "allow_anonymous false",
            f"password_file {passwords}",
            f"acl_file {folder / 'acl'}",
            "persistence true",
            f"persistence_location {folder}/",
            "max_queued_messages 0",
            "max_inflight_messages 0",
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        return folder

    def _machine(self, name: str) -> aiomqtt.Client:
        return aiomqtt.Client(
            "127.0.0.1", self._plain_port, username="machine", password=_OTHERS, identifier=name
        )

    def _run(self, folder: Path) -> None:
        words = [_program("mosquitto"), "-c", str(folder / "mosquitto.conf")]
        self._process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        listens = Event()
        self._listener = paho.Client(paho.CallbackAPIVersion.VERSION2, "setpoints")
        self._listener.username_pw_set("machine", _OTHERS)
        self._listener.on_connect = _subscribes
        self._listener.on_subscribe = lambda *_: listens.set()
        self._listener.on_message = lambda _client, _data, message: self._effects.append(
            msgspec.json.decode(message.payload)["effect"]
        )
        self._listener.reconnect_delay_set(0.05, 0.1)
        self._listener.connect_async("127.0.0.1", self._plain_port)
        self._listener.loop_start()
        assert listens.wait(10), "mosquitto does not answer"


class MosquittoTls(Mosquitto):
    """The same behind a certificate. Of what passes, TLS 1.3 shows the length: a PUBACK has four
    bytes, and is the only answer of its record's 21."""

    name: ClassVar[str] = "mosquitto-tls"
    tls: ClassVar[bool] = True
    acknowledgment: ClassVar[bytes] = b"\x17\x03\x03\x00\x15"


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin"]))
    assert found, f"{name} is missing. Debian and Ubuntu: apt install mosquitto."
    return found


def _subscribes(client: paho.Client, *_: Any) -> None:
    client.subscribe("acme/+/+/set", 1)


def _free_ports() -> tuple[int, int]:
    local = ("127.0.0.1", 0)
    with socket.create_server(local) as one, socket.create_server(local) as other:
        return one.getsockname()[1], other.getsockname()[1]


COUNTERPARTS = (Mosquitto, MosquittoTls)
