"""Small notes of ours below `sent`: what came, what is to be acknowledged, what is awaited."""

__all__ = ["Answer", "Awaited", "Notes", "Received"]

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

import msgspec

from andon.connectors._folders.folder import Folder
from andon.connectors._folders.names import is_safe, path_in
from andon.connectors._folders.noted import Noted
from andon.connectors.edi.writing import Draft
from andon.core.faults import UNREADABLE

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Received(msgspec.Struct, frozen=True):
    """An interchange that came, by partner and control number."""

    digest: str
    file: int
    """Number of the file in which it came first."""


class Answer(msgspec.Struct, frozen=True):
    """An acknowledgment that leaves once what it acknowledges is in the log."""

    partner: str
    position: str
    drafts: list[Draft]


class Awaited(msgspec.Struct, frozen=True):
    """An interchange we sent, whose acknowledgment has not come."""

    partner: str
    document: str
    stamp: str
    """Of the command: under it stands the name of the file that was sent."""
    sent_at: datetime

    def says(self) -> str:
        """What the note of the file says of it: the partner stands in the note's name. As short
        as it is, the disk keeps it with the name."""
        return f"{self.document}/{round(self.sent_at.timestamp() * 1000)}"

    @classmethod
    def read(cls, name: str, text: str) -> "Awaited | None":
        """The note of this name, `partner~stamp`; None when it is none. Older releases wrote
        JSON."""
        if text.startswith("{"):
            try:
                return msgspec.json.decode(text, type=cls)
            except UNREADABLE:
                return None
        document, _, sent = Noted.read(text).says.partition("/")
        if not sent.isdecimal():
            return None
        sent_at = _EPOCH + timedelta(milliseconds=int(sent[:15]))
        return cls(name.rpartition("~")[0], document, Noted.read(text).stamp, sent_at)


class Notes(Generic[T]):
    """One folder of notes; a note that was half written when the power went is none."""

    def __init__(self, folder: Folder, path: str, shape: type[T]) -> None:
        self._folder = folder
        self._path = path
        self._decoder = msgspec.json.Decoder(shape)

    async def open(self, kept: timedelta) -> None:
        """Makes the folder. Notes that are older than `kept` are let go."""
        await self._folder.make(self._path)
        there = [one for one in await self._folder.list(self._path) if one.what != "folder"]
        newest = max((one.changed_at for one in there), default=0.0)
        oldest = newest - kept.total_seconds()
        await self.remove_all(
            [one.name for one in there if is_safe(one.name) and one.changed_at < oldest]
        )

    async def names(self) -> list[str]:
        """Of all notes."""
        return [one.name for one in await self._folder.list(self._path) if is_safe(one.name)]

    def at(self, name: str) -> str:
        """Where one lies."""
        return path_in(self._path, name)

    async def texts(self, names: Sequence[str]) -> Sequence[str | None]:
        """What stands in each; None where there is none."""
        return await self._folder.texts([self.at(name) for name in names])

    async def read(self, names: Sequence[str]) -> Mapping[str, T | None]:
        """By name; None where there is none."""
        texts = await self.texts(names)
        return {name: self._read(text) for name, text in zip(names, texts, strict=True)}

    async def write(self, notes: Mapping[str, T]) -> None:
        """By name; all are on the disk when it returns."""
        await self._folder.write_all(
            {self.at(name): msgspec.json.encode(note) for name, note in notes.items()}
        )

    async def remove(self, name: str) -> None:
        """Absent is fine."""
        await self.remove_all([name])

    async def remove_all(self, names: Sequence[str]) -> None:
        """Absent is fine."""
        await self._folder.remove_all([self.at(name) for name in names])

    def _read(self, text: str | None) -> T | None:
        try:
            return None if text is None else self._decoder.decode(text)
        except UNREADABLE:
            return None
