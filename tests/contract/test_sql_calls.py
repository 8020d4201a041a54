"""One call is one transaction: what is refused, undone, lost, and how each is told."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from andon.connectors.sql import Read, Whole, Write
from andon.core.connector import Request
from andon.core.errors import (
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)
from tests.contract.real.sql import RealDatabase
from tests.contract.sqls import calling, opened, rows, settings_of, table

pytestmark = pytest.mark.asyncio(loop_scope="module")

STOCK = (
    "create table stock (item varchar(9) primary key, qty numeric(9, 2) not null check (qty >= 0))",
    "insert into stock values ('A', 10), ('B', 10)",
)
TAKE = "update stock set qty = qty - :qty where item = :item"
ALL = "select item, qty from stock order by item"
FULL = [("A", Decimal(10)), ("B", Decimal(10))]


@pytest.fixture
def stock(database_server: RealDatabase) -> Iterator[sa.Engine]:
    with table(database_server, "stock", *STOCK) as engine:
        yield engine


def take(item: str, qty: Any = 1, **more: Any) -> Request:
    return Request(target="take", body={"item": item, "qty": qty, **more})


async def test_a_broken_constraint_is_refused_with_sqlstate_and_words(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    async with calling(database_server, take=Write(statement=TAKE)) as sql:
        with pytest.raises(RejectedError, match="stock") as refused:
            await sql.send(take("A", 11), key="k")
    code = {"postgresql": "23514", "mariadb": "23000"}[database_server.name]
    assert refused.value.code == code
    assert rows(stock, ALL) == FULL


async def test_words_of_a_procedure_come_with_its_own_sqlstate(
    database_server: RealDatabase,
) -> None:
    writes = {"confirm": Write(statement="call confirm(:key, :no, 1, 'x', null)")}
    async with calling(database_server, **writes) as sql:
        with pytest.raises(RejectedError) as refused:
            await sql.send(Request(target="confirm", body={"no": "NO-SUCH"}), key="k")
    assert str(refused.value) == "order NO-SUCH is not released"
    assert refused.value.code == {"postgresql": "ERP01", "mariadb": "45001"}[database_server.name]


async def test_a_key_that_somebody_used_meanwhile_is_adopted(
    database_server: RealDatabase,
) -> None:
    find = "select doc_no from confirmations where andon_key = :key"
    write = Write(statement="call confirm(:key, 'PA-1', 1, 'race', null)", find=find)
    request = Request(target="confirm")
    async with (
        calling(database_server, confirm=write) as one,
        calling(database_server, confirm=write) as other,
    ):
        answers = await asyncio.gather(*(sql.send(request, key="race") for sql in (one, other)))
    assert answers[0].reference == answers[1].reference
    assert (await database_server.effects()).count("race") == 1


async def test_too_few_changed_rows_are_refused_and_undone(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    write = Write(statement=TAKE, rows=1)
    async with calling(database_server, take=write) as sql:
        with pytest.raises(RejectedError, match="changed 0 rows, at least 1"):
            await sql.send(take("C"), key="k")
        await sql.send(take("A", 0), key="k")  # matched, though nothing is different


async def test_a_call_that_find_does_not_see_is_undone(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    write = Write(statement=TAKE, find="select item from stock where qty = :hoped")
    async with calling(database_server, take=write) as sql:
        with pytest.raises(RejectedError, match="shows nothing of it"):
            await sql.send(take("A", hoped=1000), key="k")
    assert rows(stock, ALL) == FULL


async def test_lines_and_head_are_one_transaction(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    lines = {"parts": TAKE}
    write = Write(statement="update stock set qty = qty where item = :head", lines=lines)
    async with calling(database_server, take=write) as sql:
        body: dict[str, Any] = {"head": "A", "parts": [{"item": "A", "qty": "1.25"}]}
        await sql.send(Request(target="take", body=body), key="k1")
        assert rows(stock, ALL)[0] == ("A", Decimal("8.75"))
        body["parts"] = [{"item": "A", "qty": 1}, {"item": "B", "qty": 99}]
        with pytest.raises(RejectedError):
            await sql.send(Request(target="take", body=body), key="k2")
        assert rows(stock, ALL) == [("A", Decimal("8.75")), ("B", Decimal(10))]
        body["parts"] = [{"item": "A"}]
        with pytest.raises(MappingError) as unfit:
            await sql.send(Request(target="take", body=body), key="k3")
        assert [fault.at for fault in unfit.value.faults] == ["/qty"]


async def test_a_deadlock_is_undone_and_tried_again(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    lines = {"then": TAKE}
    write = Write(statement="update stock set qty = qty - 1 where item = :first", lines=lines)
    request = Request(target="take", body={"first": "A", "then": [{"item": "B", "qty": 1}]})
    with stock.connect() as other:
        for _ in range(3):  # it weighs more, so that ours is the one to end
            other.exec_driver_sql("update stock set qty = qty + 0.5 where item = 'B'")
        async with calling(database_server, take=write) as sql:
            sending = asyncio.create_task(sql.send(request, key="k"))
            await _waits_for_a_lock(stock, sending)
            crossing = asyncio.create_task(
                asyncio.to_thread(
                    other.exec_driver_sql, "update stock set qty = qty + 3 where item = 'A'"
                )
            )
            with pytest.raises(UnavailableError) as deadlock:
                await sending
            await crossing
            assert deadlock.value.reached
            other.commit()
            assert rows(stock, ALL) == [("A", Decimal(13)), ("B", Decimal("11.5"))]
            await sql.send(request, key="k")
    assert rows(stock, ALL) == [("A", Decimal(12)), ("B", Decimal("10.5"))]


async def test_a_lock_that_is_not_freed_in_time_leaves_nothing_behind(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    settings = settings_of(
        database_server, writes={"take": Write(statement=TAKE)}, timeout=timedelta(seconds=2)
    )
    with stock.connect() as other:
        other.exec_driver_sql("update stock set qty = qty where item = 'A'")
        async with opened(settings) as sql:
            began = time.monotonic()
            with pytest.raises(UnavailableError) as busy:
                await sql.send(take("A"), key="k")
            assert time.monotonic() - began < 2, "the server's limit is shorter than the engine's"
            assert busy.value.reached
            other.rollback()
            await sql.send(take("A"), key="k")
    assert rows(stock, ALL)[0] == ("A", Decimal(9))


async def test_a_connection_lost_in_a_statement_leaves_nothing_behind(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    async with calling(database_server, take=Write(statement=TAKE)) as sql:
        await sql.send(take("B"), key="k0")
        database_server.wire.loses = b"update stock"
        with pytest.raises(UnavailableError) as lost:
            await sql.send(take("A"), key="k")
        assert lost.value.reached, "it counts as an attempt: this very statement may be the cause"
    assert rows(stock, ALL)[0] == ("A", Decimal(10))


async def test_a_connection_lost_in_a_statement_that_commits_itself_is_unknown(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    async with calling(database_server, take=Write(statement=TAKE, commits_itself=True)) as sql:
        await sql.send(take("B"), key="k0")
        database_server.wire.loses = b"update stock"
        with pytest.raises(OutcomeUnknownError):
            await sql.send(take("A"), key="k")


@pytest.mark.parametrize("arrives", [True, False], ids=["answer lost", "commit lost"])
async def test_a_connection_lost_at_the_commit_is_unknown_either_way(
    database_server: RealDatabase, stock: sa.Engine, arrives: bool
) -> None:
    async with calling(database_server, take=Write(statement=TAKE)) as sql:
        await sql.send(take("B"), key="k0")
        if arrives:
            database_server.wire.loses = b"COMMIT"
        else:
            database_server.wire.cuts = b"COMMIT"
        with pytest.raises(OutcomeUnknownError, match="may or may not"):
            await sql.send(take("A"), key="k")
    left = Decimal(9 if arrives else 10)
    assert rows(stock, ALL)[0] == ("A", left)


async def test_a_call_that_is_given_up_before_its_commit_never_happens(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    with stock.connect() as other:
        other.exec_driver_sql("update stock set qty = qty where item = 'A'")
        async with calling(database_server, take=Write(statement=TAKE)) as sql:
            sending = asyncio.create_task(sql.send(take("A"), key="k"))
            await _waits_for_a_lock(stock, sending)
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
            other.rollback()
            await sql.send(take("B"), key="k2")
        await database_server.wire.emptied()
    assert rows(stock, ALL) == [("A", Decimal(10)), ("B", Decimal(9))]


async def test_closing_takes_less_than_a_second_while_a_call_waits(
    database_server: RealDatabase, stock: sa.Engine
) -> None:
    with stock.connect() as other:
        other.exec_driver_sql("update stock set qty = qty where item = 'A'")
        async with calling(database_server, take=Write(statement=TAKE)) as sql:
            sending = asyncio.create_task(sql.send(take("A"), key="k"))
            await _waits_for_a_lock(stock, sending)
            began = time.monotonic()
            await sql.close()
            assert time.monotonic() - began < 1
            with pytest.raises(UnavailableError):
                await sending
        # The server must know that its connection is gone before the table is dropped.
        await database_server.wire.emptied()
        other.rollback()
    assert rows(stock, ALL)[0] == ("A", Decimal(10))


async def test_every_table_column_and_statement_that_does_not_fit_is_named_at_the_start(
    database_server: RealDatabase,
) -> None:
    settings = settings_of(
        database_server,
        reads={
            "lost": Read(table="nowhere", key=("id",), cursor=Whole()),
            "orders": Read(table="orders", key=("no", "pos"), cursor=Whole()),
            "broken": Read(select="select nothing from orders", key=("id",), cursor=Whole()),
        },
        writes={
            "a": Write(statement="insert into nowhere values (:x)"),
            "b": Write(statement="call nobody(:x)"),
            "c": Write(statement="update orders set colour = :x where order_no = :y"),
            "d": Write(statement="update orders set qty = :x", find="selec 1 where :key = ''"),
        },
    )
    with pytest.raises(SettingsError) as wrong:
        async with opened(settings):
            pass
    assert [fault.at for fault in wrong.value.faults] == [
        "reads.lost.table",
        "reads.orders.key",
        "reads.orders.key",
        "reads.broken.select",
        "writes.a.statement",
        "writes.b.statement",
        "writes.c.statement",
        "writes.d.find",
    ]
    assert "nobody" in str(wrong.value)
    assert "colour" in str(wrong.value)


async def test_a_zone_that_the_server_does_not_know_is_a_setting(
    database_server: RealDatabase,
) -> None:
    writes = {"take": Write(statement="update orders set qty = :qty")}
    settings = settings_of(database_server, writes=writes, time_zone="Asia/Tokyo")
    if database_server.name == "postgresql":  # it brings its own
        async with opened(settings):
            return
    with pytest.raises(SettingsError, match="time zone: 'Asia/Tokyo'"):
        async with opened(settings):
            pass


async def test_a_moment_is_the_same_one_in_columns_with_and_without_zone(
    database_server: RealDatabase,
) -> None:
    bare = "timestamp" if database_server.name == "postgresql" else "datetime"
    zoned = "timestamptz" if database_server.name == "postgresql" else "timestamp"
    made = f"create table clock (id int primary key, bare {bare}, zoned {zoned} null)"
    write = Write(
        statement="insert into clock values (1, :at, :at)",
        find="select bare, zoned from clock where :key <> ''",
    )
    with table(database_server, "clock", made) as engine:
        async with calling(database_server, write=write) as sql:
            noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
            receipt = await sql.send(Request(target="write", body={"at": noon}), key="k")
            assert str(rows(engine, "select bare from clock")[0][0]) == "2026-07-01 14:00:00"
            for name in ("bare", "zoned"):
                assert datetime.fromisoformat(receipt.body[name]) == noon
            found = await sql.find(Request(target="write"), key="k")
            assert found is not None
            for name in ("bare", "zoned"):
                assert datetime.fromisoformat(found.body[name]) == noon, name


async def _waits_for_a_lock(engine: sa.Engine, sending: "asyncio.Task[Any]") -> None:
    """Returns once the call waits for somebody else's transaction."""
    asked = (
        "select count(*) from pg_locks where not granted"
        if engine.dialect.name == "postgresql"
        else "select count(*) from information_schema.innodb_lock_waits"
    )
    while rows(engine, asked) == [(0,)]:
        assert not sending.done(), sending.result()
        await asyncio.sleep(0.15)  # InnoDB shows old news to whoever asks more often
