"""What differs between databases: how a session begins, how it is stopped, what it can bind."""

__all__ = ["Backend", "address", "backend_of", "begin_session", "bindable", "connect_args", "stop"]

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from socket import SHUT_RDWR
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID

import msgspec
from sqlalchemy.engine import URL

from andon.connectors.sql.settings import SqlSettings
from andon.connectors.sql.values import Unread
from andon.core.errors import MappingError

Backend = Literal["postgresql", "mariadb", "mssql", "sqlite", "other"]

_SQLITE_BITS = 63
_DATES = ("timestamptz", "timestamp", "date", "timetz", "time")


def backend_of(url: URL) -> Backend:
    """Which of the databases we know it is."""
    match url.get_backend_name():
        case "postgresql":
            return "postgresql"
        case "mysql" | "mariadb":
            return "mariadb"
        case "mssql":
            return "mssql"
        case "sqlite":
            return "sqlite"
        case _:
            return "other"


def address(url: URL, password: str | None) -> URL:
    """The url with its password. A SQLite file is opened, never made: a typo is no new database."""
    if password is not None:
        url = url.set(password=password)
    file = url.database
    if backend_of(url) == "sqlite" and file and not file.startswith(("file:", ":memory:")):
        return url.set(database=f"file:{quote(file)}").update_query_dict(
            {"mode": "rw", "uri": "true"}
        )
    return url


def connect_args(url: URL, settings: SqlSettings, within: timedelta) -> dict[str, Any]:
    """Time limits in the driver's words, and who we are for the database's own lists."""
    limit = max(2, math.ceil(settings.timeout.total_seconds()))
    longest = math.ceil(within.total_seconds()) + 2
    match url.get_driver_name():
        case "psycopg" | "psycopg2":
            dead = {"keepalives_idle": 30, "tcp_user_timeout": longest * 1000}
            return {"connect_timeout": limit, "application_name": "andon", **dead}
        case "pymysql":
            sockets = {"read_timeout": longest, "write_timeout": longest}
            return {"connect_timeout": limit, "program_name": "andon", **sockets}
        case "pymssql":
            return {"login_timeout": limit, "timeout": longest, "appname": "andon"}
        case "pysqlite":
            return {"timeout": within.total_seconds()}
        case _:
            return {}


def begin_session(
    backend: Backend, raw: Any, *, zone: str, within: timedelta, writes: bool
) -> None:
    """Zone and limits of a new connection; values that the driver would refuse come as text."""
    ms = max(1, int(within.total_seconds() * 1000))
    match backend:
        case "postgresql":
            # Set as one text each: a role's name or a zone is never part of a statement.
            said = [f"set statement_timeout = {ms}", f"set lock_timeout = {ms}"]
            said += ["set intervalstyle = 'iso_8601'"]
            _execute(raw, said)
            _execute(raw, ["select set_config('TimeZone', %s, false)"], (zone,))
            raw.commit()
            if hasattr(raw, "adapters"):
                _lenient(raw.adapters)
        case "mariadb":
            # TIMESTAMP is read in UTC, which has no hour twice; DATETIME has the plant's zone.
            _execute(raw, ["set time_zone = %s"], ("+00:00" if not writes else _offset(zone),))
            _execute(raw, [f"set innodb_lock_wait_timeout = {max(1, ms // 1000)}"])
            with suppress(Exception):  # MySQL has another word for it
                _execute(raw, [f"set max_statement_time = {ms / 1000}"])
        case "mssql":
            _execute(raw, [f"set lock_timeout {ms}", "set xact_abort on"])
            raw.commit()
        case "sqlite":
            raw.text_factory = _text
            if writes:
                raw.isolation_level = None  # we say BEGIN IMMEDIATE ourselves
        case "other":
            pass


def _offset(zone: str) -> str:
    return "+00:00" if zone in ("UTC", "Etc/UTC", "Zulu") else zone


def _execute(raw: Any, statements: Sequence[str], values: tuple[Any, ...] = ()) -> None:
    cursor = raw.cursor()
    try:
        for statement in statements:
            cursor.execute(statement, values) if values else cursor.execute(statement)
    finally:
        cursor.close()


def _text(content: bytes) -> str | Unread:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return Unread(content)


def _lenient(adapters: Any) -> None:
    """`infinity` and years BC stop no page, months stay months, JSON stays as written."""
    from psycopg.adapt import Loader
    from psycopg.types.string import TextLoader

    class Json(Loader):
        def load(self, data: Any) -> msgspec.Raw:
            return msgspec.Raw(bytes(data))

    for name in _DATES:
        adapters.register_loader(name, _forgiving(adapters, name))
    for name in ("json", "jsonb"):
        adapters.register_loader(name, Json)
    adapters.register_loader("interval", TextLoader)


def _forgiving(adapters: Any, name: str) -> type[Any]:
    from psycopg import DataError
    from psycopg.adapt import Loader
    from psycopg.pq import Format

    strict = adapters.get_loader(adapters.types[name].oid, Format.TEXT)

    class Forgiving(Loader):
        def __init__(self, oid: int, context: Any = None) -> None:
            super().__init__(oid, context)
            self._load: Callable[[Any], Any] = strict(oid, context).load

        def load(self, data: Any) -> Any:
            try:
                return self._load(data)
            except DataError:
                return bytes(data).decode()

    return Forgiving


def bindable(backend: Backend, value: Any, zone: tzinfo) -> Any:
    """A value as the driver binds it without changing it."""
    if backend == "postgresql":
        return value  # the session's zone is ours, so an aware time fits either kind of column
    match value:
        case datetime():
            local = value if value.tzinfo is None else value.astimezone(zone).replace(tzinfo=None)
            return local.isoformat(" ") if backend == "sqlite" else local
        case date() | time():
            return value.isoformat() if backend == "sqlite" else value
        case Decimal() | timedelta():
            return str(value) if backend == "sqlite" else value
        case UUID():
            return str(value)
        case int() if backend == "sqlite" and value.bit_length() > _SQLITE_BITS:
            raise MappingError(f"{value} is larger than any integer of SQLite's")
        case _:
            return value


def stop(raw: Any) -> None:
    """Ends what a connection is doing, from another thread; it may be of no use then."""
    with suppress(Exception):
        if hasattr(raw, "interrupt"):
            raw.interrupt()  # SQLite
        elif hasattr(raw, "cancel_safe"):
            raw.cancel_safe(timeout=0.3)  # psycopg; its `cancel` would hold up all threads
        elif (socket := getattr(raw, "_sock", None)) is not None:
            socket.shutdown(SHUT_RDWR)  # PyMySQL has no word for it
