"""A small IMAP server: one account, folders that outlive connections, IDLE and MOVE."""

__all__ = ["ImapServer"]

import asyncio
import re
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from andon.connectors._ports import free_port

_CAPABILITIES = "IMAP4rev1 IDLE MOVE"
_LOGIN = re.compile(r'"?([^" ]*)"? "?([^"]*)"?')
_SPAN = re.compile(r"UID (\d+):(\d+|\*)")
_HEADERS = "BODY.PEEK[HEADER]"


class _Folder:
    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.seen: set[int] = set()
        self.next = 1

    def add(self, mail: bytes) -> None:
        self.mails[self.next] = mail
        self.next += 1


class _EndedError(Exception):
    """The client said goodbye."""


class ImapServer:
    """One listener on loopback."""

    def __init__(self, *, username: str, password: str, tls: ssl.SSLContext | None = None) -> None:
        self._login = (username, password)
        self._tls = tls
        self.folders = {"INBOX": _Folder(), "Done": _Folder()}
        self.validity = 7
        """Another number means that all UIDs were given out anew."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._sessions: set[asyncio.Task[Any]] = set()
        self._news = asyncio.Event()

    async def start(self) -> None:
        """Listens, at the port it had before."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port or free_port(), ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Breaks all connections; mails stay."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._open:
            writer.transport.abort()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=1)

    def deliver(self, mails: Sequence[bytes]) -> None:
        """New mails in the inbox; who is idle is told."""
        for mail in mails:
            self.folders["INBOX"].add(mail)
        self._news.set()
        self._news.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        session = asyncio.current_task()
        assert session is not None
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)
        try:
            await _Session(self, reader, writer).run()
        except (asyncio.IncompleteReadError, ConnectionError, _EndedError, ValueError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def lets_in(self, username: str, password: str) -> bool:
        """Whether this is the account."""
        return (username, password) == self._login

    async def heard(self) -> None:
        """Something was delivered."""
        await self._news.wait()


class _Session:
    def __init__(
        self, server: ImapServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server = server
        self._reader = reader
        self._writer = writer
        self._folder = _Folder()
        self._told = 0
        self._let_in = False

    async def run(self) -> None:
        self._say(f"* OK [CAPABILITY {_CAPABILITIES}] small")
        while True:
            line = (await self._reader.readline()).decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                return
            tag, _, rest = line.partition(" ")
            word, _, more = rest.partition(" ")
            if word.upper() == "IDLE":
                await self._idle(tag)
            else:
                self._say(f"{tag} {self._done(word.upper(), more)}")
            await self._writer.drain()

    def _say(self, line: str) -> None:
        self._writer.write(line.encode() + b"\r\n")

    def _done(self, word: str, more: str) -> str:
        if word == "LOGIN":
            found = _LOGIN.fullmatch(more)
            self._let_in = found is not None and self._server.lets_in(found[1], found[2])
            return "OK in" if self._let_in else "NO [AUTHENTICATIONFAILED] Invalid credentials"
        if word == "CAPABILITY":
            self._say(f"* CAPABILITY {_CAPABILITIES}")
            return "OK done"
        if word == "LOGOUT":
            self._say("* BYE")
            raise _EndedError
        if not self._let_in:
            return "BAD log in first"
        if word in ("SELECT", "EXAMINE"):
            return self._selected(more.strip('"'))
        if word == "UID":
            return self._by_uid(*more.split(" ", 1))
        return "OK done" if word == "NOOP" else "BAD what is that"

    def _selected(self, name: str) -> str:
        folder = self._server.folders.get(name)
        if folder is None:
            return "NO [NONEXISTENT] no such folder"
        self._folder = folder
        self._say(f"* {len(folder.mails)} EXISTS")
        self._say(f"* OK [UIDVALIDITY {self._server.validity}] ok")
        self._say(f"* OK [UIDNEXT {folder.next}] ok")
        return "OK [READ-WRITE] selected"

    def _by_uid(self, word: str, more: str) -> str:
        folder = self._folder
        if word == "SEARCH":
            found = _SPAN.search(more)
            low = int(found[1]) if found else 1
            high = int(found[2]) if found and found[2] != "*" else folder.next - 1
            low, high = min(low, high), max(low, high)
            self._told = folder.next
            self._say("* SEARCH " + " ".join(str(u) for u in folder.mails if low <= u <= high))
            return "OK done"
        numbers, _, what = more.partition(" ")
        last = max(folder.mails, default=0)
        for uid in [last if each == "*" else int(each) for each in numbers.split(",")]:
            if uid not in folder.mails:
                continue
            match word:
                case "FETCH":
                    self._fetched(uid, what)
                case "STORE":
                    folder.seen.add(uid)
                case "MOVE":
                    self._server.folders[what.strip('"')].add(folder.mails.pop(uid))
                case _:
                    return "BAD what is that"
        return "OK done"

    def _fetched(self, uid: int, what: str) -> None:
        mail = self._folder.mails[uid]
        number = uid  # nothing here speaks of sequence numbers
        if "RFC822.SIZE" in what:
            self._say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)})")
            return
        if what == "(UID)":
            self._say(f"* {number} FETCH (UID {uid})")
            return
        part = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if _HEADERS in what else mail
        name = "BODY[HEADER]" if _HEADERS in what else "BODY[]"
        self._say(f"* {number} FETCH (UID {uid} {name} {{{len(part)}}}")
        self._writer.write(part + b")\r\n")

    async def _idle(self, tag: str) -> None:
        self._say("+ idling")
        await self._writer.drain()
        done = asyncio.ensure_future(self._reader.readline())
        try:
            while not done.done():
                if self._folder.next > self._told:
                    self._told = self._folder.next
                    self._say(f"* {len(self._folder.mails)} EXISTS")
                    await self._writer.drain()
                news = asyncio.ensure_future(self._server.heard())
                await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
            self._say(f"{tag} OK done")
        finally:
            done.cancel()
            with suppress(asyncio.CancelledError):
                await done
