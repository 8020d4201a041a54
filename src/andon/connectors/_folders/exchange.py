"""A folder of this machine or behind SFTP, read and written by whole files."""

__all__ = ["Exchange", "refuse"]

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path

from andon.connectors._folders.content import opened
from andon.connectors._folders.folder import Folder
from andon.connectors._folders.intake import Intake
from andon.connectors._folders.layout import Beside, Layout, Writes
from andon.connectors._folders.local import LocalFolder
from andon.connectors._folders.names import path_in
from andon.connectors._folders.place import Place
from andon.connectors._folders.sending import Outgoing
from andon.connectors._folders.settings import FolderSettings
from andon.connectors._folders.sftp import SftpFolder
from andon.connectors._folders.soundness import login_of
from andon.core.connector import Item, Position, Receipt, Request
from andon.core.errors import Fault, SettingsError

_NOTHING = Beside()


class Exchange:
    """What a connector of files does: `read`, `committed`, `send` and `find` are its own.

    A file lies in the work folder from the rename by which it is taken until all of it is in the
    log; only then it goes to the archive.
    """

    def __init__(self, name: str, settings: FolderSettings, layout: Layout, writes: Writes) -> None:
        self._settings = settings
        self._folder = _folder_of(name, settings)
        self._intake = Intake(self._folder, settings, layout, name)
        self._outgoing = Outgoing(self._folder, settings, writes)

    @property
    def folder(self) -> Folder:
        """Where the files lie, for a connector that keeps notes of its own below `sent`."""
        return self._folder

    async def open(self) -> None:
        """Looks whether the folder is there."""
        await self._folder.open()

    async def close(self) -> None:
        """Ends the session if there is one."""
        await self._outgoing.close()
        await self._folder.close()

    async def send(self, request: Request, key: str, beside: Beside = _NOTHING) -> Receipt:
        """One file; its name is the receipt."""
        return await self._outgoing.send(request, key, beside)

    async def find(self, key: str) -> Receipt | None:
        """The name under which the file of this key was sent."""
        return await self._outgoing.find(key)

    async def keep(self, name: str, content: bytes) -> None:
        """Puts a note of the connector's own beside those of what was sent."""
        await self._folder.make(self._settings.sent)
        await self._folder.write(self.note(name), content)

    def note(self, name: str) -> str:
        """Where a note of the connector's own lies."""
        return path_in(self._settings.sent, name)

    async def kept(self, name: str) -> str | None:
        """Such a note; None when there is none, empty while it is being written."""
        with suppress(UnicodeDecodeError):
            return await self._folder.text(self.note(name))
        return ""

    async def head(self, path: Path, most: int) -> bytes:
        """The first bytes of a fetched file, read in a thread of this connection."""

        def read() -> bytes:
            with opened(path) as file:
                return file.read(most)

        return await self._folder.threads.do(read)

    def read(self, after: Position) -> AsyncIterator[Item]:
        """File by file, in order of their numbers or else of their times."""
        return self._intake.items(Place.read(after))

    def committed(self, position: Position) -> None:
        """Files that are recorded as a whole go to the archive at the next look."""
        self._intake.committed(Place.read(position))


def refuse(name: str, faults: Sequence[Fault]) -> None:
    """Raises SettingsError when there is any mistake, the connection's name among them."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", name):
        faults = [*faults, Fault("", "names a folder; use letters, digits, - and _, at most 40")]
    if faults:
        raise SettingsError(
            f"{name} cannot use its settings. Nothing was opened. Correct them:",
            [Fault(f"connections.{name}.{fault.at}", fault.says) for fault in faults],
        )


def _folder_of(name: str, settings: FolderSettings) -> Folder:
    if "://" in settings.folder:
        login, root = login_of(settings)
        return SftpFolder(name, login, root, settings.timeout)
    return LocalFolder(name, Path(settings.folder), settings.timeout)
