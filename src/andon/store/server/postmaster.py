"""The server's first process: found, launched, watched, ended."""

__all__ = ["Postmaster"]

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from andon.store.server.binaries import Binaries
from andon.store.server.cluster import ROLE, Cluster
from andon.store.server.pidfile import PidFile, alive, disown, read_pid_file, works_in

# Said on the command line, where neither a file nor ALTER SYSTEM can override it.
HELD = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
}
KEPT_LOG = 10_000_000


class Postmaster:
    """One running server, launched by us or found from an owner that was killed."""

    def __init__(self, cluster: Cluster, pid: int, sockets: Path) -> None:
        self._cluster = cluster
        self._child: subprocess.Popen[Any] | None = None
        self._log_from = _size(cluster.log)
        self.pid = pid
        self.sockets = sockets

    @classmethod
    def running(cls, cluster: Cluster) -> "Postmaster | None":
        """The server that already runs on this data, if one does."""
        known = read_pid_file(cluster.data)
        if known is None:
            return None
        if alive(known.pid) and works_in(known, cluster.data):
            return cls(cluster, known.pid, known.sockets)
        # After a reboot the number may belong to a stranger, after a kill to a dead process that
        # nobody has buried yet; PostgreSQL would take either for a rival and refuse.
        disown(cluster.data)
        return None

    @classmethod
    def launch(cls, cluster: Cluster, binaries: Binaries, sockets: Path) -> "Postmaster":
        """Start a server in a session of its own: a ctrl-C in our terminal is not for it."""
        for left in (".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (sockets / left).unlink(missing_ok=True)
        if _size(cluster.log) > KEPT_LOG:
            cluster.log.rename(cluster.log.with_suffix(".log.1"))
        postmaster = cls(cluster, 0, sockets)
        command = [binaries.program("postgres"), "-D", str(cluster.data)]
        for name, value in {**HELD, "unix_socket_directories": str(sockets)}.items():
            command += ["-c", f"{name}={value}"]
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        log = os.open(cluster.log, flags, 0o640)
        try:
            child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **cluster.identity(),
            )
        finally:
            os.close(log)
        postmaster._child = child
        postmaster.pid = child.pid
        return postmaster

    @property
    def dsn(self) -> str:
        """How asyncpg reaches it: a unix socket in a private folder, so no password."""
        return f"postgresql://{ROLE}@/postgres?host={quote(str(self.sockets))}"

    @property
    def found(self) -> bool:
        """Another owner launched it."""
        return self._child is None

    def ready(self) -> bool:
        """It takes connections: recovery, however long, is over."""
        known = self._known()
        return known is not None and known.status == "ready"

    def ended(self) -> bool:
        """It is gone."""
        if self._child:
            return self._child.poll() is not None
        return self._known() is None or not alive(self.pid)

    def stop(self) -> None:
        """Ask for a fast shutdown: open transactions are rolled back, nothing needs recovery."""
        self._signal(signal.SIGINT)

    def abandon(self) -> None:
        """End at once; the next start recovers from the log."""
        self._signal(signal.SIGQUIT)

    def said(self) -> list[str]:
        """The lines it has written since we know it."""
        with suppress(OSError), self._cluster.log.open("rb") as log:
            log.seek(self._log_from)
            return log.read(64_000).decode(errors="replace").splitlines()
        return []

    def _known(self) -> PidFile | None:
        known = read_pid_file(self._cluster.data)
        return known if known and known.pid == self.pid else None

    def _signal(self, number: signal.Signals) -> None:
        if not self.ended():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
