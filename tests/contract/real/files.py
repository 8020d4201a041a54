"""OpenSSH's own sshd on a free loopback port, with a host key and a configuration of its own."""

__all__ = ["COUNTERPARTS", "OpenSsh"]

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import asyncssh

from andon.connectors._folders.drops import QUICK
from andon.connectors._ports import free_port
from andon.connectors.files.simulator import Exchanged
from andon.core.connector import Request
from andon.core.counterpart import Takes


class CuttingWire:
    """Passes bytes on; breaks before an answer leaves once `cut` says so."""

    def __init__(self, port: int, target: int) -> None:
        self.port = port
        self.cut: Callable[[], bool] = lambda: False
        self._target = target
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._pass, "127.0.0.1", self.port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _pass(self, caller: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            server, onward = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            back.transport.abort()
            return
        self._ends |= {back, onward}
        ways = [
            asyncio.create_task(self._copy(caller, onward)),
            asyncio.create_task(self._copy(server, back, answers=True)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (back, onward):
            end.transport.abort()
            self._ends.discard(end)

    async def _copy(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, answers: bool = False
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while chunk := await source.read(65_536):
                if answers and self.cut():
                    self.cut = lambda: False
                    return
                to.write(chunk)
                await to.drain()


class OpenSsh(Exchanged, Takes):
    """The account that runs the tests logs in by a key made for it."""

    name = "openssh"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "Failure"

    def __init__(self) -> None:
        super().__init__()
        self._home_of_sshd = self.root.parent / "sshd"
        self._home_of_sshd.mkdir()
        self._own = asyncssh.generate_private_key("ssh-ed25519")
        self._stranger = asyncssh.generate_private_key("ssh-ed25519")
        self._host = asyncssh.generate_private_key("ssh-ed25519")
        self._port = free_port()
        self._wire = CuttingWire(free_port(), self._port)
        self._sshd: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns once it greets."""
        await asyncio.to_thread(self._launch)
        async with asyncio.timeout(60):
            while not await self._greets():
                assert self._sshd is not None
                assert self._sshd.poll() is None, (self._home_of_sshd / "log").read_text()
                await asyncio.sleep(0.05)
        await self._wire.open()

    async def stop(self) -> None:
        """The server and its sessions are killed."""
        await self._wire.close()
        if self._sshd is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._sshd.pid, signal.SIGKILL)
            await asyncio.to_thread(self._sshd.wait)
            self._sshd = None

    def settings(self) -> dict[str, Any]:
        """Through the wire, which shows the server's own host key."""
        public = self._host.export_public_key().decode().strip()
        return {
            "folder": f"sftp://{getpass.getuser()}@127.0.0.1:{self._wire.port}{self.root}",
            "known_hosts": f"[127.0.0.1]:{self._wire.port} {public}",
            "key": self._own.export_private_key().decode(),
            "timeout": "5 s",
            **QUICK,
        }

    def wrong_access(self) -> dict[str, Any]:
        """A key the account does not list."""
        return {**self.settings(), "key": self._stranger.export_private_key().decode()}

    def refused(self) -> Request:
        """A folder stands where the file should go."""
        (self.root / "out" / "refused-000001.csv").mkdir(exist_ok=True)
        return Request(target="refused", body={"effect": "refused"})

    async def lose_answer(self) -> None:
        """The wire breaks once one file more than now has its last name."""
        before = len(await self.effects())

        def one_more() -> bool:
            return len(list((self.root / "out").glob("order-*.csv"))) > before

        self._wire.cut = one_more

    def _launch(self) -> None:
        sshd = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        assert sshd, "there is no sshd. Debian and Ubuntu: apt install openssh-server"
        home = self._home_of_sshd
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        (home / "host").touch(mode=0o600)
        (home / "host").write_bytes(self._host.export_private_key())
        (home / "authorized").write_bytes(self._own.export_public_key())
        (home / "config").write_text(
            f"Port {self._port}\nListenAddress 127.0.0.1\nHostKey {home / 'host'}\n"
            f"AuthorizedKeysFile {home / 'authorized'}\nPidFile none\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\nMaxStartups 100\n"
        )
        with (home / "log").open("ab") as log:
            self._sshd = subprocess.Popen(
                [sshd, "-D", "-e", "-f", str(home / "config")], stderr=log, start_new_session=True
            )

    async def _greets(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            return (await reader.read(4)) == b"SSH-"
        finally:
            writer.close()


COUNTERPARTS = (OpenSsh,)
