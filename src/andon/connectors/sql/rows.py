"""The rows of one read: which query brings them, page by page, and what each holds."""

__all__ = ["Query", "Row", "Rows", "here", "source_columns"]

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, tzinfo
from itertools import repeat
from typing import Any
from urllib.parse import quote

import msgspec
import sqlalchemy as sa

from andon.connectors.sql.dialects import Backend
from andon.connectors.sql.settings import OURS, Outbox, Read, Whole
from andon.connectors.sql.values import json_value, raw_of, raws_of

_MARIADB_TIMESTAMP = 7
_SOURCE = f"{OURS}rows"

Where = sa.ColumnElement[bool]
Column = Sequence[Any]
"""What all rows of a page hold there."""
_START, _END, _PLACE = f"{OURS}start", f"{OURS}end", f"{OURS}place_{{}}"
_AFTER = _PLACE.format(0)


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row: what names it, where it stands, what it says."""

    ident: str
    """Its key's values as text."""
    key: tuple[Any, ...]
    at: Any
    """What stands in the cursor's column."""
    raw: bytes
    digest: str
    whole: bool = True
    """Whether it could be read; else `raw` says what was wrong, in a shape no mapping takes."""


class Query(msgspec.Struct, frozen=True):
    """A statement that is made once, and the values it is executed with this time."""

    statement: sa.Select[Any]
    values: Mapping[str, Any] = {}


def source_columns(connection: sa.Connection, read: Read) -> tuple[str, ...]:
    """Every column of the table, or of what the SELECT returns."""
    every: sa.ColumnClause[Any] = sa.literal_column("*")
    star = sa.select(every).select_from(_origin(read, ())).where(sa.false())
    result: sa.CursorResult[Any] = connection.execute(star, read.parameters)
    with result:
        return tuple(result.keys())


def _origin(read: Read, columns: Sequence[str]) -> sa.FromClause:
    parts: list[sa.ColumnClause[Any]] = [sa.column(name) for name in columns]
    if read.table is not None:
        schema, _, table = read.table.rpartition(".")
        return sa.table(table, *parts, schema=schema or None)
    assert read.select is not None
    text = sa.text(read.select.strip().rstrip(";"))
    return text.columns(*parts).subquery(_SOURCE)


def here(value: Any) -> sa.BindParameter[Any]:
    """A value bound as the driver sees fit: a cast of SQLAlchemy's would keep indexes unused."""
    return sa.bindparam(None, value, type_=sa.types.NullType(), unique=True)


def _later(name: str) -> sa.BindParameter[Any]:
    """The same for a value that comes with each execution."""
    return sa.bindparam(name, type_=sa.types.NullType())


def _after(columns: Sequence[sa.ColumnElement[Any]]) -> list[Where]:
    """After a place in an order of several columns; the first line lets an index be used."""
    place = [_later(_PLACE.format(n)) for n in range(len(columns))]
    steps = [
        sa.and_(*(columns[i] == place[i] for i in range(n)), columns[n] > place[n])
        for n in range(len(columns))
    ]
    return [columns[0] >= place[0], sa.or_(*steps)]


def _placed(place: Sequence[Any]) -> dict[str, Any]:
    return {_PLACE.format(n): value for n, value in enumerate(place)}


class Rows:
    """One read's queries. Pure but for the connection it is given."""

    def __init__(
        self,
        read: Read,
        columns: Sequence[str],
        *,
        backend: Backend,
        zone: tzinfo,
        times: frozenset[str] = frozenset(),
    ) -> None:
        self._read = read
        self._backend = backend
        self._zone = zone
        self._times = times | frozenset(read.times)
        self._shown = tuple(read.columns or columns)
        cursor = None if isinstance(read.cursor, Whole) else read.cursor.column
        at = () if cursor is None else (cursor,)
        needed = (*self._shown, *read.key, *at)
        self._names = tuple(dict.fromkeys(needed))
        mark = read.cursor.mark if isinstance(read.cursor, Outbox) else None
        held = dict.fromkeys((*needed, mark) if mark else needed)
        self.origin = _origin(read, tuple(held))
        """The table, or the SELECT as a table."""
        self._order = tuple(dict.fromkeys((*at, *read.key)))
        self._statements: dict[object, sa.Select[Any]] = {}
        self._cursor = cursor
        self._keys = [self._names.index(name) for name in read.key]
        self._at = None if cursor is None else self._names.index(cursor)

    def column(self, name: str) -> sa.ColumnElement[Any]:
        """A column of this read's table or SELECT."""
        return self.origin.c[name]

    def by_cursor(self, start: Any, last: Row | None, limit: int, *, end: Any = None) -> Query:
        """The next page in the cursor's order, from `start` to `end`, after the last row."""
        values: dict[str, Any] = {}
        if end is not None:
            values[_END] = end
        if last is not None:
            place = (last.at, *(v for name, v in self._key_of(last) if name != self._order[0]))
            values |= _placed(place)
        elif start is not None:
            values[_START] = start
        return self._page(self._order, values, limit)

    def by_key(self, last: Row | None, limit: int) -> Query:
        """The next page of all rows, in the order of their keys."""
        return self._page(self._read.key, {} if last is None else _placed(last.key), limit)

    def first(self, limit: int, only: Where) -> Query:
        """The first rows in the cursor's order of which this is true."""
        return Query(self._ordered(self._order, set(), limit).where(only))

    def without_key(self, limit: int) -> Query:
        """Rows that nothing names: no page holds them."""
        nothing = sa.or_(*(self.column(name).is_(None) for name in self._read.key))
        return Query(self._whole.where(nothing).limit(limit))

    def below_head(self, after: Any, places: int) -> sa.Select[Any]:
        """The cursor of the row so many places before the newest, if it stands after `after`."""
        assert self._cursor is not None
        column = self.column(self._cursor)
        where = [column.is_not(None), *([] if after is None else [column > here(after)])]
        ordered = sa.select(column).select_from(self.origin).where(*where).order_by(column.desc())
        return ordered.offset(places).limit(1)

    def one(self, key: Sequence[Any]) -> Query:
        """The row of one key."""
        match = [self.column(n) == here(v) for n, v in zip(self._read.key, key, strict=True)]
        return Query(self._whole.where(*match).limit(1))

    def fetch(self, connection: sa.Connection, query: Query) -> list[Row]:
        """What a query of ours returns. Raises DBAPIError."""
        with connection.execute(query.statement, self._values(query)) as result:
            assert result.cursor is not None
            zones = self._zones(result.cursor.description)
            columns = list(zip(*result.fetchall(), strict=True))
        return list(self._rows(columns, zones)) if columns else []

    def places(self, connection: sa.Connection, query: Query) -> list[Row]:
        """The same rows by key and cursor only: what a column computes cannot fail here."""
        few = query.statement.with_only_columns(*(self.column(name) for name in self._bare))
        with connection.execute(few, self._values(query)) as result:
            return [self._bare_row(tuple(row)) for row in result.fetchall()]

    @property
    def _bare(self) -> tuple[str, ...]:
        return (*self._read.key, *([self._cursor] if self._cursor else []))

    def _bare_row(self, values: tuple[Any, ...]) -> Row:
        key = values[: len(self._keys)]
        ident = "/".join(_parts(key, self._zone))
        return Row(ident, key, values[-1] if self._cursor else None, b"", "", False)

    def unreadable(self, row: Row, says: str) -> Row:
        """A row that cannot be read, with the database's words, in a shape no mapping takes."""
        told = {n: json_value(v, self._zone) for n, v in self._key_of(row)}
        raw = msgspec.json.encode([says, told])
        return Row(row.ident, row.key, row.at, raw, _digest(raw), False)

    def unnamed(self, row: Row) -> Row:
        """A row without a key, in a shape that no mapping takes."""
        says = f"{', '.join(self._read.key)} is NULL, so nothing names this row"
        raw = msgspec.json.encode([says, msgspec.Raw(row.raw)])
        return Row(row.ident, row.key, row.at, raw, _digest(raw), False)

    def key_json(self, key: Sequence[Any]) -> bytes:
        """A key alone, as JSON: all that is left of a row that is gone."""
        return raw_of(self._read.key, key, [self._zone] * len(key))

    def _page(self, order: tuple[str, ...], values: Mapping[str, Any], limit: int) -> Query:
        """One statement for all pages that are bounded alike: to make it costs more than a page."""
        shape = (order, tuple(values), limit)
        if (made := self._statements.get(shape)) is None:
            made = self._statements[shape] = self._ordered(order, values.keys(), limit)
        return Query(made, values)

    def _ordered(self, order: Sequence[str], bounds: Set[str], limit: int) -> sa.Select[Any]:
        columns = [self.column(name) for name in order]
        where: list[Where] = [column.is_not(None) for column in columns]
        if _END in bounds:
            where.append(columns[0] <= _later(_END))
        if _START in bounds:
            where.append(columns[0] >= _later(_START))
        if _AFTER in bounds:
            where += _after(columns)
        return self._whole.where(*where).order_by(*columns).limit(limit)

    @property
    def _whole(self) -> sa.Select[Any]:
        columns = [self.column(name) for name in self._names]
        return sa.select(*columns).select_from(self.origin)

    def _values(self, query: Query) -> Mapping[str, Any]:
        return {**self._read.parameters, **query.values}

    def _key_of(self, row: Row) -> list[tuple[str, Any]]:
        return list(zip(self._read.key, row.key, strict=True))

    def _zones(self, description: Sequence[Any]) -> list[tzinfo]:
        """MariaDB's TIMESTAMP is UTC in our sessions; its DATETIME is whatever they write."""
        if self._backend != "mariadb":
            return [self._zone] * len(self._names)
        return [UTC if part[1] == _MARIADB_TIMESTAMP else self._zone for part in description]

    def _rows(self, columns: Sequence[Column], zones: Sequence[tzinfo]) -> Iterator[Row]:
        """What is the same for a whole column is asked of it once."""
        keys = [columns[i] for i in self._keys]
        ats = repeat(None) if self._at is None else self._ats(columns[self._at], zones[self._at])
        raws = list(raws_of(self._shown, map(self._timed, self._shown, columns), zones))
        idents = map("/".join, zip(*(_parts(key, self._zone) for key in keys), strict=True))
        return map(Row, idents, zip(*keys, strict=True), ats, raws, map(_digest, raws))

    def _timed(self, name: str, column: Column) -> Column:
        return [_moment(value) for value in column] if name in self._times else column

    def _ats(self, column: Column, zone: tzinfo) -> Column:
        if self._backend != "mariadb" or zone is not UTC:
            return column
        return [at.replace(tzinfo=UTC) if isinstance(at, datetime) else at for at in column]


def _parts(values: Sequence[Any], zone: tzinfo) -> list[str]:
    """Values of keys as parts of their rows' names."""
    return [str(value) if type(value) is int else _part(value, zone) for value in values]


def _part(value: Any, zone: tzinfo) -> str:
    value = json_value(value, zone)
    if value is None:
        return "~"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode().strip('"')
    return text if text.isascii() and text.isalnum() else quote(text, safe=" :+,._-")


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return value


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=8).hexdigest()
