"""Files out: written as `.part`, noted under our key, then renamed. The rename is the effect."""

__all__ = ["Outgoing"]

from contextlib import suppress
from datetime import timedelta

from andon.connectors._folders.folder import Folder, OutgoingFile
from andon.connectors._folders.layout import Beside, Writes
from andon.connectors._folders.names import is_safe, numbered, path_in, sequence_in, stamp
from andon.connectors._folders.settings import FolderSettings
from andon.core.connector import Receipt, Request
from andon.core.errors import CredentialsError, RejectedError, UnavailableError

_TRIES = 10_000
_KEPT = 100
_OTHERS = 1_000


class Outgoing:
    """What became of a key can be told at any time, also when the receiver takes files away:

    no note: not sent. A note and a `.part`: not renamed yet. A note and no `.part`: done.
    """

    def __init__(self, folder: Folder, settings: FolderSettings, writes: Writes) -> None:
        self._folder = folder
        self._settings = settings
        self._writes = writes
        self._reserved: dict[str, int] = {}
        """Numbers of those whose file could not be written yet: a repeat uses the same."""
        self._claimed: dict[tuple[str, str], int] = {}
        """Numbers of other processes, one that was killed among them: target and stamp."""
        self._free: dict[str, list[int]] = {}
        """Numbers of refused requests, to be used again."""
        self._numbers = path_in(settings.sent, "numbers")
        self._last: dict[str, int] = {}
        self._ready = False

    async def send(self, request: Request, key: str, beside: Beside) -> Receipt:
        """Done once per key, however often it is called. What stands beside it is on the disk
        before that."""
        await self._prepare()
        try:
            return await self._send(request, stamp(key), beside)
        except CredentialsError as error:
            raise RejectedError(str(error), "permission-denied") from error

    async def find(self, key: str) -> Receipt | None:
        """Whether the file of this key was renamed into the receiver's folder."""
        name = await self._folder.text(self._note(stamp(key)))
        if not name or await self._folder.look(self._part(stamp(key))) is not None:
            return None
        return Receipt(reference=name, body={"name": name})

    async def _send(self, request: Request, mark: str, beside: Beside) -> Receipt:
        noted = await self._folder.text(self._note(mark))
        if noted and await self._folder.look(self._part(mark)) is None:
            return Receipt(reference=noted, body={"name": noted})
        if not is_safe(request.target):
            raise RejectedError(f"{request.target!r} is no name that every system takes", "name")
        draft = self._writes(request)
        number = 0 if noted else await self._reserved_for(request.target, mark)
        try:
            name = noted or self._named(request.target, number, mark)
            content = draft(number or self._number_in(name, request.target))
            outgoing = OutgoingFile(
                content=content,
                part=self._part(mark),
                last=path_in(self._settings.outgoing, name),
                files=beside.files,
                notes={**beside.notes, self._note(mark): name},
            )
            there = await self._folder.deliver(outgoing)
            self._reserved.pop(mark, None)
        except (RejectedError, CredentialsError):
            await self._take_back(request.target, number, mark)
            raise
        if not there:
            raise UnavailableError(
                f"Somebody took {self._part(mark)} before it was renamed to {name}. Nothing was"
                " sent under its name; trying again. Tell the receiver to leave *.part alone."
            )
        return Receipt(reference=name, body={"name": name})

    async def _reserved_for(self, target: str, mark: str) -> int:
        if mark not in self._reserved:
            self._reserved[mark] = await self._next(target, mark)
        return self._reserved[mark]

    def _number_in(self, name: str, target: str) -> int:
        return sequence_in(name, numbered(self._settings.out_name, target)) or 0

    def _named(self, target: str, number: int, mark: str) -> str:
        name = self._settings.out_name.format(target=target, sequence=number, stamp=mark)
        if not is_safe(name):
            raise RejectedError(f"{name!r} is no name that every system takes", "name")
        return name

    async def _take_back(self, target: str, number: int, mark: str) -> None:
        """After a refusal its number is free again. The note goes first: alone it means done."""
        self._reserved.pop(mark, None)
        with suppress(UnavailableError, CredentialsError):
            await self._folder.remove(self._note(mark))
            await self._folder.remove(self._part(mark))
            if number:
                await self._folder.remove(path_in(self._numbers, f"{target}.{number}"))
                self._free.setdefault(target, []).append(number)

    async def _next(self, target: str, mark: str) -> int:
        """The number of this stamp, or the next one: a file that appears with the stamp in it
        decides among all who send, and outlives a kill."""
        if "{sequence" not in self._settings.out_name:
            return 0
        if target not in self._last:
            self._last[target] = await self._highest(target)
        claimed = self._claimed.pop((target, mark), None)
        if claimed is not None:
            return claimed
        for _ in range(_TRIES):
            number = self._candidate(target)
            path = path_in(self._numbers, f"{target}.{number}")
            if await self._folder.claim(path, mark):
                return number
            if await self._is_claimed_by(mark, target, number):
                return number
        raise UnavailableError(
            f"No free number was found for {target} after {self._last[target]}."
            f" Nothing was sent. Look into {self._numbers}.",
            reached=True,
        )

    def _candidate(self, target: str) -> int:
        if free := self._free.get(target):
            free.sort()
            return free.pop(0)
        self._last[target] += 1
        return self._last[target]

    async def _is_claimed_by(self, mark: str, target: str, number: int) -> bool:
        """Whose number it is, is remembered: its command may come to us, if they were killed."""
        owner = await self._folder.text(path_in(self._numbers, f"{target}.{number}"))
        if owner and owner != mark:
            self._claimed[(target, owner)] = number
            if len(self._claimed) > _OTHERS:
                self._claimed.pop(next(iter(self._claimed)))
        return owner == mark

    async def _highest(self, target: str) -> int:
        """Of all numbers reserved and all names in the folder. Old reservations are let go."""
        reserved: list[int] = []
        for entry in await self._folder.list(self._numbers):
            named, _, number = entry.name.rpartition(".")
            if named == target and number.isascii() and number.isdigit():
                reserved.append(int(number))
        sent = numbered(self._settings.out_name, target)
        there = [
            one for one in await self._folder.list(self._settings.outgoing) if one.what == "file"
        ]
        highest = max([*reserved, *(sequence_in(one.name, sent) or 0 for one in there)], default=0)
        for number in reserved:
            if number < highest - _KEPT:
                await self._folder.remove(path_in(self._numbers, f"{target}.{number}"))
            else:
                await self._is_claimed_by("", target, number)
        return highest

    async def _prepare(self) -> None:
        if self._ready:
            return
        await self._folder.make(self._numbers)
        old = self._settings.sent_kept
        await self._forget(old)
        self._ready = True

    async def _forget(self, old: timedelta) -> None:
        """Notes no command can ask for any more. The newest note tells the system's own time."""
        notes = [
            one for one in await self._folder.list(self._settings.sent) if one.what != "folder"
        ]
        newest = max((note.changed_at for note in notes), default=0.0)
        for note in notes:
            if is_safe(note.name) and note.changed_at < newest - old.total_seconds():
                await self._folder.remove(path_in(self._settings.sent, note.name))

    def _part(self, mark: str) -> str:
        return path_in(self._settings.outgoing, f"{mark}.part")

    def _note(self, mark: str) -> str:
        return path_in(self._settings.sent, mark)
