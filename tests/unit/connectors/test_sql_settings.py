"""Mistakes in the settings are found without a database, all at once; values fit their names."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from andon.connectors.sql import ByTime, Outbox, Read, SqlSettings, Whole, Write
from andon.connectors.sql.dialects import address, bindable
from andon.connectors.sql.faults import names_in, settings_faults
from andon.connectors.sql.said import refused_reading, verdict
from andon.connectors.sql.values import Unread, bound, raw_of
from andon.core.errors import MappingError
from andon.core.quantity import Quantity

RIGHT = SqlSettings(url="sqlite:////tmp/erp.db")


def places(**told: Any) -> list[str]:
    return [fault.at for fault in settings_faults(msgspec.structs.replace(RIGHT, **told))]


def test_settings_without_mistakes() -> None:
    read = Read(table="erp.orders", key=("no",), cursor=ByTime(column="changed"))
    assert places(reads={"orders": read}) == []


def test_all_mistakes_are_found_at_once() -> None:
    reads = {
        "both": Read(table="t", select="select 1", key=("a",), cursor=Whole()),
        "select": Read(select="select :a", parameters={"b": 1}, key=(), cursor=Whole()),
        "time": Read(table="t", columns=("a",), key=("a",), cursor=ByTime(column="at")),
        "box": Read(select="select 1", key=("a",), cursor=Outbox(column="a"), deleted="gone"),
        "state": Read(table="t", key=("a",), cursor=Outbox(column="a", new="N")),
        "unswept": Read(table="t", key=("a",), cursor=Whole(), deleted="x", sweep=False),
        "ours": Read(
            select="select :andon_end", parameters={"andon_end": 1}, key=("a",), cursor=Whole()
        ),
    }
    writes = {"w": Write(statement=" ", find="select 1", lines={"parts": ""})}
    assert places(
        reads=reads, writes=writes, time_zone="Mars/Base", poll_every=timedelta(0), page=0
    ) == [
        "time_zone", "poll_every", "page",
        "reads.both", "reads.select.key", "reads.select.parameters.a",
        "reads.select.parameters.b", "reads.time.columns", "reads.box", "reads.box.deleted",
        "reads.state.cursor", "reads.unswept.deleted", "reads.ours.parameters.andon_end",
        "writes.w.statement", "writes.w.lines.parts", "writes.w.find",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("erp", "no address"),
        ("cobol://erp", "knows no cobol"),
        ("postgresql+psycopg://a:secret@erp/erp", "move it to the setting"),
        ("postgresql+psycopg://a@erp/erp?password=secret", "move it to the setting"),
        ("postgresql+asyncpg://erp/erp", "asynchronous"),
        ("mysql+mysqldb://erp/erp", "not installed"),
    ],
)
def test_an_address_that_cannot_be_used(url: str, says: str) -> None:
    faults = settings_faults(SqlSettings(url=url))
    assert any(says in fault.says for fault in faults)
    assert "secret" not in str(faults)


def test_names_of_a_statement_are_not_its_casts_and_times() -> None:
    text = (
        "select cast(:a as int), b::int, to_char(at, 'HH24:MI:SS'), b'\\:c' from t where x = :d_1"
    )
    assert names_in(text) == {"a", "d_1"}


def test_a_file_that_is_not_there_is_not_made() -> None:
    found = address(make_url("sqlite:////a folder/erp.db"), None)
    assert found.database == "file:/a%20folder/erp.db"
    assert found.query == {"mode": "rw", "uri": "true"}


def test_a_body_that_does_not_fit_names_every_field() -> None:
    body: dict[str, Any] = {"qty": Quantity(Decimal(1), "PCE"), "list": [1], "unused": {}}
    with pytest.raises(MappingError) as unfit:
        bound(body, frozenset({"qty", "list", "missing", "key"}), "k")
    assert [fault.at for fault in unfit.value.faults] == ["/missing", "/list", "/qty"]
    with pytest.raises(MappingError, match="Andon's own name"):
        bound({"key": 1}, frozenset(), "k")
    with pytest.raises(MappingError, match="no object"):
        bound([1], frozenset(), "k")


@pytest.mark.parametrize(
    ("value", "sqlite", "mariadb"),
    [
        (datetime(2026, 7, 1, 10, tzinfo=UTC), "2026-07-01 12:00:00", "2026-07-01 12:00:00"),
        (Decimal("1.10"), "1.10", "1.10"),
        (timedelta(hours=30), "1 day, 6:00:00", "1 day, 6:00:00"),
    ],
)
def test_values_are_bound_in_the_plants_time_and_without_rounding(
    value: Any, sqlite: str, mariadb: str
) -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert bindable("sqlite", value, zone) == sqlite
    assert str(bindable("mariadb", value, zone)) == mariadb
    assert bindable("postgresql", value, zone) is value


def _scalars() -> st.SearchStrategy[Any]:
    return (
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text()
        | st.binary() | st.decimals() | st.datetimes() | st.dates() | st.times() | st.uuids()
        | st.timedeltas() | st.binary().map(Unread)
    )  # fmt: skip


@given(st.lists(_scalars() | st.lists(_scalars()) | st.dictionaries(st.text(), _scalars())))
def test_whatever_a_database_returns_becomes_json(values: list[Any]) -> None:
    names = [str(n) for n in range(len(values))]
    zone = ZoneInfo("Europe/Berlin")
    row = msgspec.json.decode(raw_of(names, values, [zone] * len(values)))
    assert list(row) == names
    for name, value in zip(names, values, strict=True):
        if value is not None and not isinstance(value, float):
            assert row[name] is not None
        if isinstance(value, datetime):
            assert datetime.fromisoformat(row[name]).utcoffset() is not None
        if type(value) in (str, int, bool):
            assert row[name] == value


def test_a_row_beyond_a_megabyte_keeps_the_digest_of_what_is_long() -> None:
    raw = raw_of(["id", "picture"], [1, b"x" * 2_000_000], [None, None])
    row = msgspec.json.decode(raw)
    assert row["id"] == 1
    assert row["picture"].keys() == {"sha256", "bytes"}


class SaidError(Exception):
    """An error as a driver raises it."""

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args)
        self.__dict__ |= more


@pytest.mark.parametrize(
    ("backend", "error", "kind"),
    [
        ("mssql", SaidError(1205, b"deadlock victim"), "transient"),
        ("mssql", SaidError((18456, b"Login failed")), "credentials"),
        ("mssql", SaidError(208, b"Invalid object name"), "settings"),
        ("mssql", SaidError(50001, b"not released"), "refused"),
        ("mssql", SaidError(20004, b"Read from the server failed"), "lost"),
        ("mariadb", SaidError(1213, "Deadlock found"), "transient"),
        ("mariadb", SaidError(2013, "Lost connection"), "lost"),
        ("mariadb", SaidError(1045, "Access denied"), "credentials"),
        ("sqlite", SaidError("database is locked", sqlite_errorname="SQLITE_BUSY"), "transient"),
        ("sqlite", SaidError("readonly", sqlite_errorname="SQLITE_READONLY"), "credentials"),
        ("sqlite", SaidError("disk I/O error", sqlite_errorname="SQLITE_IOERR_WRITE"), "lost"),
        ("postgresql", SaidError('FATAL:  password authentication failed for "x"'), "credentials"),
        ("postgresql", SaidError('FATAL:  database "x" does not exist'), "settings"),
        ("postgresql", SaidError("server closed the connection unexpectedly"), "lost"),
    ],
)
def test_who_acts_next_is_told_from_the_drivers_words(backend: Any, error: Any, kind: str) -> None:
    found = verdict(backend, error)
    assert found.kind == kind
    assert "b'" not in found.text
    assert not (refused_reading(found) and kind != "refused")
