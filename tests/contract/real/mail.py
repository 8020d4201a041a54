"""pymap over a maildir and aiosmtpd, both with STARTTLS and certificates of a test authority."""

__all__ = ["COUNTERPARTS", "PymapAiosmtpd"]

import asyncio
import email
import imaplib
import itertools
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from pysasl.hashing import BuiltinHash

from andon.connectors._ports import free_ports
from andon.core.connector import Request
from andon.core.counterpart import Counterpart, Speaks, Takes
from tests.contract.certificates import Certificates

_ROOT = Path(__file__).parents[3]
_PASSWORD = "post-secret"


class PymapAiosmtpd(Counterpart, Speaks, Takes):
    """People write into the maildir by APPEND; what we send lies in a folder."""

    name = "pymap-aiosmtpd"
    lasting: ClassVar[bool] = True
    most: ClassVar[int] = 100
    dedupes: ClassVar[bool] = False
    refusal_words: ClassVar[str] = "no such user here"

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._made: Certificates | None = None
        self._ports = (9, 9)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """The same ports, mails and UIDs after a stop."""
        await asyncio.to_thread(self._start)

    def _start(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="andon-mail-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self._made = Certificates(self._folder)
            smtp, imap = free_ports(2)
            self._ports = smtp, imap
            self._furnish(self._folder)
        made = self._made
        assert made is not None
        for lock in (self._folder / "mails").rglob("*.lock"):
            lock.unlink()  # which a killed pymap leaves behind
        imap, smtp = self._ports
        keys = [str(made.server), str(made.server_key)]
        commands = [
            [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(imap),
             "--cert", keys[0], "--key", keys[1], "maildir", str(self._folder / "mails")],
            [sys.executable, "-m", "tests.contract.smtpd", str(smtp), str(self._folder / "sent"),
             *keys],
        ]  # fmt: skip
        self._processes = [
            subprocess.Popen(each, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for each in commands
        ]
        for port in self._ports:
            _listens(port)

    async def stop(self) -> None:
        """Killed; mails and UIDs are on disk."""
        for each in self._processes:
            each.kill()
            await asyncio.to_thread(each.wait)
        self._processes = []

    def settings(self) -> dict[str, Any]:
        """One account at both servers."""
        access: dict[str, Any] = {
            "host": "127.0.0.1", "username": "andon", "password": _PASSWORD,
            "encryption": "starttls",
        }  # fmt: skip
        if self._made is not None:
            access["tls"] = {"ca": str(self._made.authority)}
        return {
            "timeout": "5s",
            "imap": {**access, "port": self._ports[0], "poll_every": "5s"},
            "smtp": {**access, "port": self._ports[1], "sender": "andon@acme.example"},
            "templates": {
                "held": {"subject": "Lot {lot}", "text": "{effect}", "to": ["shift@acme.example"]}
            },
        }

    def wrong_access(self) -> dict[str, Any]:
        """Another password."""
        right = self.settings()
        return {
            **right,
            "imap": {**right["imap"], "password": "guessed"},
            "smtp": {**right["smtp"], "password": "guessed"},
        }

    async def say(self, count: int) -> Sequence[str]:
        """Mails by somebody who is not us."""
        names = [f"L-{next(self._numbers)}-x" for _ in range(count)]
        await asyncio.to_thread(self._append, names)
        return names

    def request(self, effect: str) -> Request:
        """A mail to the shift."""
        return Request(target="held", body={"effect": effect, "lot": "L77"})

    async def effects(self) -> Sequence[str]:
        """What aiosmtpd took."""
        assert self._folder is not None
        return [
            str(email.message_from_bytes(file.read_bytes()).get_payload()).strip()
            for file in sorted((self._folder / "sent").glob("*.eml"))
        ]

    async def lose_answer(self) -> None:
        """Taken, and the connection breaks."""
        assert self._folder is not None
        (self._folder / "sent" / "lose").touch()

    def refused(self) -> Request:
        """To somebody who is not there."""
        body = {"effect": "none", "lot": "L77", "to": ["nobody@acme.example"]}
        return Request(target="held", body=body)

    @staticmethod
    def _furnish(folder: Path) -> None:
        (folder / "sent").mkdir()
        base = folder / "mails"
        base.mkdir()
        secret = BuiltinHash(rounds=1000).hash(_PASSWORD)
        (base / "pymap-etc-passwd").write_text("andon::1000:1000::andon:\n")
        (base / "pymap-etc-shadow").write_text(f"andon:{secret}::::::\n")

    def _append(self, names: Sequence[str]) -> None:
        assert self._made is not None
        client = imaplib.IMAP4("127.0.0.1", self._ports[0])
        client.starttls(ssl.create_default_context(cafile=str(self._made.authority)))
        client.login("andon", _PASSWORD)
        for name in names:
            mail = f"From: qa@acme.example\r\nSubject: {name}\r\nMessage-ID: <{name}>\r\n\r\nx\r\n"
            status, said = client.append("INBOX", "", "", mail.encode())
            assert status == "OK", said
        client.logout()


def _listens(port: int) -> None:
    ends = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < ends, f"nobody listens at {port}"
            time.sleep(0.05)


COUNTERPARTS = (PymapAiosmtpd,)
