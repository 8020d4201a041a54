"""A MariaDB server of Debian's in a process of its own, as a user without privileges."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from andon.connectors._ports import free_port
from tools.counterparts.running import Program, answers_tcp

ACCOUNT = "mysql"
"""Debian's account for it, used when we are root: the server refuses to run as root."""


class MariaDb:
    """One server with its data in `folder`, on loopback. Survives a kill and a new `start`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._program: Program | None = None

    def start(self) -> None:
        """On the same port as before; makes its data at first."""
        self.port = self.port or free_port()
        if not (self.folder / "data").is_dir():
            self._make_data()
        command = [_server(), "--no-defaults", *self._as_account()]
        command += [f"--datadir={self.folder}/data", f"--socket={self.folder}/s"]
        command += [
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--pid-file={self.folder}/pid",
        ]
        command += ["--skip-log-bin", "--innodb-buffer-pool-size=32M", "--performance-schema=off"]
        log = self.folder / "mariadb.log"
        self._program = Program(command, log=log, env={**os.environ}, cwd=self.folder)
        self._program.ready_when(lambda: answers_tcp(self.port), within=60)

    def stop(self) -> None:
        """Ends it in order."""
        program, self._program = self._program, None
        if program is not None:
            program.stop(within=20)

    def kill(self) -> None:
        """As power loss would."""
        program, self._program = self._program, None
        if program is not None:
            program.kill()

    def run(self, script: str, database: str = "") -> str:
        """What `root` says there, in the client's own language; returns what it prints."""
        command = ["mariadb", "--no-defaults", "--user=root", f"--socket={self.folder}/s"]
        command += ["--batch", "--skip-column-names", *([database] if database else [])]
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"MariaDB refused: {done.stderr}")
        return done.stdout

    def load_zone(self, name: str) -> None:
        """Makes a time zone known by its name, which a fresh server knows none of."""
        program = ["mariadb-tzinfo-to-sql", f"/usr/share/zoneinfo/{name}", name]
        said = subprocess.run(program, capture_output=True, text=True, check=True)
        self.run(said.stdout, "mysql")

    def _make_data(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(self.folder, ACCOUNT)
        command = ["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data"]
        command += [
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            *self._as_account(),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"MariaDB cannot make its data: {done.stderr or done.stdout}")

    def _as_account(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        return [f"--user={pwd.getpwnam(ACCOUNT).pw_name}"]


def _server() -> str:
    """Where Debian puts it, which not every account has on its path."""
    found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise RuntimeError("There is no MariaDB: apt install mariadb-server, or make test.")
    return found
