"""The stub systems in a process of their own, and the remote control for them."""

import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager

import msgspec

from bench.asking import answer
from bench.hub import ROOT
from bench.ledger import LedgerPage, System
from bench.measure import processes
from bench.stub import Stats

__all__ = ["Systems", "systems"]


class Systems(msgspec.Struct, frozen=True):
    """QMS, ERP and WMS at one address."""

    url: str
    pid: int

    def configure(self, seed: int, faults: Mapping[System, Mapping[str, float]]) -> None:
        """Forget all effects and misbehave like this from now on."""
        answer(f"{self.url}/_reset", body=b"{}")
        change = msgspec.json.encode({**faults, "seed": seed})
        answer(f"{self.url}/_config", body=change)

    def stats(self) -> Stats:
        """How far the run is."""
        return msgspec.json.decode(answer(f"{self.url}/_stats"), type=Stats)

    def ledger(self) -> LedgerPage:
        """Everything that was booked."""
        return msgspec.json.decode(answer(f"{self.url}/_ledger"), type=LedgerPage)

    def cpu_s(self) -> float:
        """CPU the stub has used so far."""
        process = processes().get(self.pid)
        return process.own_s if process else 0.0


@contextmanager
def systems() -> Generator[Systems, None, None]:
    """Start the stub on a free port and end it when the context is left."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.stub"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Systems(process.stdout.readline().strip(), process.pid)
        finally:
            process.kill()
