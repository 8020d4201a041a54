"""One IMAP connection, driven in threads and broken off at once when nobody waits any more."""

__all__ = ["Mailbox"]

import asyncio
import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import imap_tools

from andon.connectors._access import tls_context
from andon.connectors.mail.settings import Imap
from andon.core.errors import CredentialsError, SettingsError, UnavailableError

T = TypeVar("T")
_WINDOW = 20_000
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")
_BUSY = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)
"""RFC 5530: why a login may fail that is right."""


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

    async def sizes(self, uids: Sequence[int]) -> Sequence[tuple[int, int]]:
        """UID and size of each that is still there."""
        return await self._threaded(lambda: self._sizes(uids))

    async def fetch(self, uids: Sequence[int], *, whole: bool) -> Mapping[int, bytes]:
        """Mails or their headers, not marked as seen by this; what is gone is left out."""
        return await self._threaded(lambda: self._fetch(uids, whole))

    async def wait(self) -> None:
        """Until the server says something, or it is time to look."""
        seconds = self._imap.poll_every.total_seconds()
        box = self._opened()
        if "IDLE" not in self._can:
            await asyncio.sleep(seconds)
            await self._threaded(lambda: box.client.noop())
            return
        await self._threaded(lambda: _idle(box, min(seconds, 1700)))

    async def mark(self, uids: Sequence[int]) -> None:
        """Seen, or in another folder; what is gone is passed over."""
        await self._threaded(lambda: self._mark(uids))

    # -- in a thread ----------------------------------------------------------------------------

    def _open(self) -> None:
        imap = self._imap
        box = self._connected(imap)
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

    def _connected(self, imap: Imap) -> imap_tools.BaseMailBox:
        if imap.encryption == "tls":
            context = tls_context(imap.tls) or ssl.create_default_context()
            return imap_tools.MailBox(
                imap.host, imap.port or 993, self._timeout, ssl_context=context
            )
        box = imap_tools.MailBoxUnencrypted(imap.host, imap.port or 143, self._timeout)
        if imap.encryption == "starttls":
            try:
                self._encrypt(box, imap)
            except Exception:
                box.client.shutdown()
                raise
        return box

    def _encrypt(self, box: imap_tools.BaseMailBox, imap: Imap) -> None:
        if "STARTTLS" not in box.client.capabilities:
            raise SettingsError(
                f"{self._name}: {imap.host} offers no STARTTLS. Nothing was said to it. Set"
                " encryption."
            )
        box.client.starttls(tls_context(imap.tls) or ssl.create_default_context())

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
        while True:
            while after + 1 < self._next:  # an answer must not be longer than a client takes
                found = box.uids(f"UID {after + 1}:{after + _WINDOW}")
                if found:
                    return sorted(map(int, found))
                after = min(after + _WINDOW, self._next - 1)
            newest = self._newest()
            if newest < self._next:
                return []
            self._next = newest + 1

    def _newest(self) -> int:
        """The UID of the last mail; 0 where there is none."""
        client: Any = self._opened().client
        answer = _checked(client.uid("FETCH", "*", "(UID)"))
        return max((int(uid[1]) for line in answer if (uid := _UID.search(_line(line)))), default=0)

    def _sizes(self, uids: Sequence[int]) -> Sequence[tuple[int, int]]:
        client: Any = self._opened().client
        answer = _checked(client.uid("FETCH", _span(uids), "(UID RFC822.SIZE)"))
        found = [(_UID.search(_line(line)), _SIZE.search(_line(line))) for line in answer]
        asked = set(uids)
        told = [(int(uid[1]), int(size[1])) for uid, size in found if uid and size]
        return sorted(each for each in told if each[0] in asked)

    def _fetch(self, uids: Sequence[int], whole: bool) -> Mapping[int, bytes]:
        client: Any = self._opened().client
        part = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"
        answer = _checked(client.uid("FETCH", _span(uids), f"(UID {part})"))
        found: dict[int, bytes] = {}
        for n, line in enumerate(answer):
            if not isinstance(line, tuple):
                continue
            before, raw = cast("tuple[bytes, bytes]", line)
            behind = answer[n + 1] if n + 1 < len(answer) else b""
            uid = _UID.search(before) or _UID.search(_line(behind))  # in which order, it may choose
            if uid is not None:
                found[int(uid[1])] = raw
        return found

    def _mark(self, uids: Sequence[int]) -> None:
        client: Any = self._opened().client
        span = _span(uids)
        if self._imap.afterwards == "seen":
            _checked(client.uid("STORE", span, "+FLAGS.SILENT", r"(\Seen)"))
        elif self._imap.afterwards == "move":
            _checked(client.uid("MOVE", span, imap_tools.utils.encode_folder(self._imap.move_to)))

    # -- between threads ------------------------------------------------------------------------

    def _opened(self) -> imap_tools.BaseMailBox:
        if self._box is None:
            raise UnavailableError(f"{self._name} is not connected")
        # What a server says unasked, of each mail that comes or goes, the library keeps for ever.
        self._box.client.untagged_responses.clear()
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


def _idle(box: imap_tools.BaseMailBox, seconds: float) -> None:
    """The library waits for the socket; news that came with the first answer is read already."""
    client: Any = box.client
    box.idle.start()
    before = client.sock.gettimeout()
    client.sock.settimeout(0)
    try:
        waiting = bool(client.file.peek(1))
    except OSError:
        waiting = False
    finally:
        client.sock.settimeout(before)
    if not waiting:
        box.idle.poll(timeout=seconds)
    box.idle.stop()


def _span(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))
