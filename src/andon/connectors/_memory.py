"""What a read remembers of the rows it saw: on disk, since there may be any number of them."""

__all__ = ["Gone", "Memory", "Yielded"]

import asyncio
import sqlite3
import weakref
from collections.abc import AsyncIterator, Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cache
from threading import Lock

import msgspec

from andon.core.errors import UnavailableError

_SCHEMA = """
pragma cache_size = -4096;
create table seen (
  ident text primary key, digest text not null, name blob, look integer not null,
  missed integer not null default 0) without rowid;
"""
_KNOWN = "select ident, digest from seen where ident in (select value from json_each(?))"
_NOTE = """
insert into seen (ident, digest, name, look) values {}
on conflict (ident) do update set digest = excluded.digest, look = excluded.look, missed = 0
"""
_TOGETHER = 100
"""Rows noted by one statement: each one lets go of the interpreter and waits for it again."""
_GONE = """
select ident, digest, name from seen
where ident > ? and look < ? and missed >= ? order by ident limit 500
"""


class Gone(msgspec.Struct, frozen=True):
    """A row that is not there any more, as it was last seen."""

    ident: str
    digest: str
    name: bytes | None


class Memory:
    """Every row as it was last seen, or those of the last look only, which `forgets` the others.

    It begins empty, and it is one temporary file of SQLite's that has no name: it goes with the
    memory or the process, and no other process can find it and take it for what was read.

    What touches the file runs in a thread: `known`, `turn`, `drop` and `end`.
    """

    def __init__(self, *, complete: bool = False, forgets: bool = False, looks: int = 2) -> None:
        self.complete = complete
        """Whether everything read so far stands here; else a first full look makes it so."""
        self._forgets = forgets
        self._doubts = looks - 1
        """Gone is what so many full looks in a row did not find, and one more."""
        self._look = 1
        self._full = False
        self._page: dict[str, str] = {}
        self._noted: list[str | bytes | int | None] = []
        """Ident, digest, name and look of each row that is not in the file yet."""
        self._db: sqlite3.Connection | None = None
        self._turn = Lock()

    def known(self, idents: Collection[str]) -> dict[str, str]:
        """The digests of those that were seen before."""
        asked = msgspec.json.encode(idents).decode()
        with self._file() as file, closing(file.execute(_KNOWN, (asked,))) as found:
            return dict(found.fetchall())

    def turn_to(self, known: Mapping[str, str]) -> None:
        """A page comes next, of whose rows this much is known."""
        self._page = dict(known)

    async def look_up(self, idents: Collection[str]) -> None:
        """A page of these rows comes next."""
        empty = not idents or (self._db is None and not self._noted)
        self.turn_to({} if empty else await asyncio.to_thread(self.known, idents))

    def knows(self, ident: str, digest: str = "") -> bool:
        """Whether a row of the page that was turned to was seen before as it is."""
        return self._page.get(ident) == digest

    def note(
        self, ident: str, digest: str = "", name: Callable[[], bytes | None] | None = None
    ) -> bool:
        """A look brought the row, of the page that was turned to; returns whether that is news."""
        news = self._page.get(ident) != digest
        if news or self._full or self._forgets:
            self._page[ident] = digest
            named = name() if news and name is not None else None
            self._noted += (ident, digest, named, self._look)
        return news

    def turn(self) -> None:
        """A look is over: where forgetting is right, only what it saw can come again."""
        if self._forgets:
            with self._file() as file:
                file.execute("delete from seen where look < ?", (self._look,))
        self._look += 1

    def drop(self, ident: str) -> None:
        """A row is gone, somebody said."""
        self._page.pop(ident, None)
        with self._file() as file:
            file.execute("delete from seen where ident = ?", (ident,))

    def begin(self) -> None:
        """A full look begins."""
        self._look += 1
        self._full = True

    async def gone(self) -> AsyncIterator[Sequence[Gone]]:
        """At the end of a full look: the rows that are gone, some at a time."""
        after = ""
        while some := await asyncio.to_thread(self._some_gone, after):
            yield some
            after = some[-1].ident

    def end(self) -> None:
        """The full look is over, and those that are gone were told."""
        with self._file() as file:
            missed = (self._look, self._doubts)
            file.execute("delete from seen where look < ? and missed >= ?", missed)
            file.execute("update seen set missed = missed + 1 where look < ?", missed[:1])
        self._full, self.complete = False, True
        self._look += 1

    def _some_gone(self, after: str) -> Sequence[Gone]:
        place = (after, self._look, self._doubts)
        with self._file() as file, closing(file.execute(_GONE, place)) as found:
            return [Gone(*row) for row in found]

    @contextmanager
    def _file(self) -> Generator[sqlite3.Connection]:
        """The file, with all that was noted."""
        with self._turn:
            try:
                yield self._written()
            except sqlite3.Error as error:
                raise UnavailableError(
                    f"What was read cannot be remembered on disk: {error}. Trying again; look for"
                    " room in the folder for temporary files."
                ) from error

    def _written(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._db.close)
            self._db.executescript(_SCHEMA)
        noted, self._noted = self._noted, []
        if noted:
            with self._db:
                self._db.execute("begin")
                for start in range(0, len(noted), 4 * _TOGETHER):
                    some = noted[start : start + 4 * _TOGETHER]
                    self._db.execute(_noting(len(some) // 4), some)
        return self._db


@cache
def _noting(rows: int) -> str:
    return _NOTE.format(", ".join(["(?, ?, ?, ?)"] * rows))


class Yielded:
    """What one read yielded: states of rows, each by a key of its own.

    Looks for news overlap, so each may bring again what the one before it saw. A full look may
    bring again what the full look before it saw, and what looks for news yielded since.
    """

    def __init__(self, *, complete: bool = False) -> None:
        self._looked = Memory(forgets=True)
        self._swept = Memory(complete=complete, looks=1)

    @property
    def complete(self) -> bool:
        """Whether what only a full look brings was missed: not before the first one has ended,
        unless this read began at the beginning."""
        return self._swept.complete

    async def look_up(self, keys: Collection[str]) -> None:
        """A page of these comes next."""
        await self._looked.look_up(keys)
        await self._swept.look_up(keys)

    def news(self, key: str) -> bool:
        """A look for news brought it; returns whether it is to be yielded."""
        return self._looked.note(key) and self._swept.note(key)

    async def end_look(self) -> None:
        """A look for news is over."""
        await asyncio.to_thread(self._looked.turn)

    def begin(self) -> None:
        """A full look begins."""
        self._swept.begin()

    def missed(self, key: str) -> bool:
        """A full look brought it; returns whether it is to be yielded."""
        return self._swept.note(key) and not self._looked.knows(key)

    async def end(self) -> None:
        """The full look is over."""
        await asyncio.to_thread(self._swept.end)
