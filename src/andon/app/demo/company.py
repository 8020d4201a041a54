"""The demo of the whole company: simulated systems around one physical truth, and Andon."""

__all__ = ["company_demo"]

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from andon.app.demo.hub import Hub, Say, end_by_signal, require_free, telling
from andon.core.errors import SettingsError
from andon.sandbox.partner import Partner
from andon.sandbox.systems import SYSTEMS

_PROJECT = "andon.app.company:andon"
_READY_WITHIN = 30.0
_BEHIND = timedelta(days=5)
"""So far behind the present its time begins, and then runs faster: what it says has happened."""


def company_demo(folder: Path, *, port: int, speed: float, told: Say) -> None:
    """Runs until Ctrl-C; everything it started ends with it. `speed` is business seconds per
    second. The company begins anew each time, so what an earlier demo recorded is let go."""
    say = telling(told)
    require_free(port)
    end_by_signal()
    folder.mkdir(parents=True, exist_ok=True)
    hub = Hub(folder / "andon", port=port)
    with suppress(KeyboardInterrupt), ExitStack() as ending:
        ending.callback(say, "Ended.")
        hub.forget()
        company = _Company(folder, hub.url, speed)
        ending.callback(company.end)
        environment = company.started()
        say(f"The company lives: its systems answer on ports of their own ({folder}/company.log)")
        ending.callback(hub.end)
        hub.start(_PROJECT, folder=folder, environment=environment)
        hub.until_ready()
        company.admit(hub.keys_of(one for one in SYSTEMS if issubclass(one, Partner)))
        say("Andon answers")
        say(f"The board: {hub.link()}  (once, within 10 minutes)")
        say(f"A business minute passes in {60 / speed:.0f} s, and the systems' own times are")
        say(f"behind: they began {_BEHIND.days} days ago. Ctrl-C ends everything.")
        ending.callback(say, "Ending...")
        while True:
            time.sleep(1)
            hub.require_running()
            company.require_running()


class _Company:
    """`python -m andon.sandbox`, as a process of its own."""

    def __init__(self, folder: Path, andon: str, speed: float) -> None:
        self._told = folder / "company.json"
        self._told.unlink(missing_ok=True)
        self._log = folder / "company.log"
        began = datetime.now(UTC) - _BEHIND
        words = (
            *("--environment", str(self._told), "--andon", andon),
            *("--speed", str(speed), "--began", began.isoformat()),
        )
        with self._log.open("wb") as log:
            self._program = subprocess.Popen(
                [sys.executable, "-m", "andon.sandbox", *words],
                env=os.environ,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def started(self) -> dict[str, str]:
        """Addresses and secrets of its systems, once all of them answer."""
        end = time.monotonic() + _READY_WITHIN
        while not self._told.exists():
            self.require_running()
            if time.monotonic() > end:
                raise SettingsError(f"The company does not begin. See {self._log}.")
            time.sleep(0.05)
        found = json.loads(self._told.read_text())
        self._told.unlink()
        return found

    def admit(self, keys: dict[str, str]) -> None:
        """Gives its partners the keys that were made for them, by a way that nobody else reads."""
        assert self._program.stdin is not None
        self._program.stdin.write(json.dumps(keys).encode() + b"\n")
        self._program.stdin.close()

    def require_running(self) -> None:
        """Raises SettingsError when it has ended."""
        if self._program.poll() is not None:
            raise SettingsError(f"The company ended. It said why in {self._log}.")

    def end(self) -> None:
        """Asks it to end, and kills it when it does not."""
        self._program.terminate()
        try:
            self._program.wait(10)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()
