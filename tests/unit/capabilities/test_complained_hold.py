"""A justified complaint: its lot is held once quality says so, and once only."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from andon.capabilities.quality import hold_complained_lot
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer
from andon.model.quality import HoldPlaced, PlaceHold
from andon.model.service import ComplaintDecided
from tests.unit.capabilities.doing import Doing

CASE = "service-case/field-service:FS-1"
DECIDED = ComplaintDecided(
    case_id=CASE, verdict="justified", complaint_id="CMP-1", reason="porous", lot_id="A1"
)
PLACE = PlaceHold(lot_id="A1", reason="porous (complaint CMP-1)")
DONE = Answer(Receipt(reference="HLD-1"))


class Complained(Doing):
    """A run of it."""

    def __init__(self, decided: ComplaintDecided = DECIDED) -> None:
        super().__init__(hold_complained_lot, CASE, decided)

    @property
    def asks(self) -> Ask:
        (ask,) = [verb for verb in self.open if isinstance(verb, Ask)]
        return ask


def test_quality_is_asked_and_nothing_is_held_before_it_says_so() -> None:
    run = Complained()
    assert run.sends is None
    assert (run.asks.team, run.asks.choices) == ("quality", ("hold", "dismiss"))
    assert "complaint CMP-1 of lot A1 is justified: porous. The lot is not held." in run.asks.text
    run.answer(Ask, Answer("hold"))
    assert run.sends == PLACE
    run.answer(Send, DONE)
    assert run.live.ended


def test_a_hold_of_the_lot_closes_the_question_whoever_placed_it() -> None:
    run = Complained()
    run.answer(Wait, Answer(HoldPlaced(lot_id="A1", reason="another complaint")))
    assert run.live.ended
    assert run.sends is None


def test_a_dismissed_one_holds_nothing() -> None:
    run = Complained()
    run.answer(Ask, Answer("dismiss"))
    assert run.live.ended
    assert run.sends is None


@pytest.mark.parametrize(
    "other",
    [{"verdict": "unjustified"}, {"lot_id": None}, {"held": True}],
    ids=["unjustified", "no lot", "held already"],
)
def test_there_is_nothing_to_ask(other: dict[str, Any]) -> None:
    run = Complained(msgspec.structs.replace(DECIDED, **other))
    assert run.live.ended
    assert not run.open


@pytest.mark.parametrize(
    ("says", "ends"), [(["try again"], False), (["try again", "it is held there"], True)]
)
def test_a_refused_hold_is_a_question_in_the_words_of_who_owns_holds(
    says: Sequence[str], ends: bool
) -> None:
    run = Complained()
    run.answer(Ask, Answer("hold"))
    for choice in says:
        run.answer(Send, Answer(error=RejectedError("lot A1 is unknown.")))
        assert "lot A1 is unknown. Mend" in run.asks.text
        run.answer(Ask, Answer(choice))
    assert run.live.ended is ends
    assert (run.sends == PLACE) is not ends
