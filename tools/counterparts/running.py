"""A program that runs beside us: start, wait until it answers, stop, kill."""

import atexit
import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path


class Program:
    """One process in a group of its own, its output in a file; ends with us at the latest."""

    def __init__(self, command: list[str], *, log: Path, env: dict[str, str], cwd: Path) -> None:
        self._log = log
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                command, stdout=out, stderr=out, env=env, cwd=cwd, start_new_session=True
            )
        atexit.register(self.kill)

    @property
    def pid(self) -> int:
        """Its process id, also the id of its group."""
        return self._process.pid

    def ready_when(self, answers: Callable[[], bool], *, within: float) -> None:
        """Returns once `answers` is true; says what it wrote when it ended or took too long."""
        until = time.monotonic() + within
        while not answers():
            if self._process.poll() is not None or time.monotonic() > until:
                words = self._log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self._log.stem} does not answer. Its last words:\n{words}")
            time.sleep(0.05)

    def stop(self, *, within: float = 5.0) -> None:
        """Asks it to end, and kills it when it does not."""
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
        atexit.unregister(self.kill)

    def kill(self) -> None:
        """As power loss would end it."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        atexit.unregister(self.kill)

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)


def answers_http(url: str) -> bool:
    """Whether a web server is there, whatever it says."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def answers_tcp(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
