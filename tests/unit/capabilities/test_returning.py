"""Returning: purchasing has damaged goods sent back, and what has left is posted and told."""

import msgspec
import pytest

from andon.capabilities.supply import claim_missing, post_returned
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Event
from andon.core.workflow import Ask, Send, Sleep, Wait, Withdraw
from andon.engine.answers import Answer
from andon.model.returning import (
    AdviseReturn,
    Instead,
    PostReturn,
    RequestReturn,
    ReturnedLot,
    ShipmentReturned,
)
from andon.model.supply import lots_text
from tests.unit.capabilities.doing import NOON
from tests.unit.capabilities.test_supply import (
    BOUGHT,
    DONE,
    PLACED,
    Following,
    announced,
    counted,
    pcs,
)

BACK = ReturnedLot(line="00010", material_id="SEAL", lot_id="L1", quantity=pcs(1))
REFUSED = Answer(error=RejectedError("0 stand aside."))
WENT = ShipmentReturned(
    order_id=BOUGHT,
    shipment_id="S1",
    return_id="R00001",
    supplier_id="ACME",
    instead="replacement",
    returned=(BACK,),
    returned_at=NOON,
)


def _asked(fit: int, damaged: int) -> Following:
    """Purchasing is asked what becomes of it."""
    run = Following(claim_missing(), PLACED)
    for said in (announced(12), counted(fit, damaged)):
        run.answer(Wait, Answer(said))
    run.answer(Send, DONE)
    return run


def _choices(run: Following) -> tuple[str, ...]:
    (ask,) = [verb for verb in run.open if isinstance(verb, Ask)]
    return ask.choices


@pytest.mark.parametrize(
    ("answer", "instead"),
    [
        ("send it back for replacement", "replacement"),
        ("send it back for credit", "credit"),
    ],
)
def test_what_purchasing_has_sent_back_is_asked_of_the_dock_once(
    answer: str, instead: Instead
) -> None:
    run = _asked(9, 1)
    assert "or have what is damaged sent back" in run.question()
    run.answer(Ask, Answer(answer))
    assert run.sent == RequestReturn(
        order_id=BOUGHT, shipment_id="S1", supplier_id="ACME", instead=instead, returned=(BACK,)
    )
    run.answer(Send, DONE)
    assert run.live.ended


def test_what_is_missing_alone_cannot_be_sent_back() -> None:
    run = _asked(11, 0)
    assert _choices(run) == ("it is claimed",)
    assert "sent back" not in run.question()
    run.answer(Ask, Answer("it is claimed"))
    assert run.live.ended


def test_what_is_claimed_stays_where_it_is() -> None:
    run = _asked(11, 1)
    run.answer(Ask, Answer("it is claimed"))
    assert run.live.ended


def test_a_dock_that_does_not_take_it_is_receivings_question() -> None:
    run = _asked(11, 1)
    run.answer(Ask, Answer("send it back for credit"))
    run.answer(Send, REFUSED)
    assert "1 PC of SEAL (lot L1) of S1 shall go back to ACME" in run.question()
    assert "0 stand aside" in run.question()
    run.answer(Ask, Answer("send again"))
    run.answer(Send, REFUSED)
    run.answer(Ask, Answer("it is settled"))
    assert run.live.ended


def _back(went: Event = WENT, *, fetched: bool = False) -> Following:
    return Following(post_returned(fetched_by={"ACME"} if fetched else ()), went)


def test_what_has_left_is_posted_then_told() -> None:
    run = _back()
    assert run.sent == PostReturn(
        order_id=BOUGHT,
        shipment_id="S1",
        return_id="R00001",
        instead="replacement",
        returned=(BACK,),
    )
    run.answer(Send, Answer(Receipt(reference="4900000001")))
    assert run.sent == AdviseReturn(
        order_id=BOUGHT,
        supplier_id="ACME",
        shipment_id="S1",
        return_id="R00001",
        returned_at=NOON,
        returned=(BACK,),
    )
    run.answer(Send, DONE)
    assert run.live.ended


def test_a_supplier_that_fetches_reads_it_with_its_order() -> None:
    run = _back(fetched=True)
    run.answer(Send, DONE)
    assert run.live.ended


def test_books_that_refuse_a_return_are_tried_again_by_itself_and_asked_about_meanwhile() -> None:
    run = _back(fetched=True)
    run.answer(Send, Answer(error=RejectedError("Deficit of PU GR blocked stock.")))
    assert "has gone back to ACME on R00001" in run.question()
    run.answer(Sleep, Answer())
    assert isinstance(run.sends, PostReturn), "its receipt may have been posted meanwhile"
    run.answer(Send, DONE)
    run.answer(Withdraw, Answer())
    assert run.live.ended
    by_hand = _back(fetched=True)
    by_hand.answer(Send, Answer(error=RejectedError("Deficit of PU GR blocked stock.")))
    by_hand.answer(Ask, Answer("it is posted"))
    assert by_hand.live.ended


def test_a_supplier_that_cannot_be_told_is_purchasings_question() -> None:
    run = _back()
    run.answer(Send, DONE)
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    assert "ACME cannot be told that 1 PC of SEAL (lot L1)" in run.question()
    run.answer(Ask, Answer("it is told"))
    assert run.live.ended


def test_what_was_used_meanwhile_is_neither_posted_nor_told_but_asked_about() -> None:
    run = _back(msgspec.structs.replace(WENT, returned=(), absent=(BACK,)))
    assert run.sends is None
    assert "was not set aside on the dock" in run.question()
    run.answer(Ask, Answer("it is settled"))
    assert run.live.ended


def test_an_order_says_what_went_back_last_and_whether_it_is_owed_again() -> None:
    other = msgspec.structs.replace(BACK, lot_id="L2", quantity=pcs(2))
    both = msgspec.structs.replace(WENT, returned=(BACK, other), instead="credit")
    assert both.claims() == {
        "returned": "S1: SEAL 3 PC",
        "return": "R00001",
        "owed-again": False,
    }
    assert WENT.claims()["owed-again"] is True
    assert msgspec.structs.replace(WENT, returned=()).claims() == {}
    gold = ReturnedLot(line="00020", material_id="SEAL", lot_id="L3", quantity=BACK.quantity)
    boxed = msgspec.structs.replace(gold, quantity=msgspec.structs.replace(pcs(1), unit="BOX"))
    assert lots_text("S1", (gold, boxed)) == "S1: SEAL 1 PC, SEAL 1 BOX"
