"""What a program costs, with everything it started: read from ``/proc``, so Linux only.

A process belongs when it is in the program's session, descends from one that does, carries
the program's marker in its environment, or stands in the program's data folder. The last two
find a PostgreSQL that was started as a daemon or runs as another user.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

__all__ = ["Belonging", "Cost", "Meter", "Process", "machine_busy_s", "processes"]

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Process(msgspec.Struct, frozen=True):
    """One line of the process table. ``reaped_s`` is what its dead children used."""

    pid: int
    parent: int
    session: int
    began: int
    own_s: float
    reaped_s: float
    resident: int

    @property
    def known_by(self) -> tuple[int, int]:
        """A pid alone comes back for another process; with its start it does not."""
        return self.pid, self.began


class Belonging(msgspec.Struct, frozen=True):
    """How the processes of one program are told from all others."""

    root: int
    marker: str = ""
    folder: str = ""

    def members(self, table: dict[int, Process]) -> list[Process]:
        """Those alive now, in no order; the measuring program itself is never one."""
        found: dict[int, bool] = {0: False, os.getpid(): False}

        def belongs(pid: int) -> bool:
            if pid not in found:
                found[pid] = False
                process = table.get(pid)
                if process is not None:
                    found[pid] = (
                        pid == self.root
                        or process.session == self.root
                        or belongs(process.parent)
                        or self._carries_marker(pid)
                        or self._stands_in_folder(pid)
                    )
            return found[pid]

        return [process for pid, process in table.items() if belongs(pid)]

    def _carries_marker(self, pid: int) -> bool:
        if not self.marker:
            return False
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False
        return self.marker.encode() in variables

    def _stands_in_folder(self, pid: int) -> bool:
        if not self.folder:
            return False
        try:
            return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(self.folder)
        except OSError:
            return False


class Cost(msgspec.Struct, frozen=True):
    """CPU since the meter began, and the most memory seen at one instant.

    ``pss`` shares each page among the processes that map it; ``rss`` counts shared pages
    once for each and so overstates PostgreSQL. It is used where the kernel hides the former.
    """

    cpu_s: float
    peak_mb: float
    memory: Literal["pss", "rss"]


class Meter:
    """Adds up what the members used, also those that came and went between two looks.

    Call ``look`` at least every second: a process that lives between two looks is counted
    only if a member waited for it.
    """

    def __init__(self, members: Callable[[], list[Process]], *, memory: bool = True) -> None:
        self._members = members
        self._memory = memory
        self._last: dict[tuple[int, int], Process] = {}
        self._gone_s = 0.0
        self._peak = 0
        self._measure: Literal["pss", "rss"] = "pss"
        self._begin_s = 0.0
        self._begin_s = self.look()

    def look(self) -> float:
        """CPU seconds since the meter began."""
        now = {process.known_by: process for process in self._members()}
        for key, process in self._last.items():
            if key not in now and not self._reaped(process, now):
                self._gone_s += process.own_s + process.reaped_s
        self._last = now
        if self._memory:
            self._peak = max(self._peak, self._footprint())
        alive_s = sum(process.own_s + process.reaped_s for process in now.values())
        return self._gone_s + alive_s - self._begin_s

    def cost(self) -> Cost:
        """The bill so far."""
        return Cost(self.look(), self._peak / 2**20, self._measure)

    def _reaped(self, gone: Process, now: dict[tuple[int, int], Process]) -> bool:
        """Whether a living parent waited for it and so carries its time already."""
        for key, parent in now.items():
            if parent.pid == gone.parent and key in self._last:
                return parent.reaped_s > self._last[key].reaped_s
        return False

    def _footprint(self) -> int:
        total = 0
        for process in self._last.values():
            proportional = _pss(process.pid)
            if proportional is None:
                self._measure = "rss"
                proportional = process.resident
            total += proportional
        return total


def processes() -> dict[int, Process]:
    """The process table of this machine by pid; those that vanish meanwhile are left out."""
    table: dict[int, Process] = {}
    for entry in os.listdir("/proc"):
        if entry.isdecimal() and (process := _process(int(entry))) is not None:
            table[process.pid] = process
    return table


def machine_busy_s() -> float:
    """CPU seconds all processes of the machine have used since it started."""
    first = Path("/proc/stat").read_text().splitlines()[0].split()
    user, nice, system, _idle, _iowait, irq, softirq = map(int, first[1:8])
    return (user + nice + system + irq + softirq) / _TICKS


def _process(pid: int) -> Process | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The name in brackets may hold spaces and brackets itself; fields count from behind it.
    field = text[text.rindex(")") + 2 :].split()
    if field[0] in ("Z", "X"):
        return None
    user, system, dead_user, dead_system = map(int, field[11:15])
    return Process(
        pid=pid,
        parent=int(field[1]),
        session=int(field[3]),
        began=int(field[19]),
        own_s=(user + system) / _TICKS,
        reaped_s=(dead_user + dead_system) / _TICKS,
        resident=int(field[21]) * _PAGE,
    )


def _pss(pid: int) -> int | None:
    """Proportional memory in bytes; nothing for a process that is gone, none if hidden."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except PermissionError:
        return None
    except OSError:
        return 0
    found = (int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return next(found, None)
