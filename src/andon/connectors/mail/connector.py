"""Mail: a folder followed by UID, and templates sent to people."""

__all__ = ["Mail"]

import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from andon.connectors._access import tls_context
from andon.connectors.mail.mailbox import Mailbox
from andon.connectors.mail.mapping import MAIL
from andon.connectors.mail.parsing import happened_at, parsed
from andon.connectors.mail.sending import message_id, sent, written
from andon.connectors.mail.settings import Imap, MailSettings
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import OutcomeUnknownError, SettingsError, TransientError

_MARKED_AT_ONCE = 500
_SIZED_AT_ONCE = 200
_FETCHED_AT_ONCE = 50
_TOGETHER = 200_000
"""Bytes of small mails that are fetched with one question."""


class Mail(Source[MailSettings], Sink[MailSettings]):
    """One mailbox and one server that takes mail. `Request.target` is a template."""

    settings_type = MailSettings

    def __init__(self, name: str, settings: MailSettings) -> None:
        super().__init__(name, settings)
        self._unmarked: deque[tuple[int, int]] = deque()
        self._marking: Mailbox | None = None
        self._tls: ssl.SSLContext | None = None

    @property
    def reads(self) -> bool:
        """Without a mailbox we only send."""
        return self.settings.imap is not None

    @property
    def sends(self) -> bool:
        """Without a server we only read."""
        return self.settings.smtp is not None

    async def open(self) -> None:
        """Reads the certificates; the first call tells whether a server is there."""
        smtp = self.settings.smtp
        if smtp is not None and smtp.encryption != "none":
            self._tls = tls_context(smtp.tls) or ssl.create_default_context()

    async def close(self) -> None:
        """Leaves nothing open."""
        marking, self._marking = self._marking, None
        if marking is not None:
            await marking.close()

    # -- reading --------------------------------------------------------------------------------

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """Every mail of the folder behind the last UID; all of them again when the server gave out
        new UIDs, which their keys tell from news."""
        imap = self._imap()
        validity, uid = _place(self.name, after)
        self._unmarked.clear()
        box = Mailbox(self.name, imap, self.settings.timeout.total_seconds())
        try:
            await box.open()
            if box.validity != validity:
                uid = 0
            while True:
                found = await box.uids(uid)
                for start in range(0, len(found), _SIZED_AT_ONCE):
                    sized = await box.sizes(found[start : start + _SIZED_AT_ONCE])
                    for group in _groups(sized, self.settings.most_bytes):
                        async for item in self._items(box, group):
                            yield item
                uid = max([uid, *found[-1:]])
                if not found:
                    await box.wait()
        finally:
            await box.close()

    async def _items(self, box: Mailbox, group: Sequence[tuple[int, int]]) -> AsyncIterator[Item]:
        uids = [uid for uid, _ in group]
        whole = group[0][1] <= self.settings.most_bytes
        fetched = await box.fetch(uids, whole=whole)
        for uid, size in group:
            if (raw := fetched.get(uid)) is None:
                continue
            if self._imap().afterwards != "leave":
                self._unmarked.append((box.validity, uid))
            said = parsed(raw, self.settings, size=size)
            yield Item(
                kind=MAIL,
                key=_key(said, raw),
                raw=msgspec.json.encode(said),
                position=f"{box.validity}:{uid}",
                occurred_at=happened_at(said),
            )

    async def committed(self, position: Position) -> None:
        """Marks or moves what is in the log. A server that is away is told the next time."""
        validity, uid = _place(self.name, position)
        while self._unmarked and self._unmarked[0] <= (validity, uid):
            ready = [
                each for each in list(self._unmarked)[:_MARKED_AT_ONCE] if each <= (validity, uid)
            ]
            try:
                await self._mark([number for _, number in ready])
            except TransientError:
                await self.close()
                return
            for _ in ready:
                self._unmarked.popleft()

    async def _mark(self, uids: list[int]) -> None:
        if self._marking is None:
            box = Mailbox(
                self.name, self._imap(), self.settings.timeout.total_seconds(), writes=True
            )
            self._marking = box
            await box.open()
        await self._marking.mark(uids)

    def _imap(self) -> Imap:
        if self.settings.imap is None:
            raise SettingsError(f"{self.name} has no `imap`, so nothing can be read. Set it.")
        return self.settings.imap

    # -- sending --------------------------------------------------------------------------------

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One mail to all its recipients; done when the server took it. Whether it arrives, a
        server does not say."""
        smtp = self.settings.smtp
        if smtp is None:
            raise SettingsError(f"{self.name} has no `smtp`, so nothing can be sent. Set it.")
        mail = written(self.settings, smtp, request, key)
        within = self.settings.timeout.total_seconds()
        said = await sent(self.name, smtp, mail, within=within, tls=self._tls)
        return Receipt(reference=message_id(key, smtp), body={"answer": said[:1000]})

    async def find(self, request: Request, *, key: str) -> Receipt | None:
        """Nobody can tell: a server does not say what it took. A person who has the mail knows it
        by its Message-ID, which is made of our key."""
        smtp = self.settings.smtp
        known = "" if smtp is None else f" Its Message-ID is {message_id(key, smtp)}."
        raise OutcomeUnknownError(
            f"{self.name}: nobody can be asked whether {request.target!r} was mailed.{known}"
        )


def _place(name: str, position: Position) -> tuple[int, int]:
    if not position:
        return 0, 0
    validity, _, uid = position.partition(":")
    if not (validity.isdecimal() and uid.isdecimal() and position.isascii()):
        raise SettingsError(
            f"{name}: {position[:100]!r} is no position in a mailbox. It was kept by another"
            " connector under this name: give the connection a new name."
        )
    return int(validity), int(uid)


def _key(said: Mapping[str, Any], raw: bytes) -> str:
    """Its Message-ID; what has none is known by its bytes."""
    if said["message_id"]:
        return str(said["message_id"])
    return f"mail/{blake2b(raw, digest_size=16).hexdigest()}"


def _groups(sized: Sequence[tuple[int, int]], most: int) -> Iterator[Sequence[tuple[int, int]]]:
    """Small mails together, large ones alone, those too large for us by themselves."""
    group: list[tuple[int, int]] = []
    room = _TOGETHER
    for uid, size in sized:
        alone = size > min(most, _TOGETHER)
        if group and (alone or size > room or len(group) == _FETCHED_AT_ONCE):
            yield group
            group, room = [], _TOGETHER
        if alone:
            yield [(uid, size)]
            continue
        group.append((uid, size))
        room -= size
    if group:
        yield group
