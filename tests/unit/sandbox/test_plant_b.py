"""Plant B in the lab: what its line must be known to do, and what its floor must have."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from andon.connectors.b2mml.orders import OUTBOUND
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.connectors.b2mml.writing import Envelope, document_of
from andon.core.mapping import Known
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.production import CancelOrder, ChangeOrder, DistributeOrder
from andon.sandbox.lab.plant_b import decided, line
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.truth import Broke, Made, Mended, Started, Truth
from andon.sandbox.world import World

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PCE")


@pytest.fixture
def erp() -> ErpB:
    return ErpB(World(1), "http://127.0.0.1:9")


def test_the_erp_of_plant_b_refuses_what_comes_too_late_or_makes_no_sense(erp: ErpB) -> None:
    number = erp.release("VALVE", 10)
    with pytest.raises(ValueError, match="E4710"):
        erp.change(number, quantity=0)
    erp.change(number, quantity=7, due=date(2026, 3, 9))
    erp.cancel(number)
    for too_late in (erp.cancel, erp.change):
        with pytest.raises(ValueError, match=f"E4712 WORK ORDER {number} HAS STATUS X"):
            too_late(number)
    with closing(sqlite3.connect(erp.file)) as db:
        staged = f"insert into STAGING (XKEY, KIND, ORDNO) values ('1', 'CLOSE', '{number}')"
        with pytest.raises(sqlite3.IntegrityError, match="E4711"), db:
            db.execute(staged)
        erp.reinstate(number)
        with db:
            db.execute(staged)
    with pytest.raises(ValueError, match=f"E4713 WORK ORDER {number} HAS POSTINGS"):
        erp.cancel(number)
    assert erp.rows("select STAT, QTYM, DUED from WORKORD") == [("R", 7000, "20260309")]


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


def test_orders_are_on_the_floor_as_planners_want_them_or_the_floor_has_said_no(
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


def made(order: str, good: int, lot: str) -> Made:
    return Made(
        at=NOON, order=order, operation="MAKE", machine=LINE, began=NOON, material="VALVE",
        good=Decimal(good), scrap=Decimal(1), lot=lot, place="B.STORE",
    )  # fmt: skip


def test_a_line_does_what_happened_to_it_last_and_counts_good_pieces_alone() -> None:
    truth = Truth()
    assert line(truth) == ("NotExecuting", 0)
    truth.born("V1", "VALVE", sound=True)
    truth.happens(Started(at=NOON, order="1", machine=LINE))
    assert line(truth) == ("Executing", 0)
    truth.happens(made("1", 7, "V1"))
    assert line(truth) == ("NotExecuting", 7)
    truth.happens(Broke(at=NOON, machine=LINE, cause="jam"))
    truth.happens(Broke(at=NOON, machine="LINE1", cause="jam"))
    truth.happens(Mended(at=NOON, machine="LINE1"))
    assert line(truth) == ("OutOfService", 7)
    truth.happens(Mended(at=NOON, machine=LINE))
    assert line(truth) == ("NotExecuting", 7)
