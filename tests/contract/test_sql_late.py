"""Rows whose transaction ends late, on real databases: none is passed over."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from andon.connectors.sql import ByKey, ByTime, Outbox
from tests.contract.real.sql import RealDatabase
from tests.contract.sqls import QUICK, read_of, reading, rows, run, serial, settings_of, table

pytestmark = pytest.mark.asyncio(loop_scope="module")

CURSORS = [ByKey(column="id"), ByTime(column="changed")]


def moves(server: RealDatabase) -> str:
    return (
        f"create table moves (id {serial(server)} primary key, what varchar(9),"
        " changed timestamp(6) default current_timestamp(6))"
    )


def insert(connection: sa.Connection, what: str) -> None:
    connection.exec_driver_sql(f"insert into moves (what) values ('{what}')")


@pytest.mark.parametrize("cursor", CURSORS, ids=["key", "time"])
async def test_a_row_that_is_committed_after_later_ones_is_read(
    database_server: RealDatabase, cursor: ByKey | ByTime
) -> None:
    settings = settings_of(database_server, reads={"moves": read_of(table="moves", cursor=cursor)})
    with (
        table(database_server, "moves", moves(database_server)) as engine,
        engine.connect() as slow,
        engine.connect() as slower,
    ):
        insert(slow, "slow")
        insert(slower, "slower")
        run(engine, "insert into moves (what) values ('quick')")
        async with reading(settings) as (sql, reader):
            await reader.until("what", ["quick"])
            run(engine, "insert into moves (what) values ('next')")
            await reader.until("what", ["quick", "next"])
            slow.commit()
            await reader.until("what", ["quick", "next", "slow"])
            assert sql.found_by_sweep == 0
        # Also by one that begins where this one ended.
        slower.commit()
        async with reading(settings, reader.position) as (sql, again):
            await again.until("what", ["slow", "slower", "quick", "next"])
            assert sql.found_by_sweep == 0


@pytest.mark.parametrize("cursor", CURSORS, ids=["key", "time"])
async def test_a_row_later_than_the_overlap_is_found_by_the_sweep_and_counted(
    database_server: RealDatabase, cursor: ByKey | ByTime
) -> None:
    settings = settings_of(
        database_server,
        reads={"moves": read_of(table="moves", cursor=cursor)},
        overlap=timedelta(milliseconds=50),
        sweep_every=timedelta(milliseconds=700),
    )
    with (
        table(database_server, "moves", moves(database_server)) as engine,
        engine.connect() as slow,
    ):
        insert(slow, "slow")
        async with reading(settings) as (sql, reader):
            for n in range(8):
                run(engine, f"insert into moves (what) values ('{n}')")
                await reader.until("what", [str(m) for m in range(n + 1)])
                await _beat()
            slow.commit()
            await reader.until("what", [*map(str, range(8)), "slow"])
            assert sql.found_by_sweep == 1


async def test_a_place_that_became_safe_by_waiting_is_said_with_a_repeat(
    database_server: RealDatabase,
) -> None:
    settings = settings_of(
        database_server,
        reads={"moves": read_of(table="moves", cursor=ByKey(column="id"))},
        overlap=timedelta(milliseconds=100),
    )
    with table(database_server, "moves", moves(database_server)) as engine:
        run(engine, "insert into moves (what) values ('a'), ('b'), ('c')")
        async with reading(settings) as (_, reader):
            await reader.until("what", ["a", "b", "c"])
            while '"moves":3' not in reader.position:
                await _beat()
        async with reading(settings, reader.position) as (_, again):
            run(engine, "insert into moves (what) values ('d')")
            await again.until("what", ["c", "d"])


async def test_only_what_was_committed_leaves_an_outbox(database_server: RealDatabase) -> None:
    cursor = Outbox(column="id", mark="state", new="N", taken="Y")
    settings = settings_of(database_server, reads={"out": read_of(table="out_", cursor=cursor)})
    made = (
        f"create table out_ (id {serial(database_server)} primary key, what varchar(9),"
        " state char(1) default 'N')"
    )
    left = "select what, state from out_ order by id"
    with table(database_server, "out_", made) as engine, engine.connect() as slow:
        slow.exec_driver_sql("insert into out_ (what) values ('slow')")
        run(engine, "insert into out_ (what) values ('a'), ('b')")
        async with reading(settings) as (sql, reader):
            await reader.until("what", ["a", "b"])
            assert rows(engine, left) == [("a", "N"), ("b", "N")]
            slow.commit()
            await sql.committed(reader.items[1].position or "")
            assert rows(engine, left)[1:] == [("a", "Y"), ("b", "Y")]
            await reader.until("what", ["a", "b", "slow"])
            assert rows(engine, left)[0] == ("slow", "N"), "never mark what is not in the log"
        # It was read, and Andon was killed before it was committed: it comes again.
        async with reading(settings, reader.items[1].position or "") as (sql, again):
            await again.until("what", ["slow"])
            await sql.committed(again.position)
            assert rows(engine, left) == [("slow", "Y"), ("a", "Y"), ("b", "Y")]


MODES = {
    "deleted": (Outbox(column="id"), []),
    "flag": (Outbox(column="id", mark="flag", new=0, taken=1), [(1, None), (1, None)]),
    "time": (Outbox(column="id", mark="taken_at"), [(0, True), (0, True)]),
}


@pytest.mark.parametrize("mode", MODES)
async def test_an_outbox_marks_by_flag_or_time_or_deletes(
    database_server: RealDatabase, mode: str
) -> None:
    cursor, left = MODES[mode]
    made = (
        f"create table out_ (id {serial(database_server)} primary key, what varchar(9),"
        " flag int default 0, taken_at timestamp null)"
    )
    settings = settings_of(database_server, reads={"out": read_of(table="out_", cursor=cursor)})
    with table(database_server, "out_", made) as engine:
        run(engine, "insert into out_ (what) values ('a'), ('b')")
        async with reading(settings) as (sql, reader):
            await reader.until("what", ["a", "b"])
            await sql.committed(reader.position)
            found = rows(engine, "select flag, taken_at from out_ order by id")
            assert [(flag, None if at is None else True) for flag, at in found] == left
            run(engine, "insert into out_ (what) values ('c')")
            await reader.until("what", ["a", "b", "c"])


async def test_a_deleted_row_is_said_once_two_sweeps_missed_it(
    database_server: RealDatabase,
) -> None:
    read = read_of(table="moves", cursor=ByTime(column="changed"), deleted="gone")
    settings = settings_of(
        database_server, reads={"moves": read}, sweep_every=timedelta(milliseconds=100)
    )
    with table(database_server, "moves", moves(database_server)) as engine:
        run(engine, "insert into moves (what) values ('a'), ('b')")
        async with reading(settings) as (sql, reader):
            await reader.until("what", ["a", "b"])
            run(engine, "delete from moves where what = 'a'")
            while not any(item.kind == "gone" for item in reader.items):
                await _beat()
            (gone,) = {item.key: item for item in reader.items if item.kind == "gone"}.values()
            assert gone.raw == b'{"id":1}'
            assert sql.found_by_sweep == 1


async def _beat() -> None:
    await asyncio.sleep(QUICK.total_seconds())
