"""What SAP says of our IDocs, looked for in the folder; and our notes of what was posted."""

__all__ = ["SAYING", "Lookout"]

import asyncio
import contextlib
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from andon.connectors._folders.content import opened
from andon.connectors._folders.folder import Entry, Folder
from andon.connectors._folders.local import LocalFolder
from andon.connectors._folders.names import is_safe, path_in
from andon.connectors._folders.rows import UnreadableFileError
from andon.connectors._folders.sftp import SftpFolder
from andon.connectors._folders.soundness import login_of
from andon.connectors.idoc.audit import Verdict, verdicts_in
from andon.connectors.idoc.document import Idoc, idocs_in
from andon.connectors.idoc.settings import IdocSettings
from andon.core.connector import Item
from andon.core.errors import MappingError, UnavailableError

_LOOK_EVERY = 0.2
_MOST_BYTES = 1_000_000
_MOST_FILES = 200
SAYING = ("ALEAUD", "STATUS")
"""What an IDoc is called that says what became of others."""


class Lookout:
    """Whoever reads notes each verdict in the folder, and whoever sends finds it there, or in a
    file that nobody has read yet. They need not be one process."""

    def __init__(self, name: str, settings: IdocSettings) -> None:
        self._settings = settings
        self._name = name
        self._folder = _folder_of(name, settings)
        self._looked: dict[str, Entry] = {}
        self._seen: dict[str, Verdict] = {}

    async def open(self) -> None:
        """Looks whether the folder is there."""
        await self._folder.open()

    async def close(self) -> None:
        """Ends the session if there is one."""
        await self._folder.close()

    async def note(self, docnum: str, says: str) -> None:
        """How far a post has come: `begun`, `posted`, `not sent`."""
        await self._folder.make(self._settings.sent)
        await self._folder.write(self._at(f"{docnum}.post"), says.encode())

    async def noted(self, docnum: str) -> str | None:
        """The last such note."""
        return await self._folder.text(self._at(f"{docnum}.post"))

    async def heard(self, item: Item) -> None:
        """Notes what an item says of IDocs; before the item counts as read."""
        body = msgspec.json.decode(item.raw, type=dict[str, object])
        for verdict in verdicts_in(body):
            await self._keep(verdict)

    async def verdict(self, docnum: str) -> Verdict | None:
        """The last word on an IDoc of ours; None while there is none."""
        text = await self._folder.text(self._at(f"{docnum}.audit"))
        if text:
            return msgspec.json.decode(text, type=Verdict)
        await self._look_into_files()
        return self._seen.get(docnum)

    async def awaited(self, docnum: str, within: float) -> Verdict | None:
        """The last word, as soon as it is one that ends the matter."""
        clock = asyncio.get_running_loop().time
        until = clock() + within
        while True:
            found = await self.verdict(docnum)
            if (found is not None and found.meaning != "waiting") or clock() >= until:
                return found
            await asyncio.sleep(_LOOK_EVERY)

    async def _keep(self, verdict: Verdict) -> None:
        if not is_safe(verdict.docnum):
            return
        await self._folder.make(self._settings.sent)
        path = self._at(f"{verdict.docnum}.audit")
        await self._folder.write(path, msgspec.json.encode(verdict))

    def _at(self, name: str) -> str:
        return path_in(self._settings.sent, name)

    async def _look_into_files(self) -> None:
        """Files that lie there and were not read yet, each once."""
        incoming = self._settings.incoming
        there: set[str] = set()
        with contextlib.suppress(UnavailableError):  # taken away while we looked
            for path in (incoming, path_in(incoming, ".taken", self._name)):
                entries = await self._folder.list(path)
                for entry in sorted(entries, key=_newest)[:_MOST_FILES]:
                    there.add(path_in(path, entry.name))
                    await self._look_into(path_in(path, entry.name), entry)
        self._looked = {path: entry for path, entry in self._looked.items() if path in there}

    async def _look_into(self, path: str, entry: Entry) -> None:
        fits = fnmatchcase(entry.name, self._settings.names) and entry.what == "file"
        if not fits or entry.size > _MOST_BYTES or self._looked.get(path) == entry:
            return
        try:
            async with self._folder.fetched(path) as file:
                found = await self._folder.threads.do(_verdicts, file)
        except (UnreadableFileError, OSError):
            return  # whoever reads it says what is wrong with it
        self._looked[path] = entry
        for verdict in found:
            self._seen[verdict.docnum] = verdict


def _newest(entry: Entry) -> float:
    return -entry.changed_at


def _verdicts(path: Path) -> list[Verdict]:
    found: list[Verdict] = []
    with opened(path) as stream, contextlib.suppress(MappingError):
        for one in idocs_in(stream):
            if isinstance(one, Idoc) and one.control["MESTYP"] in SAYING:
                found += verdicts_in(one.body)
    return found


def _folder_of(name: str, settings: IdocSettings) -> Folder:
    if "://" in settings.folder:
        login, root = login_of(settings)
        return SftpFolder(name, login, root, settings.timeout)
    return LocalFolder(name, Path(settings.folder), settings.timeout)
