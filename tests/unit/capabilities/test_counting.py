"""From the bin to the books: one posting for each difference and each piece thrown away."""

from decimal import Decimal

import msgspec

from andon.capabilities.inventory import adjust_counted, large_differences, post_scrapped
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError
from andon.core.plant import Allow, Approve
from andon.core.quantity import Quantity
from andon.core.record import Actor
from andon.core.workflow import Ask, Send
from andon.engine.answers import Answer
from andon.model.inventory import (
    PostAdjustment,
    PostScrap,
    StockCounted,
    StockScrapped,
)
from tests.unit.capabilities.doing import NOON, Doing

LOT = "material-lot/company:A0000001"
DONE = Answer(Receipt(reference="1"))


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


COUNTED = StockCounted(
    lot_id=LOT, material_id="PUMP", counted=pieces(6), expected=pieces(7), location="warehouse",
    bin="W.03", counted_at=NOON,
)  # fmt: skip
ONE_LESS = PostAdjustment(
    lot_id=LOT, material_id="PUMP", difference=pieces(-1), location="warehouse"
)


def test_a_difference_is_posted_once_and_none_is_not() -> None:
    run = Doing(adjust_counted, LOT, COUNTED)
    assert run.sends == ONE_LESS
    run.answer(Send, DONE)
    assert run.live.ended
    right = msgspec.structs.replace(COUNTED, counted=COUNTED.expected)
    assert Doing(adjust_counted, LOT, right).live.ended


def test_a_refused_difference_is_posted_again_when_somebody_says_so() -> None:
    run = Doing(adjust_counted, LOT, COUNTED)
    run.answer(Send, Answer(error=RejectedError("Deficit of SL Unrestricted-use 1 PC")))
    (ask,) = run.open
    assert isinstance(ask, Ask)
    assert "6 PC of lot A0000001 were counted in W.03 instead of 7 PC" in ask.text
    assert "Deficit" in ask.text
    run.answer(Ask, Answer("post again"))
    assert run.sends == ONE_LESS
    run.answer(Send, DONE)
    assert run.live.ended


def test_a_difference_that_a_person_denies_is_not_posted() -> None:
    run = Doing(adjust_counted, LOT, COUNTED)
    run.answer(Send, Answer(error=DeniedError("denied by pat")))
    assert run.live.ended


def test_only_a_difference_beyond_the_limit_waits_for_a_person_in_either_direction() -> None:
    rule = large_differences(beyond=pieces(2), team="warehouse")

    def asks(difference: Quantity) -> bool:
        command = msgspec.structs.replace(ONE_LESS, difference=difference)
        decision = rule.decides(command, Actor("count"))
        assert isinstance(decision, Allow | Approve)
        return isinstance(decision, Approve)

    assert [asks(pieces(n)) for n in (-3, -2, 2, 3)] == [True, False, False, True]
    assert asks(Quantity(Decimal(1), "PAL"))


def test_what_is_thrown_away_is_posted_with_its_reason() -> None:
    scrapped = StockScrapped(
        lot_id=LOT, material_id="PUMP", quantity=pieces(2), location="warehouse", bin="W.03",
        reason="dropped",
    )  # fmt: skip
    run = Doing(post_scrapped, LOT, scrapped)
    assert run.sends == PostScrap(
        lot_id=LOT, material_id="PUMP", quantity=pieces(2), location="warehouse", reason="dropped"
    )
    run.answer(Send, Answer(error=RejectedError("Deficit")))
    ask, _ = run.open
    assert isinstance(ask, Ask)
    assert "2 PC of lot A0000001 were thrown away in W.03" in ask.text
    run.answer(Ask, Answer("it is posted"))
    assert run.live.ended
