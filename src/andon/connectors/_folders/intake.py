"""Reading a folder look by look: take what is ready, yield it, put away what is recorded."""

__all__ = ["Intake"]

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from functools import partial

import msgspec

from andon.connectors._folders.folder import Entry, Folder
from andon.connectors._folders.layout import Layout
from andon.connectors._folders.place import Place
from andon.connectors._folders.reading import Ended, FileReading
from andon.connectors._folders.ready import Watch
from andon.connectors._folders.said import ItemsOf, reason_of
from andon.connectors._folders.sequence import doubt_about, sequence_after
from andon.connectors._folders.settings import FolderSettings
from andon.connectors._folders.work import Taken, WorkFolder
from andon.core.connector import Item

_MOST = 32
"""Files that are taken, read, and put away, before there is another look at the next."""
_AHEAD = 16
_SMALL = 1 << 16
_EVERYTHING = 1 << 62


class Intake:
    """One connection's way in. What it keeps in memory only saves work after a restart."""

    def __init__(
        self, folder: Folder, settings: FolderSettings, layout: Layout, consumer: str
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._layout = layout
        self._work = WorkFolder(folder, settings, consumer)
        self._watch = Watch(settings)
        self._pattern = re.compile(settings.sequence) if settings.sequence else None
        self._ended: dict[int, Ended] = {}
        self._told: set[str] = set()
        self._read: list[Taken] = []
        """Read to the end, and not known to be recorded yet."""
        self._committed = Place()

    def committed(self, place: Place) -> None:
        """Everything up to here is in the log; the next look puts away the files of it."""
        self._committed = place

    async def items(self, place: Place) -> AsyncIterator[Item]:
        """Everything after a place, then on as it comes."""
        clock = asyncio.get_running_loop().time
        self._committed = place
        await self._work.open()
        files = [*await self._work.put_away_after(place), *await self._left_over(place)]
        files.sort(key=lambda one: one.number)
        waiting: list[Entry] = []
        while True:
            for index, taken in enumerate(files):
                self._folder.soon(_small(files[index : index + _AHEAD]))
                count = 0
                async for step in self._steps(taken, place):
                    count += len(step)
                    for item in step:
                        yield item
                place = Place(taken.number, None, sequence_after(self._pattern, taken.name, place))
                if count or self._pattern is not None:
                    self._read.append(taken)
                else:  # with a sequence it stays until the next is recorded: else that is a gap
                    await self._put_away(taken)
            await self._put_away_committed()
            if not waiting:
                entries = await self._folder.list(self._settings.incoming)
                ready = self._watch.look(entries, now=clock(), today=time.time())
                for name, code, says in ready.odd:
                    if name not in self._told:
                        self._told.add(name)
                        yield _odd(self._layout, name, code, says, place)
                await self._work.remove_markers(ready.orphans)
                waiting = ready.files
            files, waiting = await self._take(waiting[:_MOST], place), waiting[_MOST:]
            if not files and not waiting:
                await asyncio.sleep(self._settings.poll_every.total_seconds())

    async def _left_over(self, place: Place) -> list[Taken]:
        """Files taken before and not read to their end. Those that are recorded are put away."""
        taken = await self._work.taken()
        self._read = [one for one in taken if place.covers(one.number)]
        await self._put_away_committed()
        if self._settings.marker:
            for one in taken:  # killed between a file and its marker
                await self._work.remove_marker_of(one, self._watch.marker_of(one.name))
        return [one for one in taken if not place.covers(one.number)]

    async def _put_away_committed(self) -> None:
        done = [one for one in self._read if self._committed.covers(one.number)]
        await self._folder.each([partial(self._put_away, one) for one in done])
        gone = {one.number for one in done}
        self._read = [one for one in self._read if one.number not in gone]

    async def _take(self, entries: "list[Entry]", place: Place) -> list[Taken]:
        files: list[Taken] = []
        for entry in entries:
            taken = await self._work.take(entry, place)
            if taken is not None:
                files.append(taken)
                if self._settings.marker:
                    await self._work.remove_markers([self._watch.marker_of(entry.name)])
        return files

    def _steps(self, taken: Taken, place: Place) -> AsyncIterator[Sequence[Item]]:
        async def odd(one: Taken, digest: str) -> list[tuple[str, str]]:
            return await self._odd(one, digest, place)

        reading = FileReading(self._folder, self._settings, self._layout, taken)
        self._ended[taken.number] = reading.ended
        sequence = sequence_after(self._pattern, taken.name, place)
        return reading.steps(place, sequence, odd)

    async def _odd(self, taken: Taken, digest: str, place: Place) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if taken.entry.size == 0 and self._settings.empty == "finding":
            found.append(("empty-file", "it holds nothing. Ask its sender whether that is so."))
        if taken.put_away:
            return found
        if self._settings.repeated == "finding" and await self._work.is_known(taken.name, digest):
            found.append(
                ("repeated-file", "the same file came before. What it says is recorded once.")
            )
        elif (doubt := doubt_about(self._pattern, taken.name, place)) is not None:
            found.append(doubt)
        return found

    async def _put_away(self, taken: Taken) -> None:
        ended = self._ended.pop(taken.number, None)
        if ended is None or ended.taken.path != taken.path:
            ended = await self._read_again(taken)
        if ended.asks and self._layout.answers is not None and not taken.put_away:
            async with self._folder.fetched(taken.path) as path:
                await self._layout.answers(path, "; ".join(ended.broken))
        if ended.broken:
            reason = reason_of(taken, ended.broken, ended.rows, ended.digest)
            await self._work.reject(taken, ended.digest, reason)
        else:
            await self._work.archive(taken, ended.digest)

    async def _read_again(self, taken: Taken) -> Ended:
        """A restart forgets what became of a file that was read and not put away yet."""

        async def nothing(_: Taken, __: str) -> list[tuple[str, str]]:
            return []

        reading = FileReading(self._folder, self._settings, self._layout, taken)
        place = Place(taken.number, _EVERYTHING)
        async for _ in reading.steps(place, None, nothing):
            pass
        return reading.ended


def _small(files: Sequence[Taken]) -> list[str]:
    return [one.path for one in files if one.entry.size <= _SMALL]


def _odd(layout: Layout, name: str, code: str, says: str, place: Place) -> Item:
    shown = ascii(name)[1:-1]
    nobody = Taken(0, shown, "", Entry(shown, 0, time.time(), "other"))
    item = ItemsOf(layout, 0, nobody, "", place).finding(
        code, f"{says}. It is left where it is; remove it, or have it named otherwise."
    )
    return msgspec.structs.replace(item, key=f"odd/{shown}")
