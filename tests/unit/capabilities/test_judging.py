"""Judging: what contains a held lot is quality's question, in whatever order the words come."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from andon.capabilities.quality import judge_consumed
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Wait, Withdraw
from andon.engine.answers import Answer, Heard
from andon.model.concession import GrantConcession
from andon.model.disposing import LotDisposed
from andon.model.production import ComponentLot, OperationConfirmed, OrderCompleted
from andon.model.quality import HoldPlaced, HoldReleased, PlaceHold, ReleaseHold
from tests.unit.capabilities.doing import Doing

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOT, PUMPS = "material-lot/company:H1", "material-lot/company:A1"
HELD = HoldPlaced(lot_id="H1", reason="porous casting", placed_at=NOON)
FREE = HoldReleased(lot_id="H1", released_at=NOON + 60 * MINUTE)
HOLD, LEAVE = "hold what contains it", "leave it to the hold"
PASS = "let what contains it pass"
DONE = Answer(Receipt(reference="HLD-301"))
NONE = Quantity(Decimal(0), "PC")


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def used(order: str = "7", *, lot: str = "H1", at: datetime = NOON + MINUTE) -> OperationConfirmed:
    part = ComponentLot(material_id="HOUSING", lot_id=lot, quantity=pcs(4))
    return OperationConfirmed(
        order_id=f"production-order/erp:{order}", operation="0010", good=pcs(4), scrap=NONE,
        completed_at=at, consumed=(part,),
    )  # fmt: skip


def made(order: str = "7", lot: str = "A1") -> OrderCompleted:
    return OrderCompleted(
        order_id=f"production-order/erp:{order}", material_id="PUMP", ordered=pcs(4), good=pcs(4),
        scrap=NONE, over=NONE, lot_id=lot,
    )  # fmt: skip


class Judging(Doing):
    """A run that has heard of a hold, and which questions of it stand."""

    def __init__(self, *before: Event) -> None:
        super().__init__(judge_consumed, LOT, HELD)
        self.waits: list[Wait[Event]] = []
        self.asks: list[Ask] = []
        self.asked = 0
        self._note()
        for event in before:
            self.hears(event, earlier=True)

    def hears(self, event: Event, *, earlier: bool = False) -> None:
        at = 0 if earlier else 2
        self.live.hears(Heard(at, at))
        self._take(self.waits.pop().n, Answer(event))

    def answers(self, ask: Ask, answer: str) -> None:
        self.asks.remove(ask)
        self._take(ask.n, Answer(answer))

    def done(self, answer: Answer = DONE) -> None:
        (send,) = [verb for verb in self.open if isinstance(verb, Send)]
        self._take(send.n, answer)

    @property
    def question(self) -> Ask:
        (ask,) = self.asks
        return ask

    def _take(self, n: int, answer: Answer) -> None:
        self.open = self.live.take(n, answer, NOON)
        self._note()

    def _note(self) -> None:
        for verb in self.open:
            match verb:
                case Wait():
                    self.waits = [verb]
                case Ask():
                    self.asks.append(verb)
                case Withdraw(ask=gone):
                    self.asks = [ask for ask in self.asks if ask.n != gone.n]
                case _:
                    pass


@pytest.mark.parametrize("words", list(permutations(["held", "used", "made"])))
def test_in_every_order_of_the_words_there_is_one_question_that_names_what_contains_it(
    words: tuple[str, ...],
) -> None:
    said: dict[str, Event] = {"used": used(), "made": made()}
    place = words.index("held")
    run = Judging(*(said[word] for word in words[:place]))
    for word in words[place + 1 :]:
        run.hears(said[word])
    assert run.question.team == "quality"
    assert run.question.choices == (HOLD, LEAVE, PASS)
    assert "Lot H1 is held (porous casting), and 4 PC of it went into order 7" in run.question.text
    assert "Contained in: A1." in run.question.text
    run.hears(FREE)
    assert not run.asks
    assert run.live.ended


def test_it_is_asked_at_once_and_the_lot_is_named_as_soon_as_it_is_known() -> None:
    run = Judging()
    run.hears(used())
    assert "No lot of the order is known yet" in run.question.text
    run.hears(made())
    assert "Contained in: A1." in run.question.text
    run.hears(made(lot="A1-1"))
    assert "Contained in: A1, A1-1." in run.question.text


def test_what_was_used_before_it_was_held_and_said_before_is_no_case() -> None:
    run = Judging(used(at=NOON - MINUTE), made())
    assert not run.asks
    run.hears(used("8", lot="H2"))
    run.hears(made("8", "A8"))
    assert not run.asks


def test_what_nobody_had_heard_of_is_one_though_it_was_used_before() -> None:
    run = Judging()
    run.hears(used(at=NOON - MINUTE))
    assert run.question


def test_each_order_is_a_question_of_its_own() -> None:
    run = Judging()
    for order in ("7", "8"):
        run.hears(used(order))
        run.hears(made(order, f"A{order}"))
    first, second = run.asks
    assert ("order 7" in first.text, "order 8" in second.text) == (True, True)
    run.answers(first, LEAVE)
    run.hears(made("7", "A7-1"))
    assert run.asks == [second], "an answer stands"
    run.answers(second, HOLD)
    assert isinstance(run.sends, PlaceHold)


def test_what_contains_it_is_held_also_what_is_made_later_and_freed_when_quality_says_so() -> None:
    run = Judging()
    run.hears(used())
    run.answers(run.question, HOLD)
    run.hears(made())
    reason = "lot H1 went into it with order 7: porous casting"
    assert run.sends == PlaceHold(lot_id=PUMPS, reason=reason)
    run.done()
    run.hears(made())
    assert run.sends is None, "it is held"
    run.hears(FREE)
    assert run.sends is None
    assert run.question.choices == ("release what contains it", "keep it held")
    assert "with order 7: A1. Release" in run.question.text
    run.answers(run.question, "release what contains it")
    assert run.sends == ReleaseHold(lot_id=PUMPS, reason="lot H1, which it contains, is free")
    run.done()
    assert run.live.ended


def test_what_contains_it_is_let_pass_also_what_is_made_later() -> None:
    run = Judging(used(), made())
    run.hears(LotDisposed(lot_id="H1", usage="scrap"))
    run.answers(run.question, PASS)
    reason = "lot H1 went into it with order 7"
    assert run.sends == GrantConcession(lot_id=PUMPS, held_lot_id=LOT, reason=reason)
    run.done()
    run.hears(made())
    assert run.sends is None, "it is granted"
    run.hears(made(lot="A1-1"))
    assert isinstance(run.sends, GrantConcession)
    run.done()
    run.hears(FREE)
    assert (run.sends, run.asks, run.live.ended) == (None, [], True)


@pytest.mark.parametrize("answer", ["try again", "leave it bound"])
def test_a_concession_that_is_not_granted_is_a_question(answer: str) -> None:
    run = Judging(used(), made())
    run.answers(run.question, PASS)
    run.done(Answer(error=RejectedError("lot H1 is not held")))
    assert "Lot A1 contains H1 and may pass" in run.question.text
    run.answers(run.question, answer)
    assert (run.sends is None) == (answer == "leave it bound")


def test_what_has_more_against_it_stays_held() -> None:
    run = Judging(used(), made())
    run.answers(run.question, HOLD)
    run.done()
    run.hears(FREE)
    run.answers(run.question, "keep it held")
    assert run.sends is None
    assert run.live.ended


@pytest.mark.parametrize("answer", ["try again", "leave it as it is"])
def test_what_does_not_go_free_is_a_question(answer: str) -> None:
    run = Judging(used(), made())
    run.answers(run.question, HOLD)
    run.done()
    run.hears(FREE)
    run.answers(run.question, "release what contains it")
    run.done(Answer(error=RejectedError("lot A1 is not held")))
    run.answers(run.question, answer)
    assert (run.sends is None) == (answer == "leave it as it is") == run.live.ended


def test_an_older_release_frees_nothing_and_one_that_came_first_does() -> None:
    old = HoldReleased(lot_id="H1", released_at=NOON - MINUTE)
    assert not Judging(old).live.ended
    run = Judging()
    run.hears(old)
    assert not run.live.ended
    run.hears(HoldReleased(lot_id="H1"))
    assert run.live.ended
    assert Judging(FREE).live.ended


def test_a_floor_that_was_cut_off_may_say_it_after_its_lot_was_scrapped() -> None:
    run = Judging(LotDisposed(lot_id="H1", usage="scrap"))
    assert not [verb for verb in run.open if isinstance(verb, Sleep)]
    run.hears(LotDisposed(lot_id="H1", usage="scrap"))
    (rest,) = [verb for verb in run.open if isinstance(verb, Sleep)]
    assert rest.span >= timedelta(hours=8)
    run.hears(used())
    assert run.question
    run.answers(run.question, LEAVE)
    run.open = run.live.take(rest.n, Answer(), NOON)
    assert run.live.ended
