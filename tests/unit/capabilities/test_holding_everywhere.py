"""A hold goes to the books, the floor and the warehouse, and a release takes it back from each."""

from collections.abc import Mapping

import pytest

from andon.capabilities.quality import block_held_stock, lock_held_stock, stop_held_use
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError, UnroutedError
from andon.core.message import Command
from andon.core.workflow import Ask, Send, Sleep, Wait, Withdraw, Workflow
from andon.engine.answers import Answer
from andon.model.disposing import LotDisposed
from andon.model.holding import (
    AllowUse,
    BlockStock,
    LockStock,
    StopUse,
    UnblockStock,
    UnlockStock,
    Usage,
)
from andon.model.quality import HoldPlaced, HoldReleased
from tests.unit.capabilities.doing import Doing

LOT = "material-lot/company:A0000001"
PLACED, RELEASED = HoldPlaced(lot_id=LOT, reason="porous"), HoldReleased(lot_id=LOT)
BOTH: Mapping[Workflow, tuple[Command, Command]] = {
    block_held_stock: (BlockStock(lot_id=LOT, reason="porous"), UnblockStock(lot_id=LOT)),
    stop_held_use: (StopUse(lot_id=LOT, reason="porous"), AllowUse(lot_id=LOT)),
    lock_held_stock: (LockStock(lot_id=LOT, reason="porous"), UnlockStock(lot_id=LOT)),
}
FLOWS = pytest.mark.parametrize("flow", BOTH, ids=lambda flow: flow.name)
DONE, REFUSED = Answer(Receipt(reference="1")), Answer(error=RejectedError("No stock is there"))


class Holding(Doing):
    """A run of one of them."""

    def __init__(self, flow: Workflow) -> None:
        super().__init__(flow, LOT, PLACED)

    @property
    def asks(self) -> Ask | None:
        return next((v for v in self.open if isinstance(v, Ask)), None)


@FLOWS
def test_it_is_held_until_the_release_and_free_then(flow: Workflow) -> None:
    hold, free = BOTH[flow]
    run = Holding(flow)
    assert run.sends == hold
    run.answer(Send, DONE)
    assert run.sends is None
    run.answer(Wait, Answer(RELEASED))
    assert run.sends == free
    run.answer(Send, DONE)
    assert run.live.ended


@FLOWS
def test_a_refusal_is_tried_again_by_itself_for_an_hour_and_then_somebody_is_asked(
    flow: Workflow,
) -> None:
    run = Holding(flow)
    for _ in range(11):
        run.answer(Send, REFUSED)
        assert run.asks is None
        run.answer(Sleep, Answer(None))
    run.answer(Send, REFUSED)
    assert run.asks is not None
    assert (run.asks.team, run.asks.choices) == ("quality", ("try again", "nothing is left of it"))
    assert "A0000001 is held" in run.asks.text
    assert "No stock is there" in run.asks.text
    run.answer(Ask, Answer("try again"))
    assert run.sends == BOTH[flow][0]
    run.answer(Send, REFUSED)
    run.answer(Ask, Answer("nothing is left of it"))
    assert run.live.ended


@FLOWS
def test_what_was_never_held_there_is_not_freed(flow: Workflow) -> None:
    run = Holding(flow)
    run.answer(Send, REFUSED)
    run.answer(Wait, Answer(RELEASED))
    assert run.live.ended


@FLOWS
def test_a_refused_release_is_a_question_until_it_is_done(flow: Workflow) -> None:
    run = Holding(flow)
    run.answer(Send, DONE)
    run.answer(Wait, Answer(RELEASED))
    run.answer(Send, REFUSED)
    assert run.asks is not None
    assert "is released" in run.asks.text
    run.answer(Ask, Answer("try again"))
    assert run.sends == BOTH[flow][1]
    run.answer(Send, REFUSED)
    run.answer(Ask, Answer("it is done by hand"))
    assert run.live.ended


def disposed(usage: Usage) -> Answer:
    return Answer(LotDisposed(lot_id=LOT, usage=usage))


@FLOWS
def test_what_is_scrapped_stays_bound_and_waits_for_nothing(flow: Workflow) -> None:
    run = Holding(flow)
    run.answer(Send, DONE)
    run.answer(Wait, disposed("rework"))
    assert not run.live.ended
    assert run.sends is None
    run.answer(Wait, disposed("scrap"))
    assert run.live.ended
    assert run.sends is None


@FLOWS
def test_what_is_reworked_is_free_once_it_is_released(flow: Workflow) -> None:
    run = Holding(flow)
    run.answer(Send, DONE)
    run.answer(Wait, disposed("rework"))
    run.answer(Wait, disposed("release"))
    assert run.sends is None  # the release itself says so
    run.answer(Wait, Answer(RELEASED))
    assert run.sends == BOTH[flow][1]
    run.answer(Send, DONE)
    assert run.live.ended


@FLOWS
def test_what_is_scrapped_before_it_was_held_there_is_held_all_the_same(flow: Workflow) -> None:
    run = Holding(flow)
    run.answer(Send, REFUSED)
    run.answer(Wait, disposed("scrap"))
    assert run.sends == BOTH[flow][0]
    run.answer(Send, REFUSED)
    run.answer(Sleep, Answer(None))
    run.answer(Send, DONE)
    assert run.live.ended


@FLOWS
def test_a_question_that_a_disposition_overtakes_is_withdrawn(flow: Workflow) -> None:
    run = Holding(flow)
    for _ in range(11):
        run.answer(Send, REFUSED)
        run.answer(Sleep, Answer(None))
    run.answer(Send, REFUSED)
    asked = run.asks
    run.answer(Wait, disposed("rework"))
    assert [verb.ask for verb in run.open if isinstance(verb, Withdraw)] == [asked]
    assert run.sends == BOTH[flow][0]


def test_a_plant_without_a_warehouse_locks_nothing_and_nobody_is_asked() -> None:
    run = Holding(lock_held_stock)
    run.answer(Send, Answer(error=UnroutedError("No route says where LockStock goes at plant-b.")))
    assert run.live.ended
    assert not run.open


@pytest.mark.parametrize("flow", [block_held_stock, stop_held_use], ids=lambda flow: flow.name)
def test_a_hold_that_has_no_way_to_books_or_floor_is_a_defect_and_not_passed_over(
    flow: Workflow,
) -> None:
    run = Holding(flow)
    with pytest.raises(DeniedError):
        run.answer(Send, Answer(error=UnroutedError("No route says where it goes at plant-b.")))
