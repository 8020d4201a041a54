"""What quality decides of a held lot closes its inspection, and is told where it lies."""

from collections.abc import Mapping

import pytest

from andon.capabilities.quality import close_inspection, dispose_in_warehouse, dispose_on_floor
from andon.core.connector import Receipt
from andon.core.errors import RejectedError, UnroutedError
from andon.core.message import Command
from andon.core.workflow import Ask, Send, Sleep, Wait, Workflow
from andon.engine.answers import Answer
from andon.model.disposing import DecideUsage, LotDisposed
from andon.model.holding import LockStock, StopUse, Usage
from andon.model.quality import HoldReleased
from tests.unit.capabilities.doing import Doing

LOT = "material-lot/company:A0000001"
TOLD: Mapping[Workflow, Command] = {
    dispose_on_floor: StopUse(lot_id=LOT, reason="porous", usage="scrap"),
    dispose_in_warehouse: LockStock(lot_id=LOT, reason="porous", usage="scrap"),
}
FLOWS = pytest.mark.parametrize("flow", TOLD, ids=lambda flow: flow.name)
DONE, REFUSED = Answer(Receipt(reference="1")), Answer(error=RejectedError("It is not on hold"))


def disposing(flow: Workflow, usage: Usage = "scrap", inspection: str | None = "INS-1") -> Doing:
    disposed = LotDisposed(lot_id=LOT, usage=usage, reason="porous", inspection_id=inspection)
    return Doing(flow, LOT, disposed)


@FLOWS
def test_who_has_it_hears_what_becomes_of_it(flow: Workflow) -> None:
    run = disposing(flow)
    assert run.sends == TOLD[flow]
    run.answer(Send, DONE)
    assert run.live.ended
    assert disposing(flow, "release").live.ended


@FLOWS
def test_who_does_not_hold_it_yet_is_told_again_until_it_is_released(flow: Workflow) -> None:
    run = disposing(flow, "rework")
    run.answer(Send, REFUSED)
    run.answer(Sleep, Answer(None))
    assert run.sends is not None
    run.answer(Send, REFUSED)
    run.answer(Wait, Answer(HoldReleased(lot_id=LOT)))
    assert run.live.ended


@FLOWS
def test_a_decision_that_nobody_took_yet_gives_way_to_the_next(flow: Workflow) -> None:
    run = disposing(flow, "rework")
    run.answer(Send, REFUSED)
    run.answer(Wait, Answer(LotDisposed(lot_id=LOT, usage="scrap")))
    assert run.live.ended
    assert run.sends is None


@pytest.mark.parametrize("usage", ["release", "scrap"])
def test_the_inspection_is_closed_once_and_a_refusal_is_a_question(usage: Usage) -> None:
    run = disposing(close_inspection, usage)
    assert run.sends == DecideUsage(lot_id=LOT, usage=usage)
    run.answer(Send, REFUSED)
    (asks,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert (asks.team, asks.choices) == ("quality", ("try again", "it is decided there"))
    assert "It is not on hold" in asks.text
    run.answer(Ask, Answer("try again"))
    run.answer(Send, DONE)
    assert run.live.ended


def test_rework_and_a_lot_that_nobody_inspected_close_nothing() -> None:
    assert disposing(close_inspection, "rework").live.ended
    assert disposing(close_inspection, "scrap", None).live.ended


@pytest.mark.parametrize(
    "flow", [close_inspection, dispose_in_warehouse], ids=lambda flow: flow.name
)
def test_books_without_inspections_and_a_plant_without_a_warehouse_are_asked_for_nothing(
    flow: Workflow,
) -> None:
    run = disposing(flow)
    run.answer(Send, Answer(error=UnroutedError("No route says where it goes at plant-b.")))
    assert run.live.ended
    assert not run.open
