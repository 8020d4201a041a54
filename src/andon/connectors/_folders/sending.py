"""Files out: written as `.part`, noted under our key, then renamed. The rename is the effect."""

__all__ = ["Outgoing"]

from contextlib import suppress
from datetime import timedelta

from andon.connectors._folders.folder import NOBODY, Folder, Outcome, OutgoingFile
from andon.connectors._folders.layout import Beside, Draft, Writes
from andon.connectors._folders.names import is_safe, numbered, path_in, sequence_in, stamp
from andon.connectors._folders.noted import Noted
from andon.connectors._folders.once import Once
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
        """Numbers of those under way or not written yet, claimed or not: a repeat uses the same."""
        self._claimed: dict[tuple[str, str], int] = {}
        """Numbers of other processes, one that was killed among them: target and stamp."""
        self._free: dict[str, list[int]] = {}
        """Numbers that were not used after all, to be tried again."""
        self._numbers = path_in(settings.sent, "numbers")
        self._last: dict[str, int] = {}
        self._ready = False
        self._once = Once()

    async def close(self) -> None:
        """Looks through no folder any more."""
        await self._once.close()

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
        return await self._found(stamp(key))

    async def _found(self, mark: str) -> Receipt | None:
        text = await self._folder.text(self._note(mark))
        return await self._done(mark, text) if text else None

    async def _done(self, mark: str, text: str) -> Receipt | None:
        """What was noted, unless it still lies under its first name."""
        if await self._folder.look(self._part(mark)) is not None:
            return None
        return _receipt(Noted.read(text).name)

    async def _send(self, request: Request, mark: str, beside: Beside) -> Receipt:
        draft: Draft | None = None
        try:
            if not is_safe(request.target):
                raise RejectedError(
                    f"{request.target!r} is no name that every system takes", "name"
                )
            draft = self._writes(request)
            return await self._delivered(request.target, mark, draft, beside)
        except (RejectedError, CredentialsError):
            if (receipt := await self._found(mark)) is not None:
                return receipt  # sent before, and refused only today
            if draft is not None:
                await self._take_back(request.target, mark)
            raise

    async def _delivered(self, target: str, mark: str, draft: Draft, beside: Beside) -> Receipt:
        """Under the next number. It is written before the number is claimed: what cannot be
        written uses up none."""
        for _ in range(_TRIES):
            number = await self._number_for(target, mark)
            noted = Noted(mark, self._named(target, number, mark), beside.says)
            file = self._file(noted, draft(number), beside, self._claim(target, number))
            done = await self._folder.deliver(file)
            if done.noted:
                return await self._once_more(target, mark, done.noted, draft, beside)
            self._reserved.pop(mark, None)
            if not done.owner:
                return self._receipt_of(done, noted)
            self._belongs(target, number, done.owner)
        raise UnavailableError(
            f"No free number was found for {target} after {self._last[target]}."
            f" Nothing was sent. Look into {self._numbers}.",
            reached=True,
        )

    async def _once_more(
        self, target: str, mark: str, text: str, draft: Draft, beside: Beside
    ) -> Receipt:
        """It was noted before: it is done, or it is sent under the name it has."""
        noted = Noted.read(text)
        number = sequence_in(noted.name, numbered(self._settings.out_name, target)) or 0
        if (unused := self._reserved.pop(mark, 0)) not in (0, number):
            self._free.setdefault(target, []).append(unused)
        if (receipt := await self._done(mark, text)) is not None:
            return receipt
        self._reserved[mark] = number
        again = Noted(mark, noted.name, beside.says)
        done = await self._folder.deliver(self._file(again, draft(number), beside))
        self._reserved.pop(mark, None)
        return self._receipt_of(done, again)

    def _file(
        self, noted: Noted, content: bytes, beside: Beside, claim: str | None = None
    ) -> OutgoingFile:
        """Without a claim it was noted before."""
        return OutgoingFile(
            content=content,
            part=self._part(noted.stamp),
            last=path_in(self._settings.outgoing, noted.name),
            files=beside.files,
            note=self._note(noted.stamp),
            noted=noted,
            beside=beside.notes,
            claim=claim or "",
            again=claim is None,
        )

    def _receipt_of(self, done: Outcome, noted: Noted) -> Receipt:
        if not done.renamed:
            raise UnavailableError(
                f"Somebody took {self._part(noted.stamp)} before it was renamed to {noted.name}."
                " Nothing was sent under its name; trying again."
                " Tell the receiver to leave *.part alone."
            )
        return _receipt(noted.name)

    def _named(self, target: str, number: int, mark: str) -> str:
        name = self._settings.out_name.format(target=target, sequence=number, stamp=mark)
        if not is_safe(name):
            raise RejectedError(f"{name!r} is no name that every system takes", "name")
        return name

    async def _take_back(self, target: str, mark: str) -> None:
        """After a refusal its number is free again. The note goes first: alone it means done."""
        number = self._reserved.pop(mark, 0)
        with suppress(UnavailableError, CredentialsError):
            await self._folder.remove(self._note(mark))
            await self._folder.remove(self._part(mark))
            if number:
                claim = self._claim(target, number)
                owner = await self._folder.text(claim)
                if owner and Noted.read(owner).stamp == mark:
                    await self._folder.remove(claim)
                self._free.setdefault(target, []).append(number)

    async def _number_for(self, target: str, mark: str) -> int:
        """The number of this stamp, or the next one: a note that appears with the stamp in it
        decides among all who send, and outlives a kill."""
        if "{sequence" not in self._settings.out_name:
            return 0
        if mark not in self._reserved:
            if target not in self._last:
                await self._once(f"numbers of {target}", lambda: self._count(target))
            claimed = self._claimed.pop((target, mark), None)
            self._reserved[mark] = self._candidate(target) if claimed is None else claimed
        return self._reserved[mark]

    def _candidate(self, target: str) -> int:
        if free := self._free.get(target):
            free.sort()
            return free.pop(0)
        self._last[target] += 1
        return self._last[target]

    def _belongs(self, target: str, number: int, owner: str) -> None:
        """Whose number it is, is remembered: its command may come to us, if they were killed."""
        if owner == NOBODY:
            return
        self._claimed[(target, Noted.read(owner).stamp)] = number
        if len(self._claimed) > _OTHERS:
            self._claimed.pop(next(iter(self._claimed)))

    async def _count(self, target: str) -> None:
        self._last.setdefault(target, await self._highest(target))

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
        old = [number for number in reserved if number < highest - _KEPT]
        await self._folder.remove_all([self._claim(target, number) for number in old])
        kept = [number for number in reserved if number >= highest - _KEPT]
        owners = await self._folder.texts([self._claim(target, number) for number in kept])
        for number, owner in zip(kept, owners, strict=True):
            self._belongs(target, number, owner or NOBODY)
        return highest

    async def _prepare(self) -> None:
        if not self._ready:
            await self._once("notes", self._look_through)

    async def _look_through(self) -> None:
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
        await self._folder.remove_all(
            [
                path_in(self._settings.sent, note.name)
                for note in notes
                if is_safe(note.name) and note.changed_at < newest - old.total_seconds()
            ]
        )

    def _part(self, mark: str) -> str:
        return path_in(self._settings.outgoing, f"{mark}.part")

    def _note(self, mark: str) -> str:
        return path_in(self._settings.sent, mark)

    def _claim(self, target: str, number: int) -> str:
        return path_in(self._numbers, f"{target}.{number}") if number else ""


def _receipt(name: str) -> Receipt:
    return Receipt(reference=name, body={"name": name})
