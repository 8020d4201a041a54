"""One taken file, from its first row that is not recorded yet to its end."""

__all__ = ["Ended", "FileReading", "Odd"]

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from andon.connectors._folders.content import Content, content_of, digest_of, opened
from andon.connectors._folders.folder import Folder
from andon.connectors._folders.layout import Layout
from andon.connectors._folders.place import Place
from andon.connectors._folders.rows import (
    Asks,
    Bad,
    Broken,
    Row,
    Total,
    UnreadableFileError,
    Yielded,
)
from andon.connectors._folders.said import ItemsOf
from andon.connectors._folders.settings import FolderSettings
from andon.connectors._folders.work import Taken
from andon.core.connector import Item
from andon.core.errors import UnavailableError

_STEP = 500

Odd = Callable[[Taken, str], Awaitable[list[tuple[str, str]]]]
"""What is odd about a file of this digest that can be read: code and words of each."""


class Ended(msgspec.Struct):
    """What became of a file."""

    taken: Taken
    digest: str = ""
    rows: int = 0
    asks: bool = False
    """Whether its sender wants an answer."""
    broken: list[str] = []
    """Why it is rejected; empty: it goes to the archive."""


class FileReading:
    """Gives the items of one file; `ended` says afterwards what became of it."""

    def __init__(
        self, folder: Folder, settings: FolderSettings, layout: Layout, taken: Taken
    ) -> None:
        self._folder = folder
        self._settings = settings
        self._layout = layout
        self._taken = taken
        self.ended = Ended(taken)

    def _said(self, digest: str, place: Place) -> ItemsOf:
        return ItemsOf(self._layout, self._settings.item_bytes, self._taken, digest, place)

    async def steps(
        self, place: Place, sequence: int | None, findings: Odd
    ) -> AsyncIterator[Sequence[Item]]:
        """Items after `place`, as many at a time as come together. The position of the last one
        says that the file is done."""
        skip = place.skips(self._taken.number)
        held: list[Item] = []
        async for step in self._fetched(place, sequence, skip, findings):
            yield [*held, *step[:-1]]
            held = [step[-1]]
        if held:
            done = Place(self._taken.number, None, sequence).written()
            yield [msgspec.structs.replace(held[0], position=done)]

    async def _fetched(
        self, place: Place, sequence: int | None, skip: int, findings: Odd
    ) -> AsyncIterator[list[Item]]:
        said = self._said("", place)
        content, threads = b"", self._folder.threads
        try:
            async with self._folder.fetched(self._taken.path) as path:
                digest = self.ended.digest = await digest_of(path, threads)
                said = self._said(digest, place)
                if self._taken.entry.size * 2 <= self._settings.item_bytes:
                    content = await threads.do(_whole, path)
                if not skip:
                    for code, says in await findings(self._taken, digest):
                        yield [said.finding(code, says)]
                most = self._settings.most_bytes
                name = self._taken.name
                async with content_of(path, name, digest, most=most, threads=threads) as whole:
                    await self._look_first(whole)
                    async for step in self._rows(whole, said, skip, sequence, content):
                        yield step
        except UnreadableFileError as error:
            self.ended.broken.append(str(error))
            yield [said.broken(Broken(0, str(error)), self.ended.rows, content, sequence)]
        except OSError as error:  # the disk or share failed, not the file
            raise UnavailableError(
                f"{self._taken.path} could not be read to its end: {error}. It stays in the work"
                " folder and is read again. Check the share, and the room for temporary files."
            ) from error

    async def _look_first(self, content: Content) -> None:
        """What makes a file unfit before its first row is recorded."""
        head = await self._folder.threads.do(_head, content)
        if unfit := self._layout.unfit(head):
            raise UnreadableFileError(unfit)
        if self._layout.trailer:
            await self._count(content, self._layout.trailer)

    async def _count(self, content: Content, trailer: str) -> None:
        rows, totals, last = 0, list[Total](), None
        async for step in self._folder.threads.steps(_rows_in(content, self._layout), _STEP):
            rows += sum(isinstance(one, Row | Bad) for one in step)
            totals += [one for one in step if isinstance(one, Total)]
            last = step[-1]
        if isinstance(last, Broken):
            return  # reading it says more
        if not totals:
            raise UnreadableFileError(
                f"its last row does not begin with {trailer!r}: it is truncated"
            )
        if len(totals) > 1 or last is not totals[-1]:
            raise UnreadableFileError(f"line {totals[0].line} begins with {trailer!r}, not the end")
        if totals[0].rows != rows:
            says = "no number" if totals[0].rows is None else f"{totals[0].rows} rows"
            raise UnreadableFileError(
                f"line {totals[0].line} says {says}, the file has {rows} rows"
            )

    async def _rows(
        self, content: Content, said: ItemsOf, skip: int, sequence: int | None, raw: bytes
    ) -> AsyncIterator[list[Item]]:
        def items() -> Iterator[Item]:  # in a thread, step by step
            for one in _rows_in(content, self._layout):
                match one:
                    case Row():
                        self.ended.rows = one.number
                        if one.number > skip:
                            yield said.row(one, sequence)
                    case Bad():
                        self.ended.rows = one.number
                        if one.number > skip:
                            yield said.bad(one, sequence)
                    case Broken():
                        self.ended.broken.append(f"line {one.line}: {one.says}")
                        yield said.broken(one, self.ended.rows, raw, sequence)
                    case Asks():
                        self.ended.asks = True
                    case Total():
                        continue

        async for step in self._folder.threads.steps(items(), _STEP):
            yield step
        self.ended.broken += said.left_out


def _rows_in(content: Content, layout: Layout) -> Iterator[Yielded]:
    with opened(content.path) as stream:
        yield from layout.rows(stream)


def _whole(path: Path) -> bytes:
    with opened(path) as stream:
        return stream.read()


def _head(content: Content) -> bytes:
    with opened(content.path) as stream:
        return stream.read(4)
