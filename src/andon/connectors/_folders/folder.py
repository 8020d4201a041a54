"""What the connector needs of the place where files lie; local and SFTP give it."""

__all__ = ["NOBODY", "Entry", "Folder", "Outcome", "OutgoingFile", "what_is"]

import stat
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from andon.connectors._folders.noted import Noted
from andon.connectors._folders.threads import Threads

T = TypeVar("T")
NOBODY = "?"
"""Whose a number is whose note a kill left empty."""


class Entry(msgspec.Struct, frozen=True):
    """One name in a folder, as the system lists it; nothing is promised about the name."""

    name: str
    size: int
    changed_at: float
    """Seconds since 1970."""
    what: Literal["file", "folder", "other"]
    """A link or a device is neither file nor folder."""


class OutgoingFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is sent, with what is on the disk before it is renamed."""

    content: bytes
    part: str
    """Where it is written."""
    last: str
    """What it is renamed to: the effect."""
    files: Mapping[str, bytes]
    """Others, by path."""
    note: str
    """Where it is noted."""
    noted: Noted
    """What stands there, and in every other note of it."""
    beside: Sequence[str] = ()
    """Paths of other notes, which appear before its own."""
    claim: str = ""
    """Path of the note by which its number is ours; empty: it is already, or it has none."""
    again: bool = False
    """It was noted before, and is written and renamed now all the same."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a file that was to be delivered; two of three words say why nothing was."""

    renamed: bool = False
    """All is on the disk. False when somebody took the part away before."""
    noted: str = ""
    """It was noted before, and this stands there."""
    owner: str = ""
    """The number belongs to somebody else, of whom this stands there."""


def what_is(mode: int) -> Literal["file", "folder", "other"]:
    """By the mode that lstat gives."""
    if stat.S_ISREG(mode):
        return "file"
    return "folder" if stat.S_ISDIR(mode) else "other"


class Folder(ABC):
    """Paths are relative to the connection's folder and already safe.

    Raises UnavailableError when nothing was done, CredentialsError where we may not,
    OutcomeUnknownError when the answer to `move` got lost.
    """

    def __init__(self, name: str) -> None:
        self.threads = Threads(name)
        """What blocks, blocks here."""

    @abstractmethod
    async def open(self) -> None:
        """Looks whether the folder is there."""

    @abstractmethod
    async def close(self) -> None:
        """Leaves nothing open."""

    @abstractmethod
    async def list(self, path: str) -> list[Entry]:
        """What lies in a folder; links are not followed."""

    @abstractmethod
    async def look(self, path: str) -> Entry | None:
        """One file as it stands; None when there is none. Links are not followed."""

    async def looks(self, paths: Sequence[str]) -> Sequence[Entry | None]:
        """Of several."""
        return await self.each([partial(self.look, path) for path in paths])

    @abstractmethod
    async def make(self, path: str) -> None:
        """The folder is there afterwards, with those above it."""

    @abstractmethod
    async def move(self, path: str, to: str) -> bool:
        """Renames; False when there is nothing (any more) at `path`.
        Raises RejectedError when something is at `to`."""

    @abstractmethod
    async def remove(self, path: str) -> None:
        """Nothing is there afterwards."""

    @abstractmethod
    def fetched(self, path: str) -> AbstractAsyncContextManager[Path]:
        """The file on this machine, as long as it is entered.
        Raises UnreadableFileError when it may not be opened."""

    @abstractmethod
    def soon(self, paths: Sequence[str]) -> None:
        """These are fetched next, and no others that this was said of: whoever can, brings them
        meanwhile."""

    @abstractmethod
    async def write(self, path: str, content: bytes) -> None:
        """Writes a whole file and returns once it is on the disk."""

    async def write_all(self, files: Mapping[str, bytes]) -> None:
        """Several, in no order, by path."""
        await self.each([partial(self.write, path, content) for path, content in files.items()])

    async def deliver(self, outgoing: OutgoingFile) -> Outcome:
        """Claims its number, writes all of it, then the notes of it, then renames it."""
        text = outgoing.noted.text()
        if not outgoing.again and (noted := await self.text(outgoing.note)):
            return Outcome(noted=noted)
        if outgoing.claim and not await self.claim(outgoing.claim, text):
            owner = await self.text(outgoing.claim) or NOBODY
            if Noted.read(owner).stamp != outgoing.noted.stamp:
                return Outcome(owner=owner)
        await self.write_all({**outgoing.files, outgoing.part: outgoing.content})
        await self.write_all({path: text.encode() for path in outgoing.beside})
        await self.write(outgoing.note, text.encode())
        return Outcome(renamed=await self.move(outgoing.part, outgoing.last))

    @abstractmethod
    async def claim(self, path: str, text: str) -> bool:
        """Makes a small file with this text in it, whole or not at all; False when there is one,
        whoever made it."""

    @abstractmethod
    async def text(self, path: str) -> str | None:
        """The content of a small file of ours; None when there is none."""

    async def texts(self, paths: Sequence[str]) -> Sequence[str | None]:
        """Of several."""
        return await self.each([partial(self.text, path) for path in paths])

    async def remove_all(self, paths: Sequence[str]) -> None:
        """None of them is there afterwards."""
        await self.each([partial(self.remove, path) for path in paths])

    async def each(self, calls: Sequence[Callable[[], Awaitable[T]]]) -> Sequence[T]:
        """What each of them gives, in their order. They are made one after the other, or side by
        side where an answer is long on its way; none is under way any more at the end, nor is one
        begun after another has raised."""
        return [await call() for call in calls]
