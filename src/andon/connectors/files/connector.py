"""Files: what systems drop into a folder, and what we drop for them."""

__all__ = ["Files"]

from collections.abc import AsyncIterator, Sequence, Set

from andon.connectors._folders.exchange import Exchange, refuse
from andon.connectors._folders.layout import Draft
from andon.connectors.files.reading import layout_of
from andon.connectors.files.settings import FilesSettings
from andon.connectors.files.soundness import setting_faults
from andon.connectors.files.writing import content_for
from andon.core.connector import Item, Position, Receipt, Request, Sink, Source
from andon.core.errors import Fault


class Files(Source[FilesSettings], Sink[FilesSettings]):
    """A folder of this machine or behind SFTP, read and written by whole files.

    A file lies in the work folder from the rename by which it is taken until all of it is in the
    log; only then it goes to the archive.
    """

    settings_type = FilesSettings
    _exchange: Exchange

    async def open(self) -> None:
        """Looks whether the folder is there."""
        refuse(self.name, self.faults())
        layout = layout_of(self.settings)
        self._exchange = Exchange(self.name, self.settings, layout, self._draft)
        await self._exchange.open()

    def faults(self) -> Sequence[Fault]:
        """What the formats cannot do."""
        return setting_faults(self.settings)

    @property
    def kinds(self) -> Set[str]:
        """All rows are of one kind."""
        return {self.settings.kind} if self.reads else set()

    async def close(self) -> None:
        """Ends the session if there is one."""
        if hasattr(self, "_exchange"):
            await self._exchange.close()

    async def send(self, request: Request, *, key: str) -> Receipt:
        """One file; its name is the receipt."""
        return await self._exchange.send(request, key)

    async def find(self, request: Request, *, key: str) -> Receipt | None:  # noqa: ARG002 by key alone
        """The name under which the file of this key was sent."""
        return await self._exchange.find(key)

    @property
    def reads(self) -> bool:
        """Whether there is a folder to read."""
        return bool(self.settings.incoming)

    def read(self, after: Position) -> AsyncIterator[Item]:
        """File by file, in order of their numbers or else of their times."""
        return self._exchange.read(after)

    async def committed(self, position: Position) -> None:
        """Files that are recorded as a whole go to the archive at the next look."""
        self._exchange.committed(position)

    def _draft(self, request: Request) -> Draft:
        content = content_for(request.body, self.settings.out_format)
        return lambda _: content
