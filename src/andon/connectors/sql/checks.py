"""What the database says about the settings at the start: every table, column and statement."""

__all__ = ["check_writes", "rows_of"]

import re
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from andon.connectors.sql.database import Database
from andon.connectors.sql.faults import names_in
from andon.connectors.sql.rows import Rows, source_columns
from andon.connectors.sql.said import Verdict
from andon.connectors.sql.settings import Outbox, Read, SqlSettings, Whole, Write
from andon.core.errors import Fault

_CALL = re.compile(r"\s*call\s+([\w$.`]+)", re.IGNORECASE)
_ROUTINE = """select count(*) from information_schema.routines
 where routine_name = :name and routine_schema = coalesce(:schema, database())"""
_UNTYPED = (b"42P08", b"42P18")
"""PostgreSQL cannot tell a value's type yet; with the value it can."""
_SQLITE_TIMES = "select name from pragma_table_info(:table) where type like '%time%'"


def rows_of(
    connection: sa.Connection, settings: SqlSettings, database: Database
) -> tuple[Mapping[str, Rows], list[Fault]]:
    """The queries of every read, or all mistakes: tables, columns and SELECTs that do not fit."""
    found: dict[str, Rows] = {}
    faults: list[Fault] = []
    for name, read in settings.reads.items():
        at = f"reads.{name}"
        try:
            columns = source_columns(connection, read)
        except DBAPIError as error:
            faults.append(_fault(f"{at}.{_source(read)}", _said(database, connection, error)))
            continue
        missing = list(_missing(at, read, columns))
        faults += missing
        if not missing:
            found[name] = Rows(
                read,
                columns,
                backend=database.backend,
                zone=ZoneInfo(settings.time_zone),
                times=_times(connection, read, database),
            )
    return found, faults


def check_writes(
    connection: sa.Connection, writes: Mapping[str, Write], database: Database
) -> list[Fault]:
    """Every statement that the database would not take. Nothing is executed."""
    faults: list[Fault] = []
    for name, write in writes.items():
        texts = {"statement": write.statement, "find": write.find or ""}
        texts |= {f"lines.{field}": text for field, text in write.lines.items()}
        for place, text in texts.items():
            if text and (said := _refusal(connection, text, database)) is not None:
                faults.append(_fault(f"writes.{name}.{place}", said))
    return faults


def _source(read: Read) -> str:
    return "table" if read.table is not None else "select"


def _missing(at: str, read: Read, columns: tuple[str, ...]) -> Iterator[Fault]:
    named = {"columns": read.columns, "key": read.key, "times": read.times}
    match read.cursor:
        case Outbox(column=column, mark=mark):
            named["cursor"] = (column, *([mark] if mark else []))
        case Whole():
            pass
        case cursor:
            named["cursor"] = (cursor.column,)
    held = ", ".join(columns)
    for place, names in named.items():
        for name in names:
            if name not in columns:
                yield Fault(f"{at}.{place}", f"there is no column {name!r} ({held})")


def _times(connection: sa.Connection, read: Read, database: Database) -> frozenset[str]:
    """SQLite has no times, only columns that are called so."""
    if database.backend != "sqlite" or read.table is None:
        return frozenset()
    table = read.table.rpartition(".")[2]
    return frozenset(connection.execute(sa.text(_SQLITE_TIMES), {"table": table}).scalars())


def _refusal(connection: sa.Connection, text: str, database: Database) -> Verdict | None:
    match database.backend:
        case "postgresql":
            return _parsed(connection, text)
        case "mariadb":
            return _prepared(connection, text, database)
        case "sqlite":
            return _explained(connection, text, database)
        case "mssql" | "other":
            return None  # seen when first used


def _parsed(connection: sa.Connection, text: str) -> Verdict | None:
    """PostgreSQL's Parse message: it takes procedure calls too, and runs nothing."""
    raw: Any = connection.connection.dbapi_connection
    if not hasattr(raw, "pgconn"):
        return None
    asked = _written(connection, text, "numeric_dollar")
    answer = raw.pgconn.prepare(b"", asked.encode(), None)
    state, words = (answer.error_field(field) or b"" for field in (ord("C"), ord("M")))
    if not state or state in _UNTYPED:
        return None
    return Verdict("settings", state.decode(), words.decode(errors="replace"))


def _written(connection: sa.Connection, text: str, paramstyle: str) -> str:
    """The statement with the marks for values that the database itself knows."""
    make: Any = type(connection.dialect)
    return str(sa.text(text).compile(dialect=make(paramstyle=paramstyle)))


def _prepared(connection: sa.Connection, text: str, database: Database) -> Verdict | None:
    asked = _written(connection, text, "qmark")
    try:
        connection.exec_driver_sql("prepare andon_check from %s", (asked,))
        connection.exec_driver_sql("deallocate prepare andon_check")
    except DBAPIError as error:
        return _said(database, connection, error)
    return _routine(connection, text)


def _routine(connection: sa.Connection, text: str) -> Verdict | None:
    """MariaDB prepares a call of a procedure that is not there."""
    if (called := _CALL.match(text)) is None:
        return None
    schema, _, name = called[1].replace("`", "").rpartition(".")
    there = connection.execute(sa.text(_ROUTINE), {"name": name, "schema": schema or None}).scalar()
    return None if there else Verdict("settings", "42000", f"PROCEDURE {name} does not exist")


def _explained(connection: sa.Connection, text: str, database: Database) -> Verdict | None:
    try:
        nothing = dict.fromkeys(names_in(text))
        connection.execute(sa.text(f"explain {text}"), nothing).close()
    except DBAPIError as error:
        return _said(database, connection, error)
    return None


def _said(database: Database, connection: sa.Connection, error: DBAPIError) -> Verdict:
    found = database.verdict(error, connection)
    if found.kind in ("lost", "transient"):
        raise found.error("The statements cannot be checked") from error
    return found


def _fault(at: str, said: Verdict) -> Fault:
    words = " ".join(said.text.split())
    return Fault(at, f"{words} ({said.code})" if said.code else words)
