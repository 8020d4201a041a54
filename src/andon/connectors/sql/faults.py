"""Mistakes in the settings that show without the database, all of them at once."""

__all__ = ["names_in", "settings_faults", "text_of"]

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from andon.connectors.sql.settings import OURS, ByTime, Outbox, Read, SqlSettings, Write
from andon.core.errors import Fault

_SECRETS = {"password", "passwd", "pwd", "sslpassword", "ssl_key_password"}
_ASYNC = {"aiosqlite", "asyncpg", "aiomysql", "asyncmy", "aioodbc"}


@lru_cache(maxsize=1024)
def text_of(statement: str) -> sa.TextClause:
    """A statement, read once: SQLAlchemy then knows it again."""
    return sa.text(statement)


@lru_cache(maxsize=1024)
def names_in(statement: str) -> frozenset[str]:
    """The `:names` of a statement, as SQLAlchemy reads them."""
    return frozenset(text_of(statement).compile().params)


def settings_faults(settings: SqlSettings) -> list[Fault]:
    """Everything that is wrong whatever the database holds."""
    return [
        *_url_faults(settings.url),
        *_zone_faults(settings.time_zone),
        *_span_faults(settings),
        *(f for name, read in settings.reads.items() for f in _read_faults(f"reads.{name}", read)),
        *(f for name, w in settings.writes.items() for f in _write_faults(f"writes.{name}", w)),
    ]


def _url_faults(text: str) -> Iterator[Fault]:
    try:
        url = make_url(text)
        url.get_dialect()
    except NoSuchModuleError:
        yield Fault("url", f"SQLAlchemy knows no {make_url(text).drivername}; install its dialect")
        return
    except (ArgumentError, ValueError):
        yield Fault("url", "is no address of a database: write dialect+driver://user@host/name")
        return
    if url.password is not None or _SECRETS & set(url.query):
        yield Fault("url", "holds a password: move it to the setting `password`")
    if url.get_driver_name() in _ASYNC:
        yield Fault("url", f"{url.get_driver_name()} is asynchronous; name a synchronous driver")
    yield from _driver_faults(url)


def _driver_faults(url: URL) -> Iterator[Fault]:
    try:
        url.get_dialect().import_dbapi()
    except ImportError as error:
        yield Fault("url", f"its driver is not installed ({error}): pip install 'andon[sql]'")


def _zone_faults(name: str) -> Iterator[Fault]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Fault("time_zone", f"{name!r} is no time zone: write a name such as Europe/Berlin")


def _span_faults(settings: SqlSettings) -> Iterator[Fault]:
    for name in ("poll_every", "sweep_every", "look_within"):
        if getattr(settings, name) <= timedelta(0):
            yield Fault(name, "must be longer than nothing")
    if settings.overlap < timedelta(0):
        yield Fault("overlap", "must not be negative")
    for name in ("page", "concurrency"):
        if getattr(settings, name) < 1:
            yield Fault(name, "must be 1 or more")


def _read_faults(at: str, read: Read) -> Iterator[Fault]:
    if (read.table is None) == (read.select is None):
        yield Fault(at, "needs either `table` or `select`")
    if not read.key:
        yield Fault(f"{at}.key", "names no column; say what tells two rows apart")
    if read.select is not None:
        asked, given = names_in(read.select), set(read.parameters)
        for name in sorted(asked - given):
            yield Fault(f"{at}.parameters.{name}", "is used in `select` and has no value")
        for name in sorted(given - asked):
            yield Fault(f"{at}.parameters.{name}", "is not used in `select`")
        for name in sorted(asked & given):
            if name.startswith(OURS):
                yield Fault(f"{at}.parameters.{name}", f"begins with `{OURS}`, as Andon's own do")
    elif read.parameters:
        yield Fault(f"{at}.parameters", "have no meaning without `select`")
    match read.cursor:
        case Outbox():
            yield from _outbox_faults(at, read, read.cursor)
        case ByTime(column=column):
            # Without its time a row that changes there and back would look unchanged.
            if read.columns and column not in read.columns:
                yield Fault(f"{at}.columns", f"must hold {column!r}, which is the cursor")
        case _:
            pass
    if read.deleted is not None and not read.sweep:
        yield Fault(f"{at}.deleted", "only a sweep finds what is gone: set sweep = true")


def _outbox_faults(at: str, read: Read, outbox: Outbox) -> Iterator[Fault]:
    if read.table is None:
        yield Fault(at, "an outbox is a table: rows of a `select` cannot be marked")
    if read.deleted is not None:
        yield Fault(f"{at}.deleted", "rows leave an outbox because we take them")
    if outbox.mark is None and (outbox.new is not None or outbox.taken is not None):
        yield Fault(f"{at}.cursor", "`new` and `taken` need the column `mark`")
    if outbox.mark is not None and outbox.new is not None and outbox.new == outbox.taken:
        yield Fault(f"{at}.cursor", "`new` and `taken` must differ")


def _write_faults(at: str, write: Write) -> Iterator[Fault]:
    texts = {"statement": write.statement, "find": write.find}
    texts |= {f"lines.{field}": text for field, text in write.lines.items()}
    for place, text in texts.items():
        if text is not None and not text.strip():
            yield Fault(f"{at}.{place}", "is empty")
    if write.find is not None and not names_in(write.find):
        yield Fault(f"{at}.find", "names neither :key nor a field, so it would find any call")
