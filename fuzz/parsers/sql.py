"""What stands in a database's rows, the times among it, and the positions that a read begins at."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from andon.connectors.sql import SqlSettings
from andon.connectors.sql.database import Database
from andon.connectors.sql.looks import Look
from andon.connectors.sql.moments import Dial
from andon.connectors.sql.outbox import Box
from andon.connectors.sql.reading import Reading
from andon.connectors.sql.rows import Rows
from andon.connectors.sql.settings import ByKey, ByTime, Order, Outbox, Read
from andon.core.connector import Item
from fuzz import Parser

_ZONE = ZoneInfo("Europe/Berlin")
_URL = "sqlite:///file:andon-fuzz?mode=memory&cache=shared&uri=true"
_SETTINGS = SqlSettings(url=_URL, time_zone="Europe/Berlin")
_COLUMNS = ("id", "at", "said")
_CURSORS: dict[str, Order] = {
    "id": ByKey(column="id"),
    "at": ByTime(column="at"),
    "box": Outbox(column="id"),
}
_DIALS = (
    Dial(ByTime(column="at"), _ZONE),
    Dial(ByTime(column="at", format="%Y%m%d%H%M%S"), _ZONE),
    Dial(ByTime(column="at", ticks="ms"), _ZONE),
)
_DATABASE = Database("fuzz", _SETTINGS)
_KEPT = sa.create_engine(_URL, poolclass=sa.StaticPool).connect()
"""The database is there as long as somebody has it open."""


def _looks() -> Sequence[Look | Box]:
    looks: list[Look | Box] = []
    for name, cursor in _CURSORS.items():
        read = Read(table="rows", key=("id",), cursor=cursor, times=("said",))
        rows = Rows(read, _COLUMNS, backend="sqlite", zone=_ZONE)
        kind = Box if isinstance(cursor, Outbox) else Look
        looks.append(kind(name, read, rows, database=_DATABASE, settings=_SETTINGS))
    return looks


_CASTS = {b"\0": "?", b"\1": "cast(? as numeric)"}
"""By what a value begins with: bytes, a number; all else is a text, which may be no UTF-8."""


def _stored(rows: Iterable[bytes]) -> None:
    _KEPT.exec_driver_sql("drop table if exists rows")
    _KEPT.exec_driver_sql("create table rows (id, at, said)")
    for row in rows:
        values = (*row.split(b"|"), b"", b"", b"")[:3]
        places = ", ".join(_CASTS.get(one[:1], "cast(? as text)") for one in values)
        plain = tuple(one[1:] if one[:1] in _CASTS else one for one in values)
        _KEPT.exec_driver_sql(f"insert into rows values ({places})", plain)
    _KEPT.commit()


async def _read(pages: AsyncIterator[Iterable[Item]]) -> list[Item]:
    return [item async for page in pages for item in page]


async def _looked() -> None:
    looks = _looks()
    for look in looks:
        await _read(look.news(lambda: ""))
        look.begin_at(msgspec.json.decode(msgspec.json.encode(look.kept)))
        await _read(look.news(lambda: ""))
        if isinstance(look, Look):
            await _read(look.sweep(lambda: ""))


def _rows(content: bytes) -> None:
    _stored(content.split(b"\n"))
    asyncio.run(_looked())


async def _begun(position: str) -> None:
    looks = _looks()
    await Reading(looks, poll=1.0, sweep=1.0).committed(position)
    kept = msgspec.json.decode(position).get("reads", {}) if position else {}
    for look in looks:
        look.begin_at(kept.get(look.name))
        await _read(look.news(lambda: ""))


def _begins(position: bytes) -> None:
    _stored([b"\0011|2026-05-01T10:00:00|"])
    asyncio.run(_begun(position.decode("utf-8", "replace")))


def _times(text: bytes) -> object:
    said = text.decode("utf-8", "replace")
    values = [said, *(kind(said) for kind in (int, float) if said.isdecimal())]
    return [
        dial.earlier(value, timedelta(minutes=1))
        for dial in _DIALS
        for value in values
        if dial.instant(value) is not None
    ]


PARSERS = (
    Parser(
        "rows",
        _rows,
        [
            b"\0011|2026-05-01T10:00:00|2026-05-01\n\0012|2026-10-25T02:30:00+01:00|Gr\xf6\xdfe",
            b"A-1|\0011766000000|\0\0\xff\nA/2||\0012.5e3",
        ],
    ),
    Parser(
        "position",
        _begins,
        [
            b'{"n":1,"reads":{"id":1,"at":{"at":"2026-05-01T10:00:00Z"},"box":[[1]]}}',
            b'{"n":1,"reads":{"id":{"number":"7"},"at":{"day":"2026-05-01"},"box":[["a"]]}}',
            b'{"n":1,"reads":{"id":{"float":"0x1p3"},"at":"20260501100000"}}',
        ],
    ),
    Parser("time", _times, [b"2026-05-01 10:00:00.5+02:00", b"20260501100000", b"1766000000"]),
)
