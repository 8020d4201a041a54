"""Rows that their program leaves for us: taken in order, marked once Andon has them."""

__all__ = ["Box"]

from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from andon.connectors.sql.database import Database
from andon.connectors.sql.looks import Told
from andon.connectors.sql.rows import Row, Rows, here
from andon.connectors.sql.settings import Outbox, Read, SqlSettings
from andon.connectors.sql.values import placed, unplaced
from andon.core.connector import Item

Key = tuple[Any, ...]


class Box:
    """One outbox table. The last item of a round names all its rows in the position; when the
    position comes back, exactly those are taken off: a row that was committed late stays."""

    def __init__(
        self, name: str, read: Read, rows: Rows, *, database: Database, settings: SqlSettings
    ) -> None:
        assert isinstance(read.cursor, Outbox)
        assert read.table is not None
        self.name = name
        self._read = read
        self._rows = rows
        self._outbox = read.cursor
        self._database = database
        self._page = settings.page
        self._held: tuple[Key, ...] = ()
        self._taken: frozenset[Key] = frozenset()

    def begin_at(self, kept: Any) -> None:
        """Goes on from a kept place: rows that Andon has and that may still look new there."""
        try:
            keys = cast("Sequence[Sequence[Any]]", kept or ())
            self._held = tuple(tuple(unplaced(part) for part in key) for key in keys)
        except (TypeError, ValueError):
            self._held = ()

    @property
    def kept(self) -> Any:
        """The rows of the last round that are still to be taken off."""
        return [[placed(part) for part in key] for key in self._held] or None

    @property
    def holds(self) -> bool:
        """Whether rows wait to be taken off until it is known that Andon has them."""
        return bool(self._held)

    @property
    def repeats(self) -> bool:
        """Whether the round brought only rows that were taken off before: no hurry then."""
        return self.holds and self._taken.issuperset(self._held)

    async def take_off(self) -> None:
        """Marks or deletes what Andon has. Doing it twice does nothing."""
        if not self._held:
            return
        held = [self._bound(key) for key in self._held]
        await self._database.call(lambda connection: self._off(connection, held))
        self._taken, self._held = frozenset(self._held), ()

    async def news(self) -> AsyncIterator[Told]:
        """One round: at most a page of new rows, in their order."""
        query = self._rows.by_cursor(None, None, self._page).where(self._is_new())
        rows: Sequence[Row] = await self._database.read(
            lambda connection: self._rows.fetch(connection, query), what=f"read {self.name!r}"
        )
        for n, row in enumerate(rows, start=1):
            if n == len(rows):
                self._held = tuple(row.key for row in rows)
            yield Told(self._item(row), says=n == len(rows))

    def _off(self, connection: sa.Connection, held: Sequence[dict[str, Any]]) -> None:
        try:
            connection.execute(self._statement(), held)
            connection.commit()
        except DBAPIError as error:
            found = self._database.verdict(error, connection)
            raise found.error(f"Rows of outbox {self.name!r} cannot be taken off") from error

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

    def _bound(self, key: Key) -> dict[str, Any]:
        return {f"key_{n}": value for n, value in enumerate(key)}

    def _is_new(self) -> sa.ColumnElement[bool]:
        outbox = self._outbox
        if outbox.mark is None:
            return sa.true()
        mark = self._rows.column(outbox.mark)
        return mark.is_(None) if outbox.new is None else mark == here(outbox.new)

    def _item(self, row: Row) -> Item:
        key = f"{self.name}/{row.ident}/{row.digest}"
        return Item(kind=self._read.kind or self.name, key=key, raw=row.raw)
