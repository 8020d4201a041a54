"""From the line to the shelf: tasks and inspections for what was made, one posting per carrying."""

from decimal import Decimal

import msgspec
import pytest

from andon.capabilities.inventory import post_moved, put_away
from andon.capabilities.quality import inspect_output
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Withdraw, Workflow
from andon.engine.answers import Answer
from andon.model.inventory import PostTransfer, PutAway, StockMoved
from andon.model.production import OrderCompleted
from andon.model.quality import RequestInspection
from tests.unit.capabilities.doing import Doing

ORDER, LOT = "production-order/erp:1000001", "material-lot/company:A0000001"
FIVE, NONE = Quantity(Decimal(5), "PC"), Quantity(Decimal(0), "PC")
MADE = OrderCompleted(
    order_id=ORDER, material_id="PUMP", ordered=FIVE, good=FIVE, scrap=NONE, over=NONE, lot_id=LOT
)
MOVED = StockMoved(
    lot_id=LOT, material_id="PUMP", quantity=FIVE, origin="production", destination="warehouse"
)
DEFICIT = Answer(error=RejectedError("Deficit of SL Unrestricted-use 5 PC"))
DONE = Answer(Receipt(reference="1"))


TASK = PutAway(lot_id=LOT, material_id="PUMP", quantity=FIVE)
LOOK = RequestInspection(inspection_id="I-A0000001", material_id="PUMP", order_id=ORDER, lot_id=LOT)


@pytest.mark.parametrize(("flow", "asked"), [(put_away, TASK), (inspect_output, LOOK)])
def test_what_was_made_is_put_away_and_inspected(flow: Workflow, asked: Command) -> None:
    run = Doing(flow, ORDER, MADE)
    assert run.sends == asked
    run.answer(Send, DONE)
    assert run.live.ended


@pytest.mark.parametrize("flow", [put_away, inspect_output])
def test_nothing_good_and_no_lot_need_neither(flow: Workflow) -> None:
    for event in (
        msgspec.structs.replace(MADE, good=NONE),
        msgspec.structs.replace(MADE, lot_id=None),
    ):
        assert Doing(flow, ORDER, event).live.ended


@pytest.mark.parametrize("flow", [put_away, inspect_output])
def test_a_plant_without_a_route_has_none_and_a_refusal_is_a_question(flow: Workflow) -> None:
    run = Doing(flow, ORDER, MADE)
    run.answer(Send, Answer(error=DeniedError("No route says where it goes")))
    assert run.live.ended
    run = Doing(flow, ORDER, MADE)
    run.answer(Send, Answer(error=RejectedError("unknown item")))
    (ask,) = run.open
    assert isinstance(ask, Ask)
    assert "A0000001" in ask.text
    assert "unknown item" in ask.text


def test_each_carrying_is_posted_until_it_is() -> None:
    run = Doing(post_moved, LOT, MOVED)
    posting = PostTransfer(
        lot_id=LOT, material_id="PUMP", quantity=FIVE, origin="production", destination="warehouse"
    )
    assert run.sends == posting
    run.answer(Send, DEFICIT)
    run.answer(Ask, Answer("post again"))
    assert run.sends == posting
    run.answer(Send, DEFICIT)
    run.answer(Ask, Answer("it is posted"))
    assert run.live.ended


def test_a_carrying_that_the_books_refuse_is_posted_by_itself_and_its_question_goes() -> None:
    run = Doing(post_moved, LOT, MOVED)
    run.answer(Send, DEFICIT)
    run.answer(Sleep, Answer(None))
    assert isinstance(run.sends, PostTransfer)
    run.answer(Send, DEFICIT)
    (asked,) = [verb for verb in run.live.left() if isinstance(verb, Ask)]
    run.answer(Sleep, Answer(None))
    assert "Deficit" in asked.text
    run.answer(Send, DONE)
    assert run.live.ended
    assert [verb.ask for verb in run.open if isinstance(verb, Withdraw)] == [asked]


def test_from_bin_to_bin_is_none_of_the_books_business() -> None:
    within = msgspec.structs.replace(MOVED, origin="warehouse")
    assert Doing(post_moved, LOT, within).live.ended
