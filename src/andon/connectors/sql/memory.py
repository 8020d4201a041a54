"""What a read remembers of the rows it saw: on disk, since a table may have any number of them."""

__all__ = ["Gone", "Seen"]

import sqlite3
import weakref
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from threading import Lock

import msgspec

from andon.connectors.sql.rows import Row
from andon.core.errors import UnavailableError

_SCHEMA = """
pragma cache_size = -4096;
create table seen (
  ident text primary key, digest text not null, name blob, look integer not null,
  missed integer not null default 0) without rowid;
"""
_KNOWN = "select ident, digest from seen where ident in (select value from json_each(?))"
_NOTE = """
insert into seen (ident, digest, name, look) values (?, ?, ?, ?)
on conflict (ident) do update set digest = excluded.digest, look = excluded.look
"""
_GONE = """
select ident, digest, name from seen
where ident > ? and look < ? and missed = ? order by ident limit 500
"""


class Gone(msgspec.Struct, frozen=True):
    """A row that is not there any more, as it was last seen."""

    ident: str
    digest: str
    name: bytes | None


class Seen:
    """Every row as it was last seen, or those of the last look only, which `forgets` the others.
    It is one temporary file of SQLite's, which goes with it. Gone is what two full looks in a row
    did not find.

    What touches the file runs in a thread: `known`, `turn`, `gone` and `end`."""

    def __init__(
        self, named: Callable[[Row], bytes | None], *, complete: bool, forgets: bool
    ) -> None:
        self.complete = complete
        """Whether everything read so far stands here; else a first full look makes it so."""
        self._named = named
        self._forgets = forgets
        self._look = 1
        self._full = False
        self._full_before = -1
        self._page: dict[str, str] = {}
        self._noted: list[tuple[str, str, bytes | None, int]] = []
        self._db: sqlite3.Connection | None = None
        self._turn = Lock()

    def known(self, rows: Sequence[Row]) -> dict[str, str]:
        """The digests of those that were seen before."""
        idents = msgspec.json.encode([row.ident for row in rows]).decode()
        with self._file() as file, closing(file.execute(_KNOWN, (idents,))) as found:
            return dict(found.fetchall())

    def turn_to(self, known: Mapping[str, str]) -> None:
        """A page comes next, of whose rows this much is known."""
        self._page = dict(known)

    def note(self, row: Row) -> bool:
        """A look brought the row, of the page that was turned to; returns whether that is news."""
        news = self._page.get(row.ident) != row.digest
        if news or self._full or self._forgets:
            self._page[row.ident] = row.digest
            name = self._named(row) if news else None
            self._noted.append((row.ident, row.digest, name, self._look))
        return news

    def turn(self) -> None:
        """A look is over: where forgetting is right, only what it saw can come again."""
        if self._forgets:
            with self._file() as file:
                file.execute("delete from seen where look < ?", (self._look,))
        self._look += 1

    def begin(self) -> None:
        """A full look begins."""
        self._look += 1
        self._full = True

    def gone(self, after: str) -> Sequence[Gone]:
        """At the end of a full look: the next rows that are gone, none when there are no more."""
        place = (after, self._look, self._full_before)
        with self._file() as file, closing(file.execute(_GONE, place)) as found:
            return [Gone(*row) for row in found]

    def end(self) -> None:
        """The full look is over, and those that are gone were told."""
        look, before = self._look, self._full_before
        with self._file() as file:
            file.execute("delete from seen where look < ? and missed = ?", (look, before))
            file.execute("update seen set missed = ? where look < ?", (look, look))
        self._full, self._full_before, self.complete = False, look, True
        self._look += 1

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
                self._db.executemany(_NOTE, noted)
        return self._db
