"""Departure: what the carrier took is posted as gone, and shipping decides about a refusal."""

from andon.capabilities.fulfilment import post_departed
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError
from andon.core.workflow import Ask, Send, Sleep
from andon.engine.answers import Answer
from andon.model.fulfilment import Milestone, MilestonePassed, PostGoodsIssue
from andon.model.holding import UnblockDeparted
from andon.model.inventory import STOCK_DEFICIT
from tests.unit.capabilities.doing import NOON, Doing

GONE = "delivery/erp:80000001"
DEFICIT = Answer(error=RejectedError("Deficit of SL Unrestricted-use 4 PC", STOCK_DEFICIT))


class Departure(Doing):
    """A run that has heard of a milestone."""

    def __init__(self, milestone: Milestone = "departed") -> None:
        passed = MilestonePassed(delivery_id=GONE, milestone=milestone, passed_at=NOON)
        super().__init__(post_departed, GONE, passed)

    @property
    def posts(self) -> bool:
        return self.sends == PostGoodsIssue(delivery_id=GONE)


def test_what_departed_is_posted() -> None:
    run = Departure()
    assert run.posts
    run.answer(Send, Answer(Receipt(reference="80000001")))
    assert run.live.ended


def test_later_milestones_post_nothing() -> None:
    for milestone in ("arrived", "delivered"):
        run = Departure(milestone)
        assert not list(run.open)
        assert run.live.ended


def test_a_refusal_is_a_question_until_it_is_posted() -> None:
    run = Departure()
    for _ in range(2):
        run.answer(Send, Answer(error=RejectedError("Posting only possible in later periods")))
        (asked,) = [verb for verb in run.open if isinstance(verb, Ask)]
        assert asked.team == "shipping"
        assert "erp" not in asked.text.partition("80000001")[0]
        assert "Posting only possible in later periods" in asked.text
        run.answer(Ask, Answer("post again"))
        assert run.posts
    run.answer(Send, Answer(error=RejectedError("locked")))
    run.answer(Ask, Answer("it is posted"))
    assert run.live.ended


def test_a_refusal_is_tried_again_by_itself_and_asks_once() -> None:
    run = Departure()
    refused = Answer(error=RejectedError("has not yet been completely picked"))
    run.answer(Send, refused)
    run.answer(Sleep, Answer())
    assert run.posts
    run.answer(Send, refused)
    assert not [verb for verb in run.open if isinstance(verb, Ask)]  # the first one stands
    run.answer(Sleep, Answer())
    run.answer(Send, Answer(Receipt(reference="80000001")))
    assert run.live.ended


def test_what_left_before_its_lot_was_held_is_given_back_and_posted() -> None:
    run = Departure()
    run.answer(Send, DEFICIT)
    assert run.sends == UnblockDeparted(delivery_id=GONE)
    run.answer(Send, Answer(Receipt(reference="4900000002")))
    assert run.posts
    run.answer(Send, Answer(error=RejectedError("Posting only possible in later periods")))
    assert [verb.team for verb in run.open if isinstance(verb, Ask)] == ["shipping"]
    run.answer(Ask, Answer("post again"))
    run.answer(Send, Answer(Receipt(reference="80000001")))
    assert run.live.ended


def test_what_another_delivery_issued_of_it_is_given_back_once_more_after_a_pause() -> None:
    run = Departure()
    for _ in range(3):
        run.answer(Send, DEFICIT)
        assert run.sends == UnblockDeparted(delivery_id=GONE)
        run.answer(Send, Answer(Receipt(reference="4900000002")))
        assert run.posts
        run.answer(Send, DEFICIT)
        assert not run.sends
        run.answer(Sleep, Answer())
        assert run.posts
    run.answer(Send, Answer(Receipt(reference="80000001")))
    assert run.live.ended


def test_books_that_block_nothing_have_no_route_for_it() -> None:
    run = Departure()
    run.answer(Send, DEFICIT)
    run.answer(Send, Answer(error=DeniedError("no route")))
    assert [verb.team for verb in run.open if isinstance(verb, Ask)] == ["shipping"]
