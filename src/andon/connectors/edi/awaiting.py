"""Acknowledgments of what we sent: who owes us one, and since when."""

__all__ = ["Awaiting"]

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from andon.connectors._folders.folder import Folder
from andon.connectors._folders.layout import Beside
from andon.connectors._folders.names import numbered, path_in, sequence_in, stamp
from andon.connectors._folders.noted import Noted
from andon.connectors.edi.notes import Awaited, Notes
from andon.connectors.edi.settings import EdiSettings, Partner


class Awaiting:
    """Notes that any Andon on this mailbox reads and writes."""

    def __init__(self, folder: Folder, settings: EdiSettings) -> None:
        self._folder = folder
        self._settings = settings
        self._partners: Mapping[str, Partner] = settings.partners
        self._notes = Notes(folder, path_in(settings.sent, "edi", "awaited"), Awaited)
        self._known: dict[str, Awaited] = {}
        self._numbers: dict[str, int] = {}
        """Control numbers of those that were sent, by the names of their notes."""
        self._opening = asyncio.Lock()
        self._open = False

    async def open(self) -> None:
        """Makes the folder of notes, once for all who come meanwhile: it is listed for that."""
        async with self._opening:
            if not self._open:
                await self._notes.open(self._settings.sent_kept)
                self._open = True

    async def expected(self, partner: str, document: str, key: str) -> Beside:
        """The note of what is sent lies here, too, before that: none is forgotten."""
        await self.open()
        note = Awaited(partner, document, stamp(key), datetime.now(UTC))
        return Beside(notes=(self._notes.at(f"{partner}~{note.stamp}"),), says=note.says())

    async def forget(self, partner: str, key: str) -> None:
        """It was not sent after all."""
        await self._notes.remove(f"{partner}~{stamp(key)}")

    async def answered(self, told: Iterable[tuple[str, str]]) -> None:
        """Acknowledgments came, whatever they say: of whom, and of which control number."""
        wanted = {(partner, int(number)) for partner, number in told if _is_number(number)}
        for again in (False, True):
            if not wanted:
                return
            if again:
                await self.look()
            await self._count(self._known)
            done = {
                name: sent
                for name, note in self._known.items()
                if (sent := (note.partner, self._numbers.get(name))) in wanted
            }
            await self._notes.remove_all(list(done))
            self._forget(done)
            wanted.difference_update(done.values())

    async def look(self) -> None:
        """Reads what others noted meanwhile."""
        await self.open()
        names = set(await self._notes.names())
        self._forget(self._known.keys() - names)
        new = sorted(names - self._known.keys())
        for name, text in zip(new, await self._notes.texts(new), strict=True):
            note = Awaited.read(name, text) if text else None
            if note is not None:
                self._known[name] = note

    async def overdue(self, now: datetime) -> Sequence[tuple[Awaited, int]]:
        """Those sent longer ago than was agreed, with their control numbers."""
        late = {name: note for name, note in self._known.items() if self._is_late(note, now)}
        await self._count(late)
        return [(note, self._numbers[name]) for name, note in late.items() if name in self._numbers]

    def _is_late(self, note: Awaited, now: datetime) -> bool:
        partner = self._partners.get(note.partner)
        within = partner.ack_within if partner else None
        return within is not None and now - note.sent_at >= within

    async def _count(self, names: Iterable[str]) -> None:
        """The numbers of those that are sent: they do not change any more."""
        names = [name for name in names if name not in self._numbers]
        sent: dict[str, int] = {}
        files = await self._folder.texts(
            [path_in(self._settings.sent, self._known[name].stamp) for name in names]
        )
        for name, file in zip(names, files, strict=True):
            of = numbered(self._settings.out_name, self._known[name].partner)
            number = sequence_in(Noted.read(file or "").name, of)
            if number is not None:
                sent[name] = number
        parts = await self._folder.looks(
            [path_in(self._settings.outgoing, f"{self._known[name].stamp}.part") for name in sent]
        )
        for (name, number), part in zip(sent.items(), parts, strict=True):
            if part is None:
                self._numbers[name] = number

    def _forget(self, names: Iterable[str]) -> None:
        for name in list(names):
            self._known.pop(name, None)
            self._numbers.pop(name, None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
