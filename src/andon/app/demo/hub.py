"""The Andon of a demo: started, waited for, opened for one person, ended."""

__all__ = ["Hub", "Say", "end_by_signal", "require_free", "telling"]

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

from andon.app.database import Place, reach_database
from andon.core.errors import SettingsError
from andon.sandbox.partner import Partner
from andon.store.access import create_key, create_login_link
from andon.store.server.cluster import LINK
from andon.store.server.pidfile import read_pid_file

Say = Callable[[str], None]

_READY_WITHIN = 60.0


def telling(told: Say) -> Say:
    """Each line with the seconds since the beginning."""
    began = time.monotonic()

    def say(text: str) -> None:
        told(f"[{time.monotonic() - began:5.1f} s] {text}")

    return say


def require_free(port: int) -> None:
    """Raises SettingsError when somebody listens there."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise SettingsError(
            f"The demo cannot answer at 127.0.0.1:{port}: {os.strerror(error.errno or 0)}."
            " Is another one running? End it, or say: ANDON_PORT=8421 make demo"
        ) from error


def _family(first: int) -> list[int]:
    """This process and all that descend from it, parents first, so that none starts another."""
    family = [first]
    for pid in family:
        for thread in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):  # it has just ended
                family += map(int, thread.read_text().split())
    return family


def end_by_signal() -> None:
    """Ctrl-C and a kill both end the demo in order."""
    for name in (signal.SIGINT, signal.SIGTERM):  # a shell's background ignores the first one
        signal.signal(name, signal.default_int_handler)


class Hub:
    """`andon run` of one project, as a process of its own."""

    def __init__(self, folder: Path, *, port: int) -> None:
        folder = folder.resolve()  # Andon runs in another folder than who starts it
        self.place = Place(folder, "127.0.0.1", port)
        self.log = folder / "andon.log"
        self._program: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{self.place.host}:{self.place.port}"

    def start(self, project: str, *, folder: Path, environment: Mapping[str, str]) -> None:
        """Begins; `until_ready` waits for it."""
        self.place.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._program = subprocess.Popen(
                [sys.executable, "-m", "andon.cli", "run", project],
                cwd=folder,
                env={
                    **os.environ,
                    **environment,
                    "ANDON_DATA": str(self.place.data),
                    "ANDON_PORT": str(self.place.port),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def require_running(self) -> None:
        """Raises SettingsError when it has ended."""
        if self._program is None or self._program.poll() is not None:
            raise SettingsError(f"Andon ended. It said why in {self.log}.")

    def until_ready(self) -> None:
        """Returns when it answers. Raises SettingsError when it does not."""
        end = time.monotonic() + _READY_WITHIN
        while time.monotonic() < end:
            self.require_running()
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise SettingsError(f"Andon is not ready after a minute. See {self.log}.")

    def end(self) -> None:
        """Asks it to end, and kills it when it does not."""
        if self._program is None:
            return
        self._program.terminate()
        try:
            self._program.wait(10)
        except subprocess.TimeoutExpired:
            self._program.kill()
            self._program.wait()

    def kill(self, *, database: bool = True) -> None:
        """All its processes at once, by default with its database as a power cut would; none has
        time to end in order. Linux: elsewhere those that it started end when they notice."""
        if self._program is not None and self._program.poll() is None:
            theirs = self._database()
            ours = [pid for pid in _family(self._program.pid) if pid not in theirs]
            for pid in ours + theirs if database else ours:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._program.wait()

    def _database(self) -> list[int]:
        """Of its own server, which may have outlived the Andon that started it."""
        folder = self.place.data / "pg"
        known = read_pid_file(folder / "data") or read_pid_file(folder / LINK / "data")
        return _family(known.pid) if known else []

    def forget(self) -> None:
        """Empties its database, if there is one: a company that begins anew has no past."""
        if self.place.data.exists():
            asyncio.run(self._forget())

    async def _forget(self) -> None:
        async with reach_database(self.place) as dsn:
            connection = await asyncpg.connect(dsn)
            try:
                await connection.execute("drop schema public cascade; create schema public")
            finally:
                await connection.close()

    def link(self) -> str:
        """A single-use link for the person at the screen."""
        return asyncio.run(self._link())

    async def _link(self) -> str:
        async with reach_database(self.place) as dsn:
            connection = await asyncpg.connect(dsn)
            try:
                token = await create_login_link(connection, "admin")
            finally:
                await connection.close()
        return f"{self.url}/login#{token}"

    def new_key(self, name: str, scopes: Sequence[str], *, party: str | None = None) -> str:
        """A key under this name; an older one of the name is revoked."""
        return asyncio.run(self._new_keys([(name, scopes, party)]))[name]

    def keys_of(self, partners: Iterable[type[Partner]]) -> dict[str, str]:
        """A key for each partner, by its name."""
        return asyncio.run(self._new_keys([(one.name, one.scopes, one.party) for one in partners]))

    async def _new_keys(
        self, wanted: Sequence[tuple[str, Sequence[str], str | None]]
    ) -> dict[str, str]:
        async with reach_database(self.place) as dsn:
            connection = await asyncpg.connect(dsn)
            try:
                await connection.execute(
                    "update access_key set revoked_at = now() where name = any($1::text[])"
                    " and revoked_at is null",
                    [name for name, _, _ in wanted],
                )
                return {
                    name: await create_key(connection, name, scopes=scopes, party=party)
                    for name, scopes, party in wanted
                }
            finally:
                await connection.close()
