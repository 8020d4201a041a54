"""The other side of an exchange folder, whatever stands in its files."""

__all__ = ["QUICK", "BehindSftp", "Drop", "OnFolder"]

import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, ClassVar, cast

import asyncssh

from andon.connectors._ports import free_port
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes

QUICK = {"settle": "0 s", "poll_every": "20 ms"}
"""This other side renames finished files in, so there is nothing to wait for."""
_HALF_TIME = 0.4
"""Seconds between the halves of a file that is written in place."""


class Drop(Counterpart, Speaks):
    """A folder with `in` and `out`. A subclass says what stands in the files."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="andon-drop-"))
        self.root = self._home / "exchange"
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True)
        self._said = 0
        self._files = 0
        self._taken: set[str] = set()
        weakref.finalize(self, shutil.rmtree, self._home, True)

    def lies_in(self, place: str) -> Path:
        """In a folder that a person named, which is made; before anything is said."""
        self.root = Path(place).absolute()
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        return self.root

    def in_two(self, count: int) -> list[list[str]]:
        """So many new names, half of them for each of two files; one file for one name."""
        names = [f"SAID-{self._said + n:06}" for n in range(1, count + 1)]
        self._said += count
        half = (count + 1) // 2
        return [part for part in (names[:half], names[half:]) if part]

    def next_in(self, name: str, content: bytes, ending: str = "xml") -> None:
        """One more file, renamed in under the next number."""
        self.rename_in(self.next_name(name, ending), content)

    def next_name(self, name: str, ending: str = "xml") -> str:
        """With the next number."""
        self._files += 1
        return f"{name}-{self._files:06}.{ending}"

    def new_out(self) -> Iterator[bytes]:
        """What lies in `out` and was not taken before, by name; it stays where it lies."""
        for file in sorted((self.root / "out").glob("*.xml")):
            if file.name not in self._taken:
                self._taken.add(file.name)
                yield file.read_bytes()

    def rename_in(self, name: str, content: bytes) -> None:
        """As careful senders do: complete under another name, then renamed."""
        part = self.root / "in" / f"{name}.part"
        part.write_bytes(content)
        os.utime(part, (1_700_000_000, 1_700_000_000))
        part.rename(self.root / "in" / name)

    def write_in_place(self, name: str, content: bytes, *, more: bool = False) -> None:
        """As the others do: under its last name from the first byte on, piece by piece."""
        with (self.root / "in" / name).open("ab" if more else "wb") as file:
            file.write(content)

    def write_in_halves(self, name: str, content: bytes) -> None:
        """The same with 0.4 s between two halves. A thread writes the second: a loop that is busy
        would leave the first lying there for as long as one that is whole."""
        half = len(content) // 2
        self.write_in_place(name, content[:half])
        rest = threading.Timer(
            _HALF_TIME, self.write_in_place, (name, content[half:]), {"more": True}
        )
        rest.daemon = True
        rest.start()


class OnFolder(Drop):
    """A folder of this machine; stopped, its share is not mounted."""

    name = "folder"

    async def start(self) -> None:
        """The share is mounted; at first one file lies there already."""
        if (self._home / "away").exists():
            (self._home / "away").rename(self.root)
        elif not self._said:
            await self.say(1)

    async def stop(self) -> None:
        """The share is gone; what lies on it stays."""
        if self.root.exists():
            self.root.rename(self._home / "away")

    def settings(self) -> dict[str, Any]:
        """The folder alone."""
        return {"folder": str(self.root), **QUICK}


class BehindSftp(Drop, Takes):
    """A folder behind an SFTP server; its own people write to it directly."""

    name = "sftp"
    dedupes: ClassVar[bool] = True
    refusal_words: ClassVar[str] = "this name is not allowed here"
    refused_names: ClassVar[bytes] = b"refused"
    """Names that begin so are not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self._key = cast(Any, asyncssh).generate_private_key("ssh-ed25519")
        self._sessions: list[asyncssh.SSHServerConnection] = []
        self._listening: asyncssh.SSHAcceptor | None = None
        self.answers_lost = 0
        self.denied = False
        """Whether its operator took the right to list away."""
        self._port = 0

    @property
    def port(self) -> int:
        """Where it listens; before it ever did, where nobody does."""
        return self._port or 9

    async def start(self) -> None:
        """Listens on loopback, always at the same port: the one it was given the first time."""
        self._listening = await asyncssh.listen(
            "127.0.0.1",
            self._port or free_port(),
            server_factory=lambda: _Guard(self._sessions),
            sftp_factory=self._exchange,
            server_host_keys=[self._key],
            reuse_address=True,
        )
        self._port = self._listening.get_port()

    def _exchange(self, channel: Any) -> asyncssh.SFTPServer:
        return _Exchange(channel, self)

    async def stop(self) -> None:
        """Breaks every session."""
        if self._listening is not None:
            self._listening.close()
            self.hang_up()
            await self._listening.wait_closed()
            self._listening = None

    def hang_up(self) -> None:
        """Cuts the line in the middle of whatever goes on."""
        while self._sessions:
            self._sessions.pop().abort()

    def settings(self) -> dict[str, Any]:
        """With the server's key; the password in plain text."""
        public = self._key.export_public_key().decode().strip()
        return {
            "folder": f"sftp://andon@127.0.0.1:{self.port}/",
            "known_hosts": f"[127.0.0.1]:{self.port} {public}",
            "password": "open sesame",
            "timeout": "2 s",
            **QUICK,
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        return {**self.settings(), "password": "open barley"}

    def refused(self) -> Request:
        """The server takes no file of that name."""
        return Request(target="refused", body={"effect": "refused"})

    async def lose_answer(self) -> None:
        """The next rename is done, and the line breaks before its answer."""
        self.answers_lost += 1


class _Guard(asyncssh.SSHServer):
    """Lets one account in."""

    def __init__(self, sessions: list[asyncssh.SSHServerConnection]) -> None:
        self._sessions = sessions

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._sessions.append(conn)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 asked of everybody
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("andon", "open sesame")


class _Exchange(asyncssh.SFTPServer):
    def __init__(self, channel: Any, drop: BehindSftp) -> None:
        cast(Any, asyncssh.SFTPServer).__init__(self, channel, os.fsencode(drop.root))
        self._drop = drop

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        if self._drop.denied:
            raise asyncssh.SFTPPermissionDenied("you may not list this")
        async for name in super().scandir(path):
            yield name

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        if newpath.rpartition(b"/")[2].startswith(self._drop.refused_names):
            raise asyncssh.SFTPPermissionDenied(BehindSftp.refusal_words)
        super().rename(oldpath, newpath)
        if self._drop.answers_lost and oldpath.endswith(b".part"):
            self._drop.answers_lost -= 1
            self._drop.hang_up()
