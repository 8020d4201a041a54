"""Where it was measured: figures without their machine mean nothing."""

import os
import platform
import subprocess
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.hub import ROOT

__all__ = ["Machine", "this_machine"]

_WRITE_FOR = 0.5


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """``fdatasync_per_s`` bounds every commit; thousands mean a cache that can lose power."""

    cores: int
    python: str
    system: str
    filesystem: str
    fdatasync_per_s: int
    revision: str
    measured_at: datetime


def this_machine(data: Path | None) -> Machine:
    """The facts of now, for data kept below ``data`` or in the temporary folder."""
    folder = data or Path(tempfile.gettempdir())
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        filesystem=_filesystem(folder.resolve()),
        fdatasync_per_s=_fdatasync_per_s(folder),
        revision=_revision(),
        measured_at=datetime.now(UTC).replace(microsecond=0),
    )


def _fdatasync_per_s(folder: Path) -> int:
    page = b"\0" * 8192
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        count, end = 0, time.monotonic() + _WRITE_FOR
        while time.monotonic() < end:
            os.pwrite(file.fileno(), page, 0)
            os.fdatasync(file.fileno())
            count += 1
    return int(count / _WRITE_FOR)


def _filesystem(folder: Path) -> str:
    """The type of the deepest mount that holds the folder; on tmpfs nothing is durable."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    held = [(len(m[1]), m[2]) for m in mounts if folder.is_relative_to(m[1])]
    return max(held)[1] if held else "unknown"


def _revision() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"
