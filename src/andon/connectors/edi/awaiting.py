"""Acknowledgments of what we sent: who owes us one, and since when."""

__all__ = ["Awaiting"]

from collections.abc import Mapping, Sequence
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
        """Control numbers of those that were sent."""
        self._open = False

    async def open(self) -> None:
        """Makes the folder of notes, once."""
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

    async def answered(self, partner: str, number: str) -> None:
        """Its acknowledgment came, whatever it says."""
        wanted = int(number) if number.isascii() and number.isdigit() else -1
        for again in (False, True):
            if again:
                await self.look()
            for name, note in list(self._known.items()):
                if note.partner == partner and await self._number_of(name, note) == wanted:
                    await self._notes.remove(name)
                    self._known.pop(name, None)
                    self._numbers.pop(name, None)
                    return

    async def look(self) -> None:
        """Reads what others noted meanwhile."""
        await self.open()
        names = set(await self._notes.names())
        for name in self._known.keys() - names:
            self._known.pop(name, None)
            self._numbers.pop(name, None)
        for name in names - self._known.keys():
            text = await self._notes.text(name)
            note = Awaited.read(name, text) if text else None
            if note is not None:
                self._known[name] = note

    async def overdue(self, now: datetime) -> Sequence[tuple[Awaited, int]]:
        """Those sent longer ago than was agreed, with their control numbers."""
        late: list[tuple[Awaited, int]] = []
        for name, note in list(self._known.items()):
            partner = self._partners.get(note.partner)
            within = partner.ack_within if partner else None
            if within is None or now - note.sent_at < within:
                continue
            number = await self._number_of(name, note)
            if number is not None:
                late.append((note, number))
        return late

    async def _number_of(self, name: str, note: Awaited) -> int | None:
        """None while it is not sent."""
        if name not in self._numbers:
            file = await self._folder.text(path_in(self._settings.sent, note.stamp))
            name_sent = Noted.read(file or "").name
            number = sequence_in(name_sent, numbered(self._settings.out_name, note.partner))
            part = path_in(self._settings.outgoing, f"{note.stamp}.part")
            if number is None or await self._folder.look(part) is not None:
                return None
            self._numbers[name] = number
        return self._numbers[name]
