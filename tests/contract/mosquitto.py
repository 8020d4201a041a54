"""A mosquitto in a process of its own, on a free port of loopback, with passwords."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from andon.connectors._ports import free_port
from tools.counterparts.running import answers_tcp


class Mosquitto:
    """Ended as a killed process is; comes back at the same port."""

    def __init__(self, passwords: Mapping[str, str], *, more: Sequence[str] = ()) -> None:
        """With `more` lines of its configuration file."""
        self._passwords = passwords
        self._more = more
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    async def start(self) -> None:
        """Returns when it listens."""
        if self._folder is None:
            self.port = free_port()
            self._folder = await asyncio.to_thread(self._furnish)
        words = [program("mosquitto"), "-c", str(self._folder / "mosquitto.conf")]
        quiet = subprocess.DEVNULL
        self._process = await asyncio.to_thread(
            lambda: subprocess.Popen(words, stdout=quiet, stderr=quiet)
        )
        for _ in range(1000):
            if answers_tcp(self.port):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("mosquitto does not answer")

    async def stop(self) -> None:
        """Breaks all connections."""
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.wait)
            self._process = None

    def _furnish(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="andon-mosquitto-"))
        passwords = folder / "passwords"
        passwords.touch()
        for name, word in self._passwords.items():
            subprocess.run(
                [program("mosquitto_passwd"), "-b", str(passwords), name, word],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous false",
            f"password_file {passwords}",
            *(["user root"] if os.geteuid() == 0 else []),
            *self._more,
        ]
        (folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        return folder


def program(name: str) -> str:
    """Where Debian or the path has it."""
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin"]))
    assert found, f"{name} is missing. Debian and Ubuntu: apt install mosquitto."
    return found
