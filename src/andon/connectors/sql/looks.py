"""One read at work: looks for news, and now and then at everything."""

__all__ = ["Look", "Says"]

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Iterable,
    Iterator,
    Sequence,
)
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from andon.connectors._ahead import ahead
from andon.connectors._memory import Gone, Memory
from andon.connectors.sql.database import Database
from andon.connectors.sql.moments import Dial
from andon.connectors.sql.places import KeyPlace, TimePlace
from andon.connectors.sql.rows import Query, Row, Rows
from andon.connectors.sql.said import refused_reading
from andon.connectors.sql.settings import ByKey, ByTime, Outbox, Read, SqlSettings, Whole
from andon.connectors.sql.values import placed, unplaced
from andon.core.connector import Item, Position

_SETTLED_PAGES = 10
"""At the first start rows so many pages behind the newest count as settled."""

Says = Callable[[], Position]
"""The position of the item that is made next."""


class Look:
    """Follows one table, view or SELECT by key, by time or by comparing all of it."""

    def __init__(
        self, name: str, read: Read, rows: Rows, *, database: Database, settings: SqlSettings
    ) -> None:
        self.name = name
        self.read = read
        self.rows = rows
        self.database = database
        self.found_by_sweep = 0
        """What only a full look saw: each one is a row the looks for news missed."""
        self._settings = settings
        self._kind = read.kind or name
        self._changes = isinstance(read.cursor, ByTime | Whole)
        self._dial: Dial | None = None
        self.begin_at(None)

    def begin_at(self, kept: Any) -> None:
        """Forgets everything and goes on from a kept place; one of other settings is none."""
        try:
            value = unplaced(kept)
        except ValueError:
            value = None
        overlap = self._settings.overlap
        self._seen = Memory(complete=value is None, forgets=not self.read.sweep)
        self._caught_up = False
        match self.read.cursor:
            case ByKey():
                self._place: KeyPlace | TimePlace | None = KeyPlace(value, overlap.total_seconds())
            case ByTime() as cursor:
                self._dial = Dial(cursor, ZoneInfo(self._settings.time_zone))
                known = value if self._dial.instant(value) is not None else None
                self._place = TimePlace(known, overlap, self._dial)
            case Whole() | Outbox():
                self._place = None

    @property
    def kept(self) -> Any:
        """Where to go on, as a position keeps it."""
        return None if self._place is None else placed(self._place.kept)

    @property
    def sweeps(self) -> bool:
        """Whether full looks are a thing of their own here."""
        return self.read.sweep and not isinstance(self.read.cursor, Whole)

    def news(self, says: Says) -> AsyncIterator[Iterable[Item]]:
        """What came since the last look, page by page. A row is noted when it is taken out, so a
        page of which nobody took the rest comes again."""
        match self._place:
            case KeyPlace() as place:
                return self._by_key(place, says)
            case TimePlace() as place:
                return self._by_time(place, says)
            case None:
                return self.sweep(says)

    async def _catch_up(self, place: KeyPlace, says: Says) -> AsyncIterator[Iterable[Item]]:
        """Reads what lies far behind the newest row with a place of its own for each row."""
        behind = self.rows.below_head(place.kept, _SETTLED_PAGES * self._settings.page)
        end = await self._read(
            lambda connection: connection.execute(behind, self._parameters).scalar()
        )
        if end is not None:
            async for rows in self._pages(
                lambda last: self.rows.by_cursor(
                    place.kept if last is None else None, last, self._settings.page, end=end
                )
            ):
                yield self._settled(rows, place, says)
            place.settle(end)
        self._caught_up = True

    def _settled(self, rows: Iterable[Row], place: KeyPlace, says: Says) -> Iterator[Item]:
        for row in rows:
            place.settle(row.at)
            if not self.read.sweep or self._news(row):
                yield self._item(row, says())

    async def _by_key(self, place: KeyPlace, says: Says) -> AsyncIterator[Iterable[Item]]:
        if not self._caught_up:
            async for page in self._catch_up(place, says):
                yield page
        clock = asyncio.get_running_loop().time
        start, head = place.begin(clock()), None
        async for rows in self._pages(
            lambda last: self.rows.by_cursor(start, last, self._settings.page)
        ):
            yield (self._item(row, says()) for row in rows if self._news(row))
            head = rows[-1].at if rows else head
        await asyncio.to_thread(self._seen.turn)
        place.end(head, clock())

    async def _by_time(self, place: TimePlace, says: Says) -> AsyncIterator[Iterable[Item]]:
        start = place.begin(datetime.now(UTC))
        async for rows in self._pages(
            lambda last: self.rows.by_cursor(start, last, self._settings.page)
        ):
            yield self._passed(rows, place, says)
        await asyncio.to_thread(self._seen.turn)

    def _passed(self, rows: Iterable[Row], place: TimePlace, says: Says) -> Iterator[Item]:
        for row in rows:
            instant = place.passed(row.at)
            if self._news(row):
                yield self._item(row, says(), instant)

    async def sweep(self, says: Says) -> AsyncIterator[Iterable[Item]]:
        """Everything there is: what came too late, what changed unnoticed, what is gone."""
        seen, counted = self._seen, self._seen.complete and self._place is not None
        seen.begin()
        async for rows in self._every_row():
            yield self._swept(rows, counted, says)
        async for some in seen.gone():
            yield self._missed(some, counted, says)
        await asyncio.to_thread(seen.end)

    def _swept(self, rows: Iterable[Row], counted: bool, says: Says) -> Iterator[Item]:
        for row in rows:
            if self._news(row):
                self.found_by_sweep += counted
                instant = None if self._dial is None else self._dial.instant(row.at)
                yield self._item(row, says(), instant)

    def _missed(self, some: Iterable[Gone], counted: bool, says: Says) -> Iterator[Item]:
        for gone in some:
            if gone.name is not None and self.read.deleted is not None:
                self.found_by_sweep += counted
                key = f"{self.name}/{gone.ident}/gone/{gone.digest}"
                yield Item(kind=self.read.deleted, key=key, raw=gone.name, position=says())

    async def _every_row(self) -> AsyncIterator[Sequence[Row]]:
        async for rows in self._pages(lambda last: self.rows.by_key(last, self._settings.page)):
            yield rows
        query = self.rows.without_key(self._settings.page)
        found: Sequence[Row] = await self._read(partial(self.rows.fetch, query=query))
        rows = [self.rows.unnamed(row) for row in found]
        await self._seen.look_up([row.ident for row in rows])
        yield rows

    def _news(self, row: Row) -> bool:
        named = None if self.read.deleted is None else partial(self.rows.key_json, row.key)
        return self._seen.note(row.ident, row.digest, named)

    def _item(self, row: Row, position: Position, instant: datetime | None = None) -> Item:
        name = f"{self.name}/{row.ident}"
        # A mirror is kept as PostgreSQL's jsonb, which takes no NUL.
        mirrored = self._changes and row.whole and b"\\u0000" not in row.raw
        return Item(
            kind=self._kind,
            key=f"{name}/{row.digest}",
            raw=row.raw,
            position=position,
            mirror=name if mirrored else None,
            occurred_at=instant,
        )

    async def _pages(self, query: Callable[[Row | None], Query]) -> AsyncIterator[Sequence[Row]]:
        async with aclosing(ahead(self._fetching(query))) as pages:
            async for rows in pages:
                await self._seen.look_up([row.ident for row in rows])
                yield rows

    async def _fetching(
        self, query: Callable[[Row | None], Query]
    ) -> AsyncGenerator[Sequence[Row]]:
        last: Row | None = None
        while True:
            rows: Sequence[Row] = await self._read(partial(self._fetched, query(last)))
            yield rows
            if len(rows) < self._settings.page:
                return
            last = rows[-1]

    def _fetched(self, query: Query, connection: sa.Connection) -> Sequence[Row]:
        """A page; where one row's content fails it, the others are read without that row."""
        try:
            return self.rows.fetch(connection, query)
        except DBAPIError as error:
            if not refused_reading(self.database.verdict(error, connection)):
                raise
        return [self._alone(connection, row) for row in self.rows.places(connection, query)]

    def _alone(self, connection: sa.Connection, row: Row) -> Row:
        try:
            found = self.rows.fetch(connection, self.rows.one(row.key))
        except DBAPIError as error:
            said = self.database.verdict(error, connection)
            return self.rows.unreadable(
                row, f"{said.code}: {said.text}" if said.code else said.text
            )
        return found[0] if found else self.rows.unreadable(row, "The row went while it was read")

    async def _read(self, work: Callable[[sa.Connection], Any]) -> Any:
        return await self.database.read(work, what=f"read {self.name!r}")

    @property
    def _parameters(self) -> dict[str, Any]:
        return dict(self.read.parameters)
