"""Rows that their program leaves for us: taken in order, marked once Andon has them."""

__all__ = ["Box"]

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from andon.connectors.sql.database import Database, too_large
from andon.connectors.sql.looks import Says
from andon.connectors.sql.rows import Row, Rows, here
from andon.connectors.sql.settings import Outbox, Read, SqlSettings
from andon.connectors.sql.values import placed, unplaced
from andon.core.connector import Item, Position

Key = tuple[Any, ...]
_MOST_PAGES = 4


class Box:
    """One outbox table. A position names the rows that were read and are still there; once it is
    committed, exactly those are taken off: a row that came late, with an earlier number, stays."""

    def __init__(
        self, name: str, read: Read, rows: Rows, *, database: Database, settings: SqlSettings
    ) -> None:
        assert isinstance(read.cursor, Outbox)
        self.name = name
        self._read = read
        self._rows = rows
        self._outbox = read.cursor
        self._database = database
        self._page = settings.page
        self._held: dict[Key, None] = {}
        self._turn = asyncio.Lock()

    def begin_at(self, kept: Any) -> None:
        """Goes on from a kept place: what stands there was read before."""
        self._held = dict.fromkeys(self._keys(kept))

    @property
    def kept(self) -> Any:
        """The rows that were read and are not taken off yet."""
        return [[placed(part) for part in key] for key in self._held] or None

    async def take_off(self, kept: Any) -> None:
        """Marks or deletes the rows of a committed place. Doing it twice does nothing."""
        if not (keys := self._keys(kept)):
            return
        async with self._turn:
            rows = [self._bound(key) for key in keys]
            await self._database.call(lambda connection: self._off(connection, rows))
            for key in keys:
                self._held.pop(key, None)

    async def news(self, says: Says) -> AsyncIterator[Iterable[Item]]:
        """New rows in their order, at most a page; none while too many wait to be committed."""
        held = len(self._held)
        if held >= _MOST_PAGES * self._page:
            return
        async with self._turn:
            query = self._rows.first(self._page + held, self._is_new())
            found: Sequence[Row] = await self._database.read(
                lambda connection: self._rows.fetch(connection, query), what=f"read {self.name!r}"
            )
            rows = [row for row in found if row.key not in self._held]
        yield self._taken(rows, says)

    def _taken(self, rows: Sequence[Row], says: Says) -> Iterator[Item]:
        for n, row in enumerate(rows, start=1):
            self._held[row.key] = None
            yield self._item(row, says() if n == len(rows) else None)

    def _off(self, connection: sa.Connection, held: Sequence[dict[str, Any]]) -> None:
        try:
            connection.execute(self._statement(), held)
            connection.commit()
        except DBAPIError as error:
            found = self._database.verdict(error, connection)
            raise found.error(f"Rows of outbox {self.name!r} cannot be taken off") from error
        except OverflowError as error:
            what = f"Rows of outbox {self.name!r} cannot be taken off"
            raise too_large(what, error) from error

    def _statement(self) -> sa.Update | sa.Delete:
        match = [
            self._rows.column(name) == sa.bindparam(f"key_{n}", type_=sa.types.NullType())
            for n, name in enumerate(self._read.key)
        ]
        table = cast("sa.TableClause", self._rows.origin)
        outbox = self._outbox
        if outbox.mark is None:
            return sa.delete(table).where(*match)
        taken = sa.func.current_timestamp() if outbox.taken is None else here(outbox.taken)
        return sa.update(table).where(*match, self._is_new()).values({outbox.mark: taken})

    def _keys(self, kept: Any) -> list[Key]:
        """Keys as a position keeps them; a place that other settings left is none."""
        try:
            listed = cast("Sequence[Sequence[Any]]", kept or ())
            keys = [tuple(unplaced(part) for part in key) for key in listed]
        except (TypeError, ValueError):
            return []
        return keys if all(len(key) == len(self._read.key) for key in keys) else []

    def _bound(self, key: Key) -> dict[str, Any]:
        return {f"key_{n}": value for n, value in enumerate(key)}

    def _is_new(self) -> sa.ColumnElement[bool]:
        outbox = self._outbox
        if outbox.mark is None:
            return sa.true()
        mark = self._rows.column(outbox.mark)
        return mark.is_(None) if outbox.new is None else mark == here(outbox.new)

    def _item(self, row: Row, position: Position | None) -> Item:
        key = f"{self.name}/{row.ident}/{row.digest}"
        return Item(kind=self._read.kind or self.name, key=key, raw=row.raw, position=position)
