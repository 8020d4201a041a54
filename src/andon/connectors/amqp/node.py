"""A RabbitMQ node of our own, on loopback, that leaves nothing behind; for trials and tests."""

__all__ = ["Node", "password_hash"]

import base64
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import weakref
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from andon.connectors._ports import free_ports
from andon.core.errors import SettingsError

_DEBIAN = "/usr/lib/rabbitmq/bin"
"""Where the program lies that does not change into another account."""
_WITHIN = 90.0


class Node:
    """Its own folder, node name, cookie, ports and epmd. Ended at the latest with this program."""

    def __init__(
        self,
        definitions: dict[str, Any],
        more: Callable[[Path], Sequence[str]] = lambda _: (),
        *,
        tls: bool = False,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="andon-rabbitmq-"))
        self.port, self.tls_port, self._epmd_port, self._peer_port = free_ports(4)
        self._doors = (self.port, self.tls_port) if tls else (self.port,)
        self._running: list[subprocess.Popen[bytes]] = []
        self._ends = weakref.finalize(self, _end, self._running, self.folder)
        (self.folder / "definitions.json").write_bytes(msgspec.json.encode(definitions))
        (self.folder / "plugins").write_text("[].\n")
        lines = [
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            f"load_definitions = {self.folder / 'definitions.json'}",
            "log.file.level = warning",
            *([f"listeners.ssl.1 = 127.0.0.1:{self.tls_port}"] if tls else []),
            *more(self.folder),
        ]
        (self.folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)

    def start(self) -> None:
        """Takes some seconds: Erlang begins slowly."""
        epmd = [_program("epmd"), "-port", str(self._epmd_port), "-address", "127.0.0.1"]
        void = subprocess.DEVNULL
        names = subprocess.Popen(epmd, stdin=void, stdout=void, stderr=void)
        self._running.append(names)
        _wait_for(self._epmd_port, names)
        with (self.folder / "said").open("ab") as said:
            node = subprocess.Popen(
                [_program("rabbitmq-server")],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self._running.append(node)
        try:
            for door in self._doors:  # RabbitMQ opens one after the other
                _wait_for(door, node)
        except TimeoutError as error:
            said = (self.folder / "said").read_text("utf-8", "replace")[-2000:]
            raise SettingsError(f"RabbitMQ does not begin: {said}") from error

    def kill(self) -> None:
        """At once, with everything it started; its folder keeps what was on disk."""
        _kill(self._running)

    def remove(self) -> None:
        """Ended, and its folder gone."""
        self._ends()

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        return os.environ | {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": f"andon-{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(self._peer_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none"
            ),
        }


def password_hash(password: str) -> str:
    """As definitions hold it: a salt, and SHA-256 over salt and password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    ends = time.monotonic() + _WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if process.poll() is not None or time.monotonic() > ends:
                raise TimeoutError from None
            time.sleep(0.05)


def _end(running: "list[subprocess.Popen[bytes]]", folder: Path) -> None:
    _kill(running)
    shutil.rmtree(folder, ignore_errors=True)


def _kill(running: "list[subprocess.Popen[bytes]]") -> None:
    while running:
        process = running.pop()
        if process.poll() is None:
            # The node leads a group of its own: what Erlang started ends with it.
            if os.getpgid(process.pid) == process.pid:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
            process.wait()


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([_DEBIAN, os.environ["PATH"]]))
    if found is None:
        raise SettingsError(
            f"{name} is missing. Debian and Ubuntu: apt install rabbitmq-server (it then also runs"
            " as a service, which we do not need)."
        )
    return found
