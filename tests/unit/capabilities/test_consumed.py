"""Consumption of a held lot: what went in is booked, though the books have its lot blocked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.capabilities.production import book_order
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Wait, Withdraw
from andon.engine.answers import Answer
from andon.model.holding import UnblockConsumed
from andon.model.inventory import STOCK_DEFICIT
from andon.model.production import (
    AssignLots,
    ComponentLot,
    ConfirmOperation,
    OperationConfirmed,
    OrderReleased,
)
from tests.unit.capabilities.doing import Doing

ORDER = "production-order/erp:1000001"
FOUR, NONE = Quantity(Decimal(4), "PC"), Quantity(Decimal(0), "PC")
TOOK = ComponentLot(material_id="HOUSING", lot_id="H1", quantity=FOUR)
ISSUE = AssignLots(order_id=ORDER, components=(TOOK,))
BACK = UnblockConsumed(order_id=ORDER, components=(TOOK,))
DONE = Answer(Receipt(reference="4900000001"))
DEFICIT = Answer(error=RejectedError("Deficit of SL Unrestricted-use 4 PC", STOCK_DEFICIT))


def consumed() -> Doing:
    """An order whose floor has said what went in."""
    run = Doing(book_order, ORDER, OrderReleased(order_id=ORDER, material_id="PUMP", planned=FOUR))
    said = OperationConfirmed(
        order_id=ORDER, operation="0010", good=FOUR, scrap=NONE, consumed=(TOOK,)
    )
    run.answer(Wait, Answer(said))
    assert run.sends == ISSUE
    return run


def teams(run: Doing) -> list[str]:
    return [verb.team for verb in run.open if isinstance(verb, Ask)]


def test_what_went_in_before_its_lot_was_blocked_is_given_back_and_issued() -> None:
    run = consumed()
    run.answer(Send, DEFICIT)
    assert run.sends == BACK
    run.answer(Send, DONE)
    assert run.sends == ISSUE
    run.answer(Send, DONE)
    assert isinstance(run.sends, ConfirmOperation)


def test_what_another_order_issued_of_it_is_given_back_once_more_after_a_pause() -> None:
    run = consumed()
    run.answer(Send, DEFICIT)
    for _ in range(10):
        assert run.sends == BACK
        run.answer(Send, DONE)
        assert run.sends == ISSUE
        run.answer(Send, DEFICIT)
        assert run.sends is None
        assert not teams(run)
        (pause,) = [verb for verb in run.open if isinstance(verb, Sleep)]
        assert timedelta() < pause.span <= timedelta(minutes=1)
        run.answer(Sleep, Answer())
    assert run.sends == BACK
    run.answer(Send, DONE)
    run.answer(Send, DONE)
    assert isinstance(run.sends, ConfirmOperation)


def test_what_is_given_back_in_vain_is_a_planners_question_and_looked_at_again() -> None:
    run = consumed()
    run.answer(Send, DEFICIT)
    for _ in range(10):
        run.answer(Send, DONE)
        run.answer(Send, DEFICIT)
        run.answer(Sleep, Answer())
    run.answer(Send, DONE)
    run.answer(Send, DEFICIT)
    assert teams(run) == ["planner"]
    run.answer(Sleep, Answer())
    assert run.sends == ISSUE
    run.answer(Send, DONE)
    assert [type(verb) for verb in run.open] == [Withdraw, Send]


@pytest.mark.parametrize("error", [DeniedError("no route"), RejectedError("Deficit of SL Blocked")])
def test_where_the_lot_is_not_blocked_a_planner_hears_what_the_books_said(
    error: DeniedError | RejectedError,
) -> None:
    run = consumed()
    run.answer(Send, DEFICIT)
    run.answer(Send, Answer(error=error))
    (asked,) = [verb for verb in run.open if isinstance(verb, Ask)]
    assert (asked.team, "Deficit of SL Unrestricted-use 4 PC" in asked.text) == ("planner", True)
    run.answer(Ask, Answer("try again"))
    assert run.sends == ISSUE


def test_any_other_refusal_gives_nothing_back() -> None:
    run = consumed()
    run.answer(Send, Answer(error=RejectedError("Order 1000001 is locked by MILLER", "locked")))
    assert run.sends is None
    assert teams(run) == ["planner"]
    assert not [verb for verb in run.open if isinstance(verb, Sleep)]
    run.answer(Ask, Answer("leave it open"))
    assert isinstance(run.sends, ConfirmOperation)
