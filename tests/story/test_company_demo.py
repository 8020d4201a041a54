"""`andon demo`: a company at work, begun anew each time, ended by Ctrl-C."""

import os
import re
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from andon.connectors._ports import free_port
from tests.story.riverside import until
from tools.counterparts.running import Program

pytestmark = [pytest.mark.story, pytest.mark.timeout(150)]


class Demo:
    """Started in a folder of its own, from wherever Andon is installed."""

    def __init__(self, folder: Path, ending: ExitStack) -> None:
        self.port = free_port()
        self._log = folder / "demo.log"
        self._program = Program(
            [sys.executable, "-m", "andon.cli", "demo", "--port", str(self.port), "--speed", "120"],
            log=self._log,
            env={**os.environ, "ANDON_HOME": str(folder / "home"), "COLUMNS": "2000"},
            cwd=folder,
        )
        ending.callback(self._program.stop, within=20)

    def says(self) -> str:
        """Everything that was told since the folder was made."""
        return self._log.read_text()

    def link(self) -> str | None:
        """The last link that was told."""
        found = re.findall(r"The board: (\S+)", self.says())
        return found[-1] if found else None

    def ends(self, times: int) -> None:
        """Ctrl-C."""
        os.kill(self._program.pid, signal.SIGINT)
        until(lambda: self.says().count("Ended.") == times, 20, self.says)


@pytest.fixture
def folder() -> Iterator[Path]:
    # Short, because PostgreSQL's socket lives below it; its own account passes through.
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="demo-") as made:
        Path(made).chmod(0o711)
        yield Path(made)


def test_the_demo_begins_anew_each_time_and_ends_by_itself(folder: Path) -> None:
    _look_once(folder, times=1)
    _look_once(folder, times=2)
    told = [log.read_text(errors="replace") for log in folder.rglob("*.log")]
    assert not any("Traceback" in words for words in told), told


def _look_once(folder: Path, *, times: int) -> None:
    with ExitStack() as ending:
        demo = Demo(folder, ending)
        until(lambda: demo.says().count("The board:") == times, 60, demo.says)
        link = demo.link()
        assert link is not None
        assert link.startswith(f"http://127.0.0.1:{demo.port}/login#andon_")
        demo.ends(times)
