"""`make demo-real` without a Python for the real MES, and what `make test` says there."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from andon.connectors._ports import free_port
from tests.story.riverside import until
from tools.counterparts import Tryton
from tools.counterparts.environments import ROOT
from tools.counterparts.running import Program

pytestmark = [pytest.mark.real, pytest.mark.story, pytest.mark.timeout(170)]

# The set-up of the suite refuses to go on without a Python 3.12, so a machine without one is
# played: this variable has newer Pythons count as missing.
OLD = {"ANDON_NEWEST_PYTHON": "3.11"}


class Demo:
    """A running demo with a folder of its own for its state."""

    def __init__(self, folder: Path, home: Path, ending: ExitStack) -> None:
        for part in ("examples", "tools"):
            (folder / part).symlink_to(ROOT / part)
        self._log = folder / "demo.log"
        self.erp = Tryton(folder / "build" / "demo" / "erp")
        self._program = Program(
            [sys.executable, "-m", "andon.cli", "demo", "--real", "--port", str(free_port())],
            log=self._log,
            env={**os.environ, **OLD, "ANDON_HOME": str(home), "COLUMNS": "2000"},
            cwd=folder,
        )
        ending.callback(self._program.stop, within=20)

    def says(self) -> str:
        """Everything it has told so far."""
        return self._log.read_text()

    def order(self) -> str | None:
        """The first order that it has released."""
        found = re.search(r"Tryton released (MO\d+)", self.says())
        return found and found[1]

    def state(self, order: str) -> str:
        """What Tryton's own client says about the order."""
        (row,) = self.erp.planner.find("production", [["number", "=", order]], ["state"])
        return row["state"]

    def ends(self) -> None:
        """Ctrl-C."""
        os.kill(self._program.pid, signal.SIGINT)


@pytest.fixture
def demo(short_folder: Path) -> Iterator[Demo]:
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(dir="/tmp")))
        folder.chmod(0o711)
        yield Demo(folder, short_folder / "demo-home", ending)


def test_without_python_3_12_our_simulator_of_the_mes_makes_the_order(demo: Demo) -> None:
    order = until(demo.order, 90, demo.says)
    told = demo.says()
    assert "The real MES does not run here" in told
    assert "python3.12" in told
    assert "our own simulator" in told
    found = re.search(r"answers at http://127\.0\.0\.1:(\d+)/erp", told)
    assert found
    demo.erp.port = int(found[1])

    until(lambda: demo.state(order) == "done", 60, demo.says)

    demo.ends()
    until(lambda: "Ended." in demo.says(), 20, demo.says)


def test_make_test_without_python_3_12_says_what_to_install_and_does_not_begin() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "setup.py", "test"],
        env={**os.environ, **OLD, "ANDON_SKIP_WEB": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "The suite cannot run on this machine yet" in done.stderr
    assert "Python >= 3.12" in done.stderr
    assert "python3.12-venv" in done.stderr
