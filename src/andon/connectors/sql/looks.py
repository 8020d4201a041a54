"""One read at work: looks for news, and now and then at everything."""

__all__ = ["Look", "Told"]

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from andon.connectors._memory import Gone, Memory
from andon.connectors.sql.database import Database
from andon.connectors.sql.moments import Dial
from andon.connectors.sql.places import KeyPlace, TimePlace
from andon.connectors.sql.rows import Row, Rows
from andon.connectors.sql.said import refused_reading
from andon.connectors.sql.settings import ByKey, ByTime, Outbox, Read, SqlSettings, Whole
from andon.connectors.sql.values import placed, unplaced
from andon.core.connector import Item

_SETTLED_PAGES = 10
"""At the first start rows so many pages behind the newest count as settled."""


class Told(msgspec.Struct, frozen=True, gc=False):
    """An item without its position, and whether a position may be said with it."""

    item: Item
    says: bool = True


class _Page(msgspec.Struct, frozen=True):
    """Rows as a query brought them, and the digests of those that were seen before."""

    rows: Sequence[Row]
    known: Mapping[str, str]


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

    def news(self) -> AsyncIterator[Iterable[Told]]:
        """What came since the last look, page by page. A row is noted when it is taken out, so a
        page of which nobody took the rest comes again."""
        match self._place:
            case KeyPlace() as place:
                return self._by_key(place)
            case TimePlace() as place:
                return self._by_time(place)
            case None:
                return self.sweep()

    async def _catch_up(self, place: KeyPlace) -> AsyncIterator[Iterable[Told]]:
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
                yield self._settled(rows, place)
            place.settle(end)
        self._caught_up = True

    def _settled(self, rows: Iterable[Row], place: KeyPlace) -> Iterator[Told]:
        for row in rows:
            place.settle(row.at)
            if not self.read.sweep or self._news(row):
                yield Told(self._item(row))

    async def _by_key(self, place: KeyPlace) -> AsyncIterator[Iterable[Told]]:
        if not self._caught_up:
            async for page in self._catch_up(place):
                yield page
        clock = asyncio.get_running_loop().time
        start, head = place.begin(clock()), None
        async for rows in self._pages(
            lambda last: self.rows.by_cursor(start, last, self._settings.page)
        ):
            yield (Told(self._item(row)) for row in rows if self._news(row))
            head = rows[-1].at if rows else head
        await asyncio.to_thread(self._seen.turn)
        place.end(head, clock())

    async def _by_time(self, place: TimePlace) -> AsyncIterator[Iterable[Told]]:
        start = place.begin(datetime.now(UTC))
        async for rows in self._pages(
            lambda last: self.rows.by_cursor(start, last, self._settings.page)
        ):
            yield self._passed(rows, place)
        await asyncio.to_thread(self._seen.turn)

    def _passed(self, rows: Iterable[Row], place: TimePlace) -> Iterator[Told]:
        for row in rows:
            instant = place.passed(row.at)
            if self._news(row):
                yield Told(self._item(row, instant))

    async def sweep(self) -> AsyncIterator[Iterable[Told]]:
        """Everything there is: what came too late, what changed unnoticed, what is gone."""
        seen, counted = self._seen, self._seen.complete and self._place is not None
        seen.begin()
        async for rows in self._every_row():
            yield self._swept(rows, counted)
        async for some in seen.gone():
            yield self._missed(some, counted)
        await asyncio.to_thread(seen.end)

    def _swept(self, rows: Iterable[Row], counted: bool) -> Iterator[Told]:
        for row in rows:
            if self._news(row):
                self.found_by_sweep += counted
                yield Told(
                    self._item(row, None if self._dial is None else self._dial.instant(row.at))
                )

    def _missed(self, some: Iterable[Gone], counted: bool) -> Iterator[Told]:
        for gone in some:
            if gone.name is not None and self.read.deleted is not None:
                self.found_by_sweep += counted
                key = f"{self.name}/{gone.ident}/gone/{gone.digest}"
                yield Told(Item(kind=self.read.deleted, key=key, raw=gone.name))

    async def _every_row(self) -> AsyncIterator[Sequence[Row]]:
        async for rows in self._pages(lambda last: self.rows.by_key(last, self._settings.page)):
            yield rows
        query = self.rows.without_key(self._settings.page)
        yield self._turned_to(await self._read(partial(self._unnamed, query)))

    def _unnamed(self, query: sa.Select[Any], connection: sa.Connection) -> _Page:
        rows = [self.rows.unnamed(row) for row in self.rows.fetch(connection, query)]
        return _Page(rows, self._seen.known([row.ident for row in rows]))

    def _turned_to(self, page: _Page) -> Sequence[Row]:
        self._seen.turn_to(page.known)
        return page.rows

    def _news(self, row: Row) -> bool:
        return self._seen.note(row.ident, row.digest, partial(self._name_of, row))

    def _name_of(self, row: Row) -> bytes | None:
        return None if self.read.deleted is None else self.rows.key_json(row.key)

    def _item(self, row: Row, instant: datetime | None = None) -> Item:
        changes = isinstance(self.read.cursor, ByTime | Whole)
        # A mirror is kept as PostgreSQL's jsonb, which takes no NUL.
        mirrored = changes and row.whole and b"\\u0000" not in row.raw
        return Item(
            kind=self.read.kind or self.name,
            key=f"{self.name}/{row.ident}/{row.digest}",
            raw=row.raw,
            mirror=f"{self.name}/{row.ident}" if mirrored else None,
            occurred_at=instant,
        )

    async def _pages(
        self, query: Callable[[Row | None], sa.Select[Any]]
    ) -> AsyncIterator[Sequence[Row]]:
        last: Row | None = None
        while True:
            page: _Page = await self._read(partial(self._page, query(last)))
            yield self._turned_to(page)
            if len(page.rows) < self._settings.page:
                return
            last = page.rows[-1]

    def _page(self, query: sa.Select[Any], connection: sa.Connection) -> _Page:
        rows = self._fetched(query, connection)
        return _Page(rows, self._seen.known([row.ident for row in rows]))

    def _fetched(self, query: sa.Select[Any], connection: sa.Connection) -> Sequence[Row]:
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
