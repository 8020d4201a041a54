"""Files: what systems drop into a folder, and what we drop for them."""

__all__ = ["Files"]

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

from andon.connectors.files.folder import Folder
from andon.connectors.files.intake import Intake
from andon.connectors.files.local import LocalFolder
from andon.connectors.files.place import Place
from andon.connectors.files.sending import Outgoing
from andon.connectors.files.settings import FilesSettings
from andon.connectors.files.sftp import SftpFolder
from andon.connectors.files.soundness import login_of, setting_faults
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import Fault, SettingsError


class Files(Source[FilesSettings], Sink[FilesSettings]):
    """A folder of this machine or behind SFTP, read and written by whole files.

    A file lies in the work folder from the rename by which it is taken until all of it is in the
    log; only then it goes to the archive.
    """

    settings_type = FilesSettings
    _folder: Folder

    async def open(self) -> None:
        """Looks whether the folder is there."""
        settings = self.settings
        faults = list(setting_faults(settings))
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", self.name):
            faults.append(Fault("", "names a folder; use letters, digits, - and _, at most 40"))
        if faults:
            raise SettingsError(
                f"{self.name} cannot use its settings. Nothing was opened. Correct them:",
                [Fault(f"connections.{self.name}.{fault.at}", fault.says) for fault in faults],
            )
        if "://" in settings.folder:
            login, root = login_of(settings)
            self._folder = SftpFolder(self.name, login, root, settings.timeout)
        else:
            self._folder = LocalFolder(self.name, Path(settings.folder), settings.timeout)
        self._intake = Intake(self._folder, settings, self.name)
        self._outgoing = Outgoing(self._folder, settings)
        await self._folder.open()

    async def close(self) -> None:
        """Ends the session if there is one."""
        if hasattr(self, "_folder"):
            await self._folder.close()

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One file; its name is the receipt."""
        return await self._outgoing.send(request, key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 by key alone
        """The name under which the file of this key was sent."""
        return await self._outgoing.find(key)

    async def read(self, after: Position) -> AsyncIterator[Item]:
        """File by file, in order of their numbers or else of their times."""
        if not self.settings.incoming:
            await asyncio.Event().wait()
        async for item in self._intake.items(Place.read(after)):
            yield item

    async def committed(self, position: Position) -> None:
        """Files that are recorded as a whole go to the archive at the next look."""
        self._intake.committed(Place.read(position))
