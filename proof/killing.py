"""Which processes a round kills, and how they are told apart."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from andon.app.child import NameOf
from bench.hub import Hub, HubCommand

__all__ = ["KILLS", "Kill", "KilledHub", "end", "role_of"]

Kill = Literal["all", "all and postgres", "worker", "web", "supervisor"]
KILLS: tuple[Kill, ...] = ("all and postgres", "worker", "all", "web", "supervisor")

Role = Literal["supervisor", "stem", "web", "worker", "postgres", "other"]
_ROLES: Mapping[str, Role] = {
    NameOf.stem.value: "stem", NameOf.web.value: "web", NameOf.worker.value: "worker",
}  # fmt: skip


def role_of(pid: int) -> Role:
    """What this process of a running Andon is."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "other"
    if name in _ROLES:
        return _ROLES[name]
    if words[0].endswith("postgres") or words[0].startswith("postgres"):
        return "postgres"
    return "supervisor" if "run" in words else "other"


class KilledHub(Hub):
    """A hub whose first process may be killed alone."""

    def __init__(
        self,
        command: HubCommand,
        *,
        data: Path,
        log: Path,
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(command, data=data, systems="", log=log)
        self._environment |= environment

    def reap(self) -> None:
        """Takes note of the end of the first process."""
        if self._process is not None:
            self._process.wait()


def end(hub: KilledHub, kill: Kill) -> int:
    """kill -9 of the processes of this kind; how many there were."""
    if kill == "all and postgres":
        count = len(hub.members())
        hub.kill()
        return count
    wanted = {"supervisor", "stem", "web", "worker"} if kill == "all" else {kill}
    pids = [process.pid for process in hub.members() if role_of(process.pid) in wanted]
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    if "supervisor" in wanted:
        hub.reap()
    return len(pids)


def needs_a_restart(kill: Kill) -> bool:
    """Whether somebody has to give the command again; the others are started by the supervisor."""
    match kill:
        case "all" | "all and postgres" | "supervisor":
            return True
        case "worker" | "web":
            return False
