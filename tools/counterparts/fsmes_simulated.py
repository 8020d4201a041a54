"""Our own simulator of the MES in a process of its own, for machines where the real one cannot run.

It talks to Andon over the same three routes, with the same oddities, and has no screens.
"""

import os
import sys
from pathlib import Path

from tools.counterparts.environments import ROOT
from tools.counterparts.running import Program


class SimulatedFsmes:
    """One simulated plant in `folder`. Survives a kill and a new `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._program: Program | None = None

    def start(self, *, erp_url: str, speed: float, poll: float = 1.0) -> None:
        """Polls the ERP face at `erp_url` (with user and key) and runs machines at `speed`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._program = Program(
            [sys.executable, "-m", "andon.connectors.fsmes.simulated_floor", str(self.folder)],
            log=self.folder / "floor.log",
            # By environment, as the real one is told: others can read a command line.
            env={
                **os.environ,
                "MES_ERP_BASE_URL": erp_url,
                "MES_ERP_POLL_SECONDS": str(poll),
                "MES_SPEED": str(speed),
            },
            cwd=ROOT,
        )

    def stop(self) -> None:
        """Ends it."""
        if self._program is not None:
            self._program.stop()
            self._program = None

    def kill(self) -> None:
        """As power loss would."""
        if self._program is not None:
            self._program.kill()
            self._program = None
