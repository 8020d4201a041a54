"""The legacy ERP of plant B: a database at a port of its own, with words and a kill of its own."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from andon.connectors.b2mml.orders import OUTBOUND
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.mapping import Known
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.production import CancelOrder, ChangeOrder, DistributeOrder
from andon.sandbox.lab.plant_b import (
    blocked,
    closed,
    confirmed,
    counted,
    decided,
    happened,
    staged,
    take_back,
)  # fmt: skip
from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.lives import planning_b
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE, MachinesB
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.qms import Qms
from andon.sandbox.truth import Arrived, Finished, Made
from andon.sandbox.world import World
from andon.store.server.pidfile import read_pid_file
from tests.integration.plant import until

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
STAGED = "insert into STAGING (XKEY, KIND, ORDNO, ITEM, LOTS) values (%s, %s, %s, 'VALVE', %s)"
CONFIRMED = """insert into STAGING (XKEY, KIND, ORDNO, OPER, QTYM, SCRPM)
values (%s, 'CONFM', %s, 'MAKE', 9000, 1000)"""
ANY_ROW = "insert into STAGING (XKEY, KIND, ORDNO, LOTS) values ('0', %s, %s, %s)"
LOT_ROW = "insert into STAGING (XKEY, KIND, LOTS) values (%s, %s, %s)"
WAITING = "select count(*) from pg_locks where not granted"
MORTAL = """
import asyncio
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.world import World

async def own():
    erp = ErpB(World(1), "http://127.0.0.1:9")
    await erp.start()
    print(erp.environment()["COMPANY_ERP_B_URL"], flush=True)
    print(erp.environment()["COMPANY_ERP_B_PASSWORD"], flush=True)
    print(erp.rows("show data_directory")[0][0], flush=True)
    await asyncio.Event().wait()

asyncio.run(own())
"""


@pytest.fixture
async def erp() -> AsyncIterator[ErpB]:
    erp = ErpB(World(1), "http://127.0.0.1:9")
    await erp.start()
    yield erp
    await erp.stop()


def andon(url: str, password: str) -> psycopg.Connection:
    """As the user that Andon was given."""
    plain = url.replace("+psycopg", "")
    return psycopg.connect(plain, password=password, connect_timeout=5, autocommit=True)


def andon_at(erp: ErpB) -> psycopg.Connection:
    told = erp.environment()
    return andon(told["COMPANY_ERP_B_URL"], told["COMPANY_ERP_B_PASSWORD"])


def test_a_system_that_nobody_started_has_made_nothing_but_its_folder() -> None:
    with pytest.raises(ConnectionError, match="The ERP of plant B does not answer"):
        ErpB(World(1), "http://127.0.0.1:9").release("VALVE", 1)


async def test_it_refuses_what_comes_too_late_or_makes_no_sense(erp: ErpB) -> None:
    number = erp.release("VALVE", 10)
    with pytest.raises(ValueError, match="E4710"):
        erp.change(number, quantity=0)
    erp.change(number, quantity=7, due=date(2026, 3, 9))
    erp.cancel(number)
    for too_late in (erp.cancel, erp.change):
        with pytest.raises(ValueError, match=f"E4712 WORK ORDER {number} HAS STATUS X"):
            too_late(number)
    with andon_at(erp) as db:
        with pytest.raises(psycopg.DatabaseError, match="E4711 WORK ORDER NOT RELEASED"):
            db.execute(STAGED, ("1", "RECPT", number, "V1=7000"))
        erp.reinstate(number)
        db.execute(STAGED, ("1", "RECPT", number, "V1=7000"))
    with pytest.raises(ValueError, match=f"E4713 WORK ORDER {number} HAS POSTINGS"):
        erp.cancel(number)
    assert erp.rows("select STAT, QTYM, DUED from WORKORD") == [("R", 7000, "20260309")]


async def test_who_stages_may_do_nothing_else_and_only_with_its_password(erp: ErpB) -> None:
    url = erp.environment()["COMPANY_ERP_B_URL"]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        andon(url, "guessed")
    with andon_at(erp) as db:
        for theirs in (
            "update WORKORD set STAT = 'C'",
            "delete from STAGING",
            "select * from STOCK",
            "update LOTSTAT set STAT = 'F'",
            "create table MINE (n int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                db.execute(theirs)


async def test_nobody_cancels_an_order_while_its_posting_is_under_way(erp: ErpB) -> None:
    number = erp.release("VALVE", 10)
    with andon_at(erp) as db:
        with db.transaction():
            db.execute(STAGED, ("1", "CLOSE", number, None))
            cancelling = asyncio.create_task(asyncio.to_thread(erp.cancel, number))
            await until(lambda: db.execute(WAITING).fetchone() == (1,))
        with pytest.raises(ValueError, match="E4713"):
            await cancelling


async def test_a_kill_loses_nothing_and_its_screens_say_so_until_it_is_back(erp: ErpB) -> None:
    number, address = erp.release("VALVE", 10), erp.environment()
    with andon_at(erp) as db:
        db.execute(STAGED, ("1", "RECPT", number, "V1=10000"))
    half = andon_at(erp)
    half.execute("begin")
    half.execute(STAGED, ("2", "RECPT", number, "V1=10000"))
    await erp.stop()
    for screen in (lambda: erp.release("VALVE", 5), lambda: erp.cancel(number), erp.batch):
        with pytest.raises(ConnectionError, match="does not answer"):
            screen()
    with pytest.raises(psycopg.OperationalError):
        half.execute("commit")
    half.close()
    await erp.start()
    assert erp.environment() == address
    assert erp.batch() == 1
    assert erp.rows("select ITEM, LOT, QTYM from STOCK") == [("VALVE", "V1", 10000)]
    assert erp.rows("select count(*) from WORKORD") == [(1,)]
    with andon_at(erp) as db:
        db.execute(STAGED, ("3", "CLOSE", number, None))
    assert erp.batch() == 1
    assert erp.rows("select STAT from WORKORD") == [("C",)]
    exports = sorted(erp.exports.glob("in/*.csv"))
    assert [one.read_text("cp1252").count(";V1;10,000;") for one in exports] == [1, 1]


async def test_a_server_that_died_by_itself_is_started_again(erp: ErpB) -> None:
    number = erp.release("VALVE", 10)
    ((data,),) = erp.rows("show data_directory")
    server = read_pid_file(Path(data))
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    await until(lambda: _down(erp))
    await erp.stop()
    await erp.start()
    assert erp.rows("select ORDNO from WORKORD") == [(number,)]


def _down(erp: ErpB) -> bool:
    try:
        erp.rows("select 1")
    except ConnectionError:
        return True
    return False


@pytest.fixture
def sandbox() -> Iterator[subprocess.Popen[str]]:
    """A sandbox of nothing else; it says its ERP's address, password and folder."""
    with subprocess.Popen(
        [sys.executable, "-c", MORTAL], stdout=subprocess.PIPE, text=True
    ) as sandbox:
        yield sandbox
        sandbox.kill()


async def test_a_killed_sandbox_leaves_neither_server_nor_data(
    sandbox: subprocess.Popen[str],
) -> None:
    assert sandbox.stdout
    url, password, data = (sandbox.stdout.readline().strip() for _ in range(3))
    andon(url, password).close()
    sandbox.kill()
    await until(lambda: not Path(data).exists())
    with pytest.raises(psycopg.OperationalError, match="refused"):
        andon(url, password)


def document(command: Command) -> bytes:
    """What Andon puts into the folder of its MES."""
    writer = next(one for one in OUTBOUND if one.command is type(command))
    number = command.local
    request = writer.writes(command, Known(B2mmlSettings(), local=number))
    return document_of(
        request,
        Envelope(bod=f"{request.target}-{number}", sender="ERP-B", created_at=NOON),
        judged=True,
    )


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PCE")


async def test_orders_are_on_the_floor_as_planners_want_them_or_the_floor_has_said_no(
    erp: ErpB,
) -> None:
    mes = MesB(World(1), "http://127.0.0.1:9")
    kept, unwanted, unheard = (erp.release("VALVE", amount) for amount in (10, 12, 5))
    assert decided(erp, mes).lost == 3
    for number, amount in ((kept, pieces(10)), (unwanted, pieces(12))):
        order = DistributeOrder(order_id=number, material_id="VALVE", quantity=amount)
        mes.floor.take(document(order))
    erp.cancel(unheard)
    assert decided(erp, mes).well
    erp.change(kept, quantity=7)
    erp.cancel(unwanted)
    assert (decided(erp, mes).lost, decided(erp, mes).doubled) == (2, 2)
    mes.floor.take(document(CancelOrder(order_id=unwanted)))
    mes.floor.begin(kept)
    late = ChangeOrder(order_id=kept, material_id="VALVE", quantity=pieces(7))
    mes.floor.take(document(late))
    assert mes.floor.refused == {kept}
    assert decided(erp, mes).well


def distributed(erp: ErpB, mes: MesB, amount: int) -> str:
    """An order that the floor has begun."""
    number = erp.release("VALVE", amount)
    order = DistributeOrder(order_id=number, material_id="VALVE", quantity=pieces(amount))
    mes.floor.take(document(order))
    assert mes.floor.begin(number) is not None
    return number


async def test_what_the_floor_refuses_is_taken_back_once_and_wanted_as_it_is_made(
    erp: ErpB,
) -> None:
    mes = MesB(World(1), "http://127.0.0.1:9")
    changed, cancelled, agreed = (distributed(erp, mes, amount) for amount in (10, 12, 5))
    erp.change(changed, quantity=7)
    erp.change(cancelled, quantity=20)
    erp.cancel(cancelled)
    for number, first in ((changed, True), (cancelled, True), (agreed, False), ("B999999", False)):
        assert take_back(erp, mes, f"production-order/erp-b:{number}") is first
        assert not take_back(erp, mes, f"production-order/erp-b:{number}")
    assert not take_back(erp, mes, f"production-order/erp:{changed}")
    rows = erp.rows("select QTYM, STAT from WORKORD order by ORDNO")
    assert rows == [(10_000, "R"), (12_000, "R"), (5_000, "R")]

    erp.change(changed, quantity=7)
    with andon_at(erp) as db:
        db.execute(STAGED, ("1", "RECPT", changed, "V1=10000"))
    assert not take_back(erp, mes, f"production-order/erp-b:{changed}")


async def test_what_its_floor_has_cancelled_is_not_taken_back(erp: ErpB) -> None:
    mes = MesB(World(1), "http://127.0.0.1:9")
    number = erp.release("VALVE", 10)
    order = DistributeOrder(order_id=number, material_id="VALVE", quantity=pieces(10))
    mes.floor.take(document(order))
    erp.cancel(number)
    mes.floor.take(document(CancelOrder(order_id=number)))
    assert not take_back(erp, mes, f"production-order/erp-b:{number}")


async def test_what_the_line_counts_and_its_mes_reports_is_staged_once(erp: ErpB) -> None:
    world = erp.world
    mes, machines = MesB(world, "http://127.0.0.1:9"), MachinesB(world, "http://127.0.0.1:9")
    number = distributed(erp, mes, 10)
    world.truth.born("V1", "VALVE", sound=True)
    made = Made(
        at=NOON, order=number, operation="MAKE", machine=LINE, began=NOON, material="VALVE",
        good=Decimal(9), scrap=Decimal(1), lot="V1", place="B.STORE",
    )  # fmt: skip
    world.truth.happens(made)
    assert counted(machines, mes, erp).lost == 9
    done = Finished(
        at=NOON, order=number, material="VALVE", lot="V1", good=Decimal(9), scrap=Decimal(1)
    )
    world.truth.happens(done)

    def found() -> list[Reckoned]:
        return [
            confirmed(world.truth, erp),
            counted(machines, mes, erp),
            closed(mes, erp),
        ]

    missing, twice = (
        Reckoned(lost=1, doubled=0, out_of_order=0),
        Reckoned(lost=0, doubled=1, out_of_order=0),
    )
    assert found() == [missing] * 3
    for key in ("1", "2"):
        with andon_at(erp) as db:
            db.execute(CONFIRMED, (key, number))
            db.execute(STAGED, (key, "RECPT", number, "V1=9000"))
            db.execute(STAGED, (key, "CLOSE", number, None))
        assert all(one.well for one in found()) if key == "1" else found() == [twice] * 3


async def test_planners_change_and_cancel_some_of_what_they_release_together(erp: ErpB) -> None:
    world = erp.world
    planning_b.begin(world, {"erp-b": erp})
    world.run(world.now() + timedelta(hours=3))
    await erp.stop()
    world.run(world.now() + timedelta(hours=3))
    await erp.start()
    world.run(world.now() + timedelta(hours=6))
    rows = erp.rows("select STAT, count(*)::int from WORKORD group by STAT")
    stands = dict(rows)
    assert stands["X"] >= 5
    assert stands["R"] >= 3 * stands["X"]


def seals(erp: ErpB) -> None:
    erp.world.truth.born("BS1", "SEAL", sound=True)
    erp.world.truth.happens(
        Arrived(
            at=NOON, lot="BS1", material="SEAL", quantity=Decimal(300), place="B.STORE",
            because="opening",
        )
    )  # fmt: skip


async def test_a_row_about_a_lot_blocks_it_with_the_next_batch_and_another_frees_it(
    erp: ErpB,
) -> None:
    seals(erp)
    stock = "select LOT, STAT, QTYM from STOCK left join LOTSTAT using (LOT)"
    with andon_at(erp) as db:
        for row in (("BLOCK", "B000001", "BS1"), ("ISSUE", None, "BS1=1"), ("BLOCK", None, None)):
            with pytest.raises(psycopg.DatabaseError, match=r"E4711|violates check constraint"):
                db.execute(ANY_ROW, row)
        db.execute(LOT_ROW, ("1", "BLOCK", "BS1"))
        db.execute(LOT_ROW, ("2", "BLOCK", "V9"))  # not received yet
        assert erp.rows(stock) == []
        assert erp.batch() == 2
        assert erp.rows(stock) == [("BS1", "B", 300_000)]
        # what went in is booked all the same: it is no more there
        number = erp.release("VALVE", 10)
        db.execute(STAGED.replace("'VALVE'", "'SEAL'"), ("3", "ISSUE", number, "BS1=5000"))
        erp.batch()
        db.execute(LOT_ROW, ("4", "UNBLK", "BS1"))
        erp.batch()
    assert erp.rows(stock) == [("BS1", "F", 295_000)]
    exports = [one.read_text("cp1252") for one in sorted(erp.exports.glob("in/*.csv"))]
    lines = [line for text in exports for line in text.splitlines() if ";BS1;" in line]
    assert [line.split(";")[2:4] for line in lines] == [
        ["300,000", "X"],
        ["295,000", "X"],
        ["295,000", ""],
    ]
    assert {one.subject for one in erp.believes() if one.attribute == "hold"} == {"lot:V9"}


async def test_each_hold_of_its_lots_and_each_release_is_a_row_once_and_in_turn(erp: ErpB) -> None:
    qms = Qms(World(1), "http://127.0.0.1:9")
    qms.place("A1", "of plant A, and none of its business")
    hold = qms.place("BS1", "crack")
    missing, twice = (
        Reckoned(lost=1, doubled=0, out_of_order=0),
        Reckoned(lost=0, doubled=1, out_of_order=0),
    )
    assert blocked(qms, erp) == missing
    with andon_at(erp) as db:
        db.execute(LOT_ROW, ("1", "BLOCK", "BS1"))
        assert blocked(qms, erp).well
        qms.release(hold)
        assert blocked(qms, erp) == missing
        db.execute(LOT_ROW, ("2", "UNBLK", "BS1"))
        assert blocked(qms, erp).well
        qms.release(qms.place("V1", "porous"))
        db.execute(LOT_ROW, ("3", "UNBLK", "V1"))
        db.execute(LOT_ROW, ("4", "BLOCK", "V1"))
        assert blocked(qms, erp) == Reckoned(lost=0, doubled=0, out_of_order=1)
        db.execute(LOT_ROW, ("5", "BLOCK", "BS1"))
        assert blocked(qms, erp) == twice
    assert list(staged(erp)) == list(happened(erp.world.truth)) == []
