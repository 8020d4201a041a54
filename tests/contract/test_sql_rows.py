"""What stands in real databases: every type without loss, and bad rows that stop nobody else."""

import asyncio
import time
from datetime import timedelta

import msgspec
import pytest

from andon.connectors.sql import ByKey, ByTime, Read, Whole
from andon.core.errors import MappingError
from tests.contract.real.sql import RealDatabase
from tests.contract.sqls import read_of, reading, run, settings_of, table

pytestmark = pytest.mark.asyncio(loop_scope="module")

_POSTGRES = (
    "create table oddly (id bigint primary key, amount numeric(30, 10), real8 float8,"
    " local_at timestamp, at timestamptz, valid date, content bytea, doc jsonb, tags text[],"
    " uid uuid, span interval, empty text)",
    "insert into oddly values (9007199254740993, 12345678901234567890.0123456789, 'NaN',"
    " '2026-07-01 12:00', '2026-07-01 12:00+00', 'infinity', '\\x00ff', '{\"qty\": 1.10}',"
    " array['a', null], '6f9619ff-8b86-d011-b42d-00cf4fc964ff', '1 month 2 hours', null)",
)
_MARIADB = (
    "create table oddly (id bigint unsigned primary key, amount decimal(30, 10), real8 double,"
    " local_at datetime(3), at timestamp null, valid date, content blob, doc json, flags bit(3),"
    " span time, empty text)",
    "set time_zone = '+00:00'",
    "set sql_mode = ''",
    "insert into oddly values (18446744073709551615, 12345678901234567890.0123456789, 0.1,"
    " '2026-07-01 12:00:00.125', '2026-07-01 12:00:00', '0000-00-00', x'00ff',"
    " '{\"qty\": 1.10}', b'101', '99:00:00', null)",
)

_FAILING = """(select legacy.qty from (select 1 as n union all select 2) as two
 where legacy.qty like '%,%' or two.n = 1)"""


async def test_every_type_becomes_json_without_loss(database_server: RealDatabase) -> None:
    postgres = database_server.name == "postgresql"
    read = read_of(table="oddly", cursor=Whole())
    settings = settings_of(database_server, reads={"oddly": read})
    with table(database_server, "oddly", *(_POSTGRES if postgres else _MARIADB)):
        async with reading(settings) as (_, reader):
            await reader.until("empty", [None])
            (raw,) = {item.raw for item in reader.items}
    row = msgspec.json.decode(raw)
    assert row["amount"] == "12345678901234567890.0123456789"
    assert row["at"] == ("2026-07-01T14:00:00+02:00" if postgres else "2026-07-01T12:00:00Z")
    assert row["content"] == "AP8="
    if postgres:
        assert row["id"] == 9007199254740993
        assert row["real8"] == "NaN"
        assert row["local_at"] == "2026-07-01T12:00:00+02:00"
        assert row["valid"] == "infinity"
        assert b'"doc":{"qty": 1.10}' in raw, "as it is written, not as a binary float"
        assert row["tags"] == ["a", None]
        assert row["span"] == "P1MT2H", "a month stays a month"
        assert row["uid"] == "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
    else:
        assert row["id"] == 18446744073709551615
        assert row["local_at"] == "2026-07-01T12:00:00.125000+02:00"
        assert row["valid"] == "0000-00-00", "what is no date is said as it stands there"
        assert row["doc"] == '{"qty": 1.10}'
        assert row["span"] == "P4DT10800S"


async def test_a_row_that_fails_its_view_is_named_and_the_others_are_read(
    database_server: RealDatabase,
) -> None:
    made = (
        "create table legacy (id int primary key, qty text, changed timestamp default now())",
        "insert into legacy (id, qty) values (1, '5'), (2, '5,0'), (3, '7')",
    )
    postgres = database_server.name == "postgresql"
    # MariaDB casts anything; a subquery of two rows is one of the few things it fails at.
    failing = "cast(qty as numeric)" if postgres else _FAILING
    read = Read(
        select=f"select id, {failing} as pieces, changed from legacy where id > :least",
        parameters={"least": 0},
        key=("id",),
        cursor=ByTime(column="changed"),
    )

    class Row(msgspec.Struct):
        id: int

    with table(database_server, "legacy", *made) as engine:
        async with reading(settings_of(database_server, reads={"legacy": read})) as (_, reader):
            while len({item.key for item in reader.items}) < 3:
                await _beat()
            one, two, three = reader.items[:3]
            assert (one.read(Row).id, three.read(Row).id) == (1, 3)
            with pytest.raises(MappingError):
                two.read(Row)
            words = "invalid input syntax" if postgres else "returns more than 1 row"
            assert words in two.raw.decode()
            assert msgspec.json.decode(two.raw)[1] == {"id": 2}
            run(engine, "update legacy set qty = '5.0', changed = now() where id = 2")
            mended = b'"pieces":"5.0"'
            while not any(mended in item.raw for item in reader.items):
                await _beat()


async def test_rows_without_a_key_or_a_time_are_found_by_the_sweep(
    database_server: RealDatabase,
) -> None:
    made = (
        "create table loose (id int, what varchar(9), changed timestamp null)",
        "insert into loose values (1, 'ok', current_timestamp), (2, 'timeless', null),"
        " (null, 'nameless', current_timestamp)",
    )
    read = read_of(table="loose", cursor=ByTime(column="changed"))
    settings = settings_of(
        database_server, reads={"loose": read}, sweep_every=timedelta(milliseconds=100)
    )
    with table(database_server, "loose", *made):
        async with reading(settings) as (sql, reader):
            while len({item.key for item in reader.items}) < 3:
                await _beat()
            assert sql.found_by_sweep == 2
            nameless = next(i for i in reader.items if b"nameless" in i.raw)
            assert msgspec.json.decode(nameless.raw)[0] == "id is NULL, so nothing names this row"


async def test_a_row_from_the_future_does_not_pull_the_place_along(
    database_server: RealDatabase,
) -> None:
    made = (
        "create table early (id int primary key, changed timestamp null)",
        "insert into early values (1, current_timestamp), (2, '2037-01-01')",
    )
    read = read_of(table="early", cursor=ByTime(column="changed"))
    with table(database_server, "early", *made) as engine:
        async with reading(settings_of(database_server, reads={"early": read})) as (sql, reader):
            await reader.until("id", [1, 2])
            run(engine, "insert into early values (3, current_timestamp)")
            await reader.until("id", [1, 2, 3])
            assert sql.found_by_sweep == 0


async def test_a_name_of_two_columns_pages_through_equal_halves(
    database_server: RealDatabase,
) -> None:
    rows = ", ".join(f"('PA-{n // 3}', {n % 3}, 7)" for n in range(30))
    made = (
        "create table parts (order_no varchar(9), pos int, step int, primary key (order_no, pos))",
        f"insert into parts values {rows}",
    )
    read = Read(table="parts", key=("order_no", "pos"), cursor=ByKey(column="step"))
    with table(database_server, "parts", *made):
        for page in (1, 4, 29, 30, 31):
            settings = settings_of(database_server, reads={"parts": read}, page=page)
            async with reading(settings) as (_, reader):
                while len({item.key for item in reader.items}) < 30:
                    await _beat()
                keys = [item.key.rpartition("/")[0] for item in reader.items]
                assert keys[:30] == [f"parts/PA-{n}/{pos}" for n in range(10) for pos in range(3)]


async def test_closing_takes_less_than_a_second_while_a_view_computes(
    database_server: RealDatabase,
) -> None:
    sleep = "pg_sleep(:long)" if database_server.name == "postgresql" else "sleep(:long)"
    where = "order_no = 'PA-1'"
    slow = f"select order_no, qty from orders where {where} and {sleep} is not null"
    read = Read(select=slow, parameters={"long": 20}, key=("order_no",), cursor=Whole())
    async with reading(settings_of(database_server, reads={"slow": read})) as (sql, _):
        await _until_busy(database_server)
        began = time.monotonic()
        await sql.close()
        assert time.monotonic() - began < 1


async def _until_busy(server: RealDatabase) -> None:
    asked = (
        "select count(*) from pg_stat_activity where state = 'active' and wait_event = 'PgSleep'"
        if server.name == "postgresql"
        else "select count(*) from information_schema.processlist where state = 'User sleep'"
    )
    while int((await server.run(asked))[0][0]) == 0:
        await _beat()


async def _beat() -> None:
    await asyncio.sleep(0.02)
