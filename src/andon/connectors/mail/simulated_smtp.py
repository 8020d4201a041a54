"""A small SMTP server with a password: it knows some recipients, and keeps what it took."""

__all__ = ["SmtpServer"]

import asyncio
import ssl
from base64 import b64decode
from typing import Any

from andon.connectors._ports import free_port

_LONGEST = 50_000_000


class SmtpServer:
    """One listener on loopback."""

    def __init__(self, *, username: str, password: str, tls: ssl.SSLContext | None = None) -> None:
        self._login = f"\0{username}\0{password}".encode()
        self._tls = tls
        self.took: list[bytes] = []
        self.losing = False
        """The next mail is taken, and its sender never hears of it."""
        self.answers = ["250 2.0.0 taken"]
        """What is said after DATA; the last answer stays."""
        self.unknown = "nobody@acme.example"
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._sessions: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Listens, at the port it had before."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port or free_port(), ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Breaks all connections; what was taken stays."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._open:
            writer.transport.abort()
        if self._sessions:
            await asyncio.wait(self._sessions, timeout=1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        session = asyncio.current_task()
        assert session is not None
        self._sessions.add(session)
        session.add_done_callback(self._sessions.discard)
        let_in = False
        try:
            writer.write(b"220 small ESMTP\r\n")
            while line := (await reader.readline()).decode("utf-8", "replace").strip():
                word = line[:4].upper()
                if word == "DATA":
                    if not await self._data(reader, writer):
                        return
                    continue
                said, let_in = self._said(word, line, let_in)
                writer.write(said.encode() + b"\r\n")
                await writer.drain()
                if word == "QUIT":
                    return
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def _said(self, word: str, line: str, let_in: bool) -> tuple[str, bool]:
        match word:
            case "EHLO":
                return "250-small\r\n250-AUTH PLAIN\r\n250 SIZE 50000000", let_in
            case "AUTH":
                if b64decode(line.split()[-1]) == self._login:
                    return "235 2.7.0 in", True
                return "535 5.7.8 Username and password not accepted", False
            case "MAIL" if not let_in:
                return "530 5.7.0 Authentication required", let_in
            case "RCPT" if f"<{self.unknown}>" in line:
                return f"550 5.1.1 <{self.unknown}>: no such user here", let_in
            case "MAIL" | "RCPT" | "RSET" | "NOOP":
                return "250 2.1.0 ok", let_in
            case "QUIT":
                return "221 bye", let_in
            case _:
                return "500 5.5.1 what is that", let_in

    async def _data(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"354 go on\r\n")
        lines: list[bytes] = []
        size = 0
        while (line := await reader.readline()) != b".\r\n":
            size += len(line)
            if not line or size > _LONGEST:
                return False
            lines.append(line[1:] if line.startswith(b"..") else line)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer.startswith("2"):
            self.took.append(b"".join(lines))
        if self.losing:
            self.losing = False
            writer.transport.abort()
            return False
        writer.write(answer.encode() + b"\r\n")
        await writer.drain()
        return True
