"""The supervisor's hand on its processes: a stem that reads the project, and its forks."""

__all__ = ["Child", "Stem"]

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress

import msgspec

from andon.app.database import Place
from andon.app.reports import Declared, Refused, Said
from andon.core.errors import SettingsError

_KILLED = -signal.SIGKILL
_FORKS_WITHIN = 30.0


class Child:
    """One forked process. It ends by itself when this process is gone, which its leash tells it."""

    def __init__(
        self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.pid = pid
        self._writer = writer
        self._ended = asyncio.create_task(self._code(reader))

    def tell(self, dsn: str) -> None:
        """Where the database is: an environment can be read by others of this account."""
        self._writer.write(dsn.encode() + b"\n")

    async def wait(self) -> int:
        """Its exit status; one that was killed had no time to say one."""
        return await asyncio.shield(self._ended)

    def signal(self, number: signal.Signals) -> None:
        """Nothing if it has ended."""
        if not self._ended.done():
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    async def _code(self, reader: asyncio.StreamReader) -> int:
        said = b""
        with suppress(ConnectionError):
            said = await reader.readline()
        self._writer.close()
        return int(said) if said.strip() else _KILLED


class Stem:
    """Reads the project with `begin`; a stem that was killed is replaced when a child is wanted."""

    def __init__(self, project: str, place: Place) -> None:
        self._project = project
        self._place = place
        self._process: asyncio.subprocess.Process | None = None
        self._control: socket.socket | None = None
        self._alone = asyncio.Lock()

    async def begin(self) -> Declared:
        """Starts it. Raises SettingsError where the project cannot start."""
        self._close()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "andon.app.stem", self._project),
                *("--control", str(theirs.fileno())),
                *("--host", self._place.host, "--port", str(self._place.port)),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._control = ours
        ours.setblocking(False)
        match await self._said(ours):
            case Refused(says):
                await self.end()
                raise SettingsError(says)
            case None:
                await self.end()
                raise SettingsError(
                    f"{self._project} does not load; what went wrong stands above."
                    " Nothing was started."
                )
            case declared:
                return declared

    async def child(self, role: str) -> Child:
        """One more process of this role. Raises SettingsError where the project, read again for a
        stem that was killed, cannot start any more."""
        async with self._alone:
            for _ in range(2):
                with suppress(OSError, TimeoutError):
                    return await asyncio.wait_for(self._fork(role), _FORKS_WITHIN)
                await self.begin()
            return await asyncio.wait_for(self._fork(role), _FORKS_WITHIN)

    async def end(self) -> None:
        """Its children live on until they are ended."""
        self._close()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _fork(self, role: str) -> Child:
        if self._control is None:
            raise ConnectionError("there is no stem")
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [role.encode()], [theirs.fileno()])
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except BaseException:
            ours.close()
            raise
        try:
            return Child(int(await reader.readuntil(b"\n")), reader, writer)
        except BaseException as error:
            writer.close()  # whoever was forked all the same ends with this leash
            if isinstance(error, asyncio.IncompleteReadError):
                raise ConnectionError("the stem ended") from error
            raise

    async def _said(self, control: socket.socket) -> Said | None:
        """None when it ended without a word."""
        loop, line = asyncio.get_running_loop(), b""
        while not line.endswith(b"\n"):
            got = await loop.sock_recv(control, 65_536)
            if not got:
                return None
            line += got
        return msgspec.json.decode(line, type=Said)

    def _close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
