"""`postmaster.pid`, and whether the process it names is the server it speaks of."""

__all__ = ["PidFile", "alive", "disown", "orphans", "read_pid_file", "works_in"]

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class PidFile(NamedTuple):
    """What a server says about itself."""

    pid: int
    sockets: Path
    status: str


def read_pid_file(data: Path) -> PidFile | None:
    """What the last server on this data said; it may be dead by now."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return None
    lines += [""] * (8 - len(lines))
    pid = lines[0].strip()
    return PidFile(int(pid), Path(lines[4]), lines[7].strip()) if pid.isdigit() else None


def alive(pid: int) -> bool:
    """The process runs. One that nobody has buried yet (a zombie) does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with suppress(OSError):
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def works_in(known: PidFile, data: Path) -> bool:
    """The living process is the server of this data, not a stranger with a recycled number."""
    if PROC.joinpath("self", "cwd").exists():
        return _folder_of(known.pid) == data.resolve()
    # Without /proc (macOS) the socket tells; a server opens it well within this time.
    until = time.monotonic() + 2
    while time.monotonic() < until:
        if _answers(known.sockets):
            return True
        time.sleep(0.05)
    return False


def disown(data: Path) -> None:
    """Put our own number into the file, which PostgreSQL takes as its starter's, not a rival's.

    Removing the file would also remove the key by which PostgreSQL finds processes left over.
    """
    with suppress(FileNotFoundError):
        descriptor = os.open(data / "postmaster.pid", os.O_RDWR | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "r+") as file:
            rest = file.read().partition("\n")[2]
            file.seek(0)
            file.truncate()
            file.write(f"{os.getpid()}\n{rest}")


def orphans(data: Path) -> list[int]:
    """Processes of a server on this data whose first process is dead. Known only with /proc."""
    place = data.resolve()
    numbers = [int(entry.name) for entry in PROC.glob("[0-9]*")]
    return [pid for pid in numbers if _folder_of(pid) == place]


def _folder_of(pid: int) -> Path | None:
    try:
        return (PROC / str(pid) / "cwd").readlink()
    except OSError:
        return None


def _answers(sockets: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(str(sockets / ".s.PGSQL.5432")) == 0
