"""The load generator in a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bench.failure import MeasurementError
from bench.hub import ROOT, Hub
from bench.loadgen import Load

__all__ = ["Posting", "loading"]

# A key on the command line would be read by every user of the machine.
_KEY_VARIABLE = "ANDON_BENCH_KEY"


class Posting(msgspec.Struct, frozen=True):
    """A load on its way."""

    process: subprocess.Popen[bytes]
    out: Path

    def result(self) -> Load:
        """Wait for the end, and return what came back."""
        if self.process.wait() != 0:
            raise MeasurementError(
                "The load cannot be posted. bench.loadgen ended with an error, shown above. "
                "Run it by hand against the hub."
            )
        return msgspec.json.decode(self.out.read_bytes(), type=Load)


@contextmanager
def loading(arguments: list[str], hub: Hub, key: str) -> Generator[Posting, None, None]:
    """Post to the hub's inbox; the generator is ended when the context is left."""
    with tempfile.TemporaryDirectory(prefix="andon-load-") as folder:
        out = Path(folder) / "load.json"
        command = [sys.executable, "-m", "bench.loadgen", "--url", hub.inbox, "--out", str(out)]
        with subprocess.Popen(
            [*command, "--key-env", _KEY_VARIABLE, *arguments],
            cwd=ROOT,
            env={**os.environ, _KEY_VARIABLE: key},
        ) as process:
            try:
                yield Posting(process, out)
            finally:
                process.kill()
