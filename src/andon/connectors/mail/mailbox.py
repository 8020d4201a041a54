"""One IMAP connection, driven in threads and broken off at once when nobody waits any more."""

__all__ = ["Fetched", "Mailbox"]

import asyncio
import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import imap_tools
import msgspec

from andon.connectors._access import tls_context
from andon.connectors.mail.settings import Imap
from andon.core.errors import CredentialsError, SettingsError, UnavailableError

T = TypeVar("T")
_WINDOW = 20_000
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_BUSY = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)
"""RFC 5530: why a login may fail that is right."""


class Fetched(msgspec.Struct, frozen=True):
    """One mail, whole, or its headers when it is too large."""

    uid: int
    size: int
    raw: bytes


class Mailbox:
    """Selected and ready from `open` to `close`. All calls may raise UnavailableError."""

    def __init__(self, name: str, imap: Imap, timeout: float, *, writes: bool = False) -> None:
        self._name = name
        self._imap = imap
        self._timeout = timeout
        self._writes = writes
        self._box: imap_tools.BaseMailBox | None = None
        self._socket: socket.socket | None = None
        self.validity = 0
        """UIDs mean something only together with this number (RFC 9051, 2.3.1.1)."""
        self._next = 0
        self._can: set[str] = set()

    async def open(self) -> None:
        """Raises UnavailableError, CredentialsError or SettingsError."""
        await self._threaded(self._open)

    async def close(self) -> None:
        """Breaks off what still runs; nothing there depends on a goodbye."""
        self._break_off()
        if self._box is not None:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                self._box.client.shutdown()
            self._box = None

    async def uids(self, after: int) -> Sequence[int]:
        """Mails behind this UID, oldest first; so many at a time."""
        return await self._threaded(lambda: self._uids(after))

    async def fetch(self, uid: int, most: int) -> Fetched | None:
        """Not marked as seen by this. None when it is gone."""
        return await self._threaded(lambda: self._fetch(uid, most))

    async def wait(self) -> None:
        """Until the server says something, or it is time to look."""
        seconds = self._imap.poll_every.total_seconds()
        box = self._opened()
        if "IDLE" not in self._can:
            await asyncio.sleep(seconds)
            await self._threaded(lambda: box.client.noop())
            return
        await self._threaded(lambda: box.idle.wait(timeout=min(seconds, 1700)))

    async def mark(self, uids: Sequence[int]) -> None:
        """Seen, or in another folder; what is gone is passed over."""
        await self._threaded(lambda: self._mark(uids))

    # -- in a thread ----------------------------------------------------------------------------

    def _open(self) -> None:
        imap = self._imap
        context = tls_context(imap.tls) or ssl.create_default_context()
        match imap.encryption:
            case "tls":
                box = imap_tools.MailBox(imap.host, imap.port or 993, self._timeout,
                                         ssl_context=context)  # fmt: skip
            case "starttls":
                box = imap_tools.MailBoxStartTls(imap.host, imap.port or 143, self._timeout,
                                                 ssl_context=context)  # fmt: skip
            case "none":
                box = imap_tools.MailBoxUnencrypted(imap.host, imap.port or 143, self._timeout)
        self._box, self._socket = box, box.client.sock
        self._log_in(box)
        client: Any = box.client
        # What a server can do is often told only to those it knows.
        said = b" ".join(_checked(client.capability()))
        self._can = set(said.decode("ascii", "replace").upper().split())
        folder: Any = box.folder
        folder.set(imap.folder, readonly=not self._writes)
        told = cast("dict[str, list[bytes]]", box.client.untagged_responses)
        self.validity = int((told.get("UIDVALIDITY") or [b"0"])[-1])
        self._next = int((told.get("UIDNEXT") or [b"0"])[-1])
        if self._writes and imap.afterwards == "move" and "MOVE" not in self._can:
            raise SettingsError(
                f"{self._name}: {imap.host} cannot move mails (no MOVE), and without it one would"
                ' have to be deleted. Set afterwards = "seen".'
            )

    def _log_in(self, box: imap_tools.BaseMailBox) -> None:
        try:
            box.login(self._imap.username, self._imap.password.reveal(), initial_folder=None)
        except imap_tools.MailboxLoginError as error:
            raise self._not_let_in(str(error)) from None
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise self._not_let_in(str(error)) from None  # the cause may hold what we sent

    def _not_let_in(self, said: str) -> Exception:
        said = said.replace(self._imap.password.reveal(), "***")[:500]
        if _BUSY.search(said):
            return UnavailableError(f"{self._name}: {self._imap.host}: {said}", reached=True)
        return CredentialsError(
            f"{self._name}: {self._imap.host} does not let {self._imap.username} in ({said})."
            " Check username and password, then resume."
        )

    def _uids(self, after: int) -> Sequence[int]:
        box = self._opened()
        while after + _WINDOW < self._next:  # an answer must not be longer than a client takes
            found = self._searched(box, f"{after + 1}:{after + _WINDOW}")
            if found:
                return found
            after += _WINDOW
        # `*` is the last mail, also when it is older than what was asked for.
        return [uid for uid in self._searched(box, f"{after + 1}:*") if uid > after]

    def _searched(self, box: imap_tools.BaseMailBox, span: str) -> list[int]:
        return sorted(int(uid) for uid in box.uids(f"UID {span}"))

    def _fetch(self, uid: int, most: int) -> Fetched | None:
        client: Any = self._opened().client
        answer = _checked(client.uid("FETCH", str(uid), "(UID RFC822.SIZE)"))
        sizes = [found for line in answer if (found := _SIZE.search(_line(line)))]
        if not sizes:
            return None
        size = int(sizes[-1][1])
        part = "BODY.PEEK[HEADER]" if size > most else "BODY.PEEK[]"
        answer = _checked(client.uid("FETCH", str(uid), f"(UID {part})"))
        whole = [cast("tuple[bytes, bytes]", part)[1] for part in answer if isinstance(part, tuple)]
        return Fetched(uid, size, whole[0]) if whole else None

    def _mark(self, uids: Sequence[int]) -> None:
        client: Any = self._opened().client
        span = ",".join(map(str, uids))
        if self._imap.afterwards == "seen":
            _checked(client.uid("STORE", span, "+FLAGS.SILENT", r"(\Seen)"))
        elif self._imap.afterwards == "move":
            _checked(client.uid("MOVE", span, imap_tools.utils.encode_folder(self._imap.move_to)))

    # -- between threads ------------------------------------------------------------------------

    def _opened(self) -> imap_tools.BaseMailBox:
        if self._box is None:
            raise UnavailableError(f"{self._name} is not connected")
        return self._box

    async def _threaded(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(work)
        except asyncio.CancelledError:
            self._break_off()
            raise
        except ssl.SSLCertVerificationError as error:
            raise SettingsError(
                f"{self._name}: {self._imap.host} shows a certificate nobody vouches for"
                f" ({error.verify_message}). Set tls.ca, or correct host."
            ) from error
        except imap_tools.MailboxFolderSelectError as error:
            raise SettingsError(
                f"{self._name}: {self._imap.host} has no folder {self._imap.folder!r} for us:"
                f" {error}"
            ) from error
        except imap_tools.MailboxStarttlsError as error:
            raise SettingsError(
                f"{self._name}: {self._imap.host} offers no STARTTLS: {error}. Nothing was said to"
                " it. Set encryption."
            ) from error
        except (OSError, imaplib.IMAP4.error, imap_tools.ImapToolsError) as error:
            self._break_off()
            raise UnavailableError(
                f"{self._name}: {self._imap.host} does not answer: {error or type(error).__name__}"
            ) from error

    def _break_off(self) -> None:
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _checked(answer: Any) -> list[Any]:
    status, lines = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {lines}")
    return [line for line in lines if line is not None]


def _line(part: Any) -> bytes:
    return cast("tuple[bytes, bytes]", part)[0] if isinstance(part, tuple) else part
