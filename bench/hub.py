"""The hub under test: started by its own command, killed whole, asked over its own API."""

import os
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

from bench.asking import answer
from bench.failure import MeasurementError
from bench.measure import Belonging, Process, processes

__all__ = ["ADMIN_SCOPE", "INBOX", "INBOX_SCOPE", "ROOT", "Hub", "HubCommand"]

ROOT = Path(__file__).parents[1]
INBOX = "/in/mes/events"
INBOX_SCOPE = "inbox:mes"
ADMIN_SCOPE = "admin"

_READY_WITHIN = 60.0
_STOP_WITHIN = 15.0
_KILL_WITHIN = 10.0
_LOOK_EVERY = 0.02


class HubCommand(msgspec.Struct, frozen=True, kw_only=True):
    """How a hub is run and given keys, and where it then answers."""

    run: str = "andon run bench.project:andon"
    keys: str = "andon keys create"
    url: str


class Hub:
    """One hub over one data folder. Leaving the context ends every process it started."""

    def __init__(self, command: HubCommand, *, data: Path, systems: str, log: Path) -> None:
        self._command = command
        self._data = data
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._admin_key = ""
        self._environment = {
            **os.environ,
            "ANDON_DATA": str(data),
            "ANDON_PORT": str(urlsplit(command.url).port),
            "ANDON_BENCH_SYSTEMS": systems,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONPATH": str(ROOT),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def inbox(self) -> str:
        """Where the MES posts."""
        return self._command.url + INBOX

    def start(self) -> int:
        """Give the command and return its instant; ``wait_until_ready`` tells when it worked."""
        began_at = time.monotonic_ns()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                shlex.split(self._command.run),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return began_at

    def wait_until_ready(self) -> None:
        """Return once ``/healthz`` answers 200."""
        end = time.monotonic() + _READY_WITHIN
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                raise self._failed("The hub ended before it was ready.")
            with suppress(OSError):
                answer(f"{self._command.url}/healthz")
                return
            time.sleep(_LOOK_EVERY)
        raise self._failed(f"The hub was not ready within {_READY_WITHIN:.0f} s.")

    def key(self, scope: str) -> str:
        """A new key of this scope, made by the hub's own command line."""
        command = [*shlex.split(self._command.keys), "--name", "bench", "--scope", scope]
        made = subprocess.run(
            [*command, "--data", str(self._data)],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_READY_WITHIN,
            check=False,
        )
        lines = made.stdout.split()
        if made.returncode != 0 or not lines:
            said = (made.stderr or made.stdout).strip()[-500:]
            raise MeasurementError(
                f"A key for {scope} cannot be made. {shlex.join(command)} said: {said}. "
                f"Run it by hand, or name another command with --keys."
            )
        return lines[-1]

    def open_exceptions(self) -> int:
        """How many exceptions wait for a person: what the hub itself says it has parked."""
        self._admin_key = self._admin_key or self.key(ADMIN_SCOPE)
        url = f"{self._command.url}/v1/exceptions?state=open"
        try:
            return _counted(answer(url, key=self._admin_key))
        except OSError as error:
            raise self._failed(f"Parked events cannot be counted: {url}: {error}.") from error

    def members(self) -> list[Process]:
        """Every process of this hub that lives, its PostgreSQL included."""
        root = self._process.pid if self._process else -1
        data = self._data.resolve()
        belonging = Belonging(root, marker=f"ANDON_DATA={self._data}", folder=str(data))
        return belonging.members(processes())

    def kill(self) -> None:
        """End every process by SIGKILL at once; none lives when this returns."""
        end = time.monotonic() + _KILL_WITHIN
        while members := self.members():
            for process in members:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            if time.monotonic() > end:
                pids = ", ".join(str(process.pid) for process in members)
                raise self._failed(f"The hub's processes {pids} outlive SIGKILL.")
            time.sleep(_LOOK_EVERY)
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """Ask the hub to end, and kill what has not."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_STOP_WITHIN)
        self.kill()

    def _failed(self, what: str) -> MeasurementError:
        tail = self._log.read_text(errors="replace")[-1500:] if self._log.exists() else ""
        return MeasurementError(
            f"{what} Its log ends: {tail or 'it is empty'}\n"
            f"Read {self._log}, or run it by hand: {self._command.run}"
        )


class _Page(msgspec.Struct, frozen=True):
    items: list[msgspec.Raw]
    total: int | None = None


_Answer = list[msgspec.Raw] | _Page


def _counted(exceptions: bytes) -> int:
    """A list, or a page that holds ``items`` and perhaps the ``total`` of all pages."""
    try:
        found: list[msgspec.Raw] | _Page = msgspec.json.decode(exceptions, type=_Answer)
    except msgspec.DecodeError as error:
        raise MeasurementError(
            f"Parked events cannot be counted. /v1/exceptions gave another shape: {error}. "
            "Adapt bench/hub.py to the API's answer."
        ) from error
    if isinstance(found, _Page):
        return len(found.items) if found.total is None else found.total
    return len(found)
