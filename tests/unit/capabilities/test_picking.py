"""Picking: a held lot is not asked for, and a hold that comes later stops the task."""

from decimal import Decimal

from andon.capabilities.fulfilment import pick_delivery
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep
from andon.engine.answers import Answer
from andon.model.disposing import LotDisposed, Usage
from andon.model.fulfilment import (
    ConfirmPick,
    DeliveryCreated,
    DeliveryLine,
    DeliveryPicked,
    PickDelivery,
    ResumePick,
    StopPick,
)
from andon.model.quality import HoldPlaced, HoldReleased
from tests.unit.capabilities.doing import Doing

OUT, LOT = "delivery/erp:80000001", "material-lot/company:A0000001"
LINE = DeliveryLine(material_id="PUMP", quantity=Quantity(Decimal(4), "PC"), lot_id=LOT)
HELD, FREE = HoldPlaced(lot_id=LOT, reason="porous"), HoldReleased(lot_id=LOT)
DONE = Answer(Receipt(reference="1"))


class Picking(Doing):
    """A run that has heard of a delivery."""

    def __init__(self) -> None:
        created = DeliveryCreated(delivery_id=OUT, customer_id="17100001", lines=(LINE,))
        super().__init__(pick_delivery, OUT, created)


def _tasked() -> Picking:
    run = Picking()
    assert run.sends == PickDelivery(delivery_id=OUT, lines=(LINE,))
    run.answer(Send, DONE)
    return run


def test_what_is_picked_is_confirmed_in_the_books() -> None:
    run = _tasked()
    run.heard(DeliveryPicked(delivery_id=OUT))
    assert run.sends == ConfirmPick(delivery_id=OUT)
    run.answer(Send, DONE)
    assert run.live.ended


def test_a_hold_stops_the_task_and_a_release_lets_it_go_on() -> None:
    run = _tasked()
    run.heard(HELD)
    assert run.sends == StopPick(delivery_id=OUT)
    run.answer(Send, DONE)
    run.heard(FREE)
    assert run.sends == ResumePick(delivery_id=OUT, lot_ids=(LOT,))


def test_a_lot_that_is_held_again_before_its_task_went_on_is_stopped_by_the_fence() -> None:
    run = _tasked()
    run.heard(HELD)
    run.answer(Send, DONE)
    run.heard(FREE)
    assert run.sends is not None
    assert list(run.sends.lots()) == [LOT]
    run.answer(Send, Answer(error=DeniedError("lot A0000001 is held")))
    run.heard(HELD)
    assert run.sends == StopPick(delivery_id=OUT)
    run.answer(Send, DONE)
    run.heard(FREE)
    assert run.sends == ResumePick(delivery_id=OUT, lot_ids=(LOT,))


def test_a_delivery_of_two_held_lots_goes_on_once_both_are_free() -> None:
    run = _tasked()
    other = "material-lot/qms:A0000002"
    for lot in (LOT, other):
        run.heard(HoldPlaced(lot_id=lot, reason="porous"))
        assert run.sends == StopPick(delivery_id=OUT)
        run.answer(Send, DONE)
    run.heard(HoldReleased(lot_id=other.replace("qms", "company")))
    assert run.sends is None
    run.heard(FREE)
    assert run.sends == ResumePick(delivery_id=OUT, lot_ids=(LOT,))


def disposed(usage: Usage) -> LotDisposed:
    return LotDisposed(lot_id=LOT, usage=usage)


def test_a_task_whose_lot_is_scrapped_is_given_up_by_shipping() -> None:
    run = _tasked()
    run.heard(disposed("scrap"))  # of a hold that ended before the delivery was made
    assert not run.live.ended
    run.heard(HELD)
    run.answer(Send, DONE)
    run.heard(disposed("rework"))
    run.heard(disposed("scrap"))
    (asked,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert "lot A0000001 is scrapped" in asked.text
    run.answer(Ask, Answer("it is cancelled"))
    assert run.live.ended


def test_nobody_waits_for_the_release_of_a_scrapped_lot() -> None:
    run = Picking()
    run.answer(Send, Answer(error=DeniedError("lot A0000001 is held")))
    run.answer(Ask, Answer("wait for the release"))
    run.heard(disposed("scrap"))
    run.answer(Ask, Answer("it is cancelled"))
    assert run.live.ended


def test_a_stop_that_comes_too_late_is_no_fault() -> None:
    run = _tasked()
    run.heard(HELD)
    run.answer(Send, Answer(error=RejectedError("is picked already")))
    run.heard(DeliveryPicked(delivery_id=OUT))
    assert run.sends == ConfirmPick(delivery_id=OUT)


def test_a_held_lot_is_asked_for_again_once_it_is_free() -> None:
    run = Picking()
    run.answer(Send, Answer(error=DeniedError("lot A0000001 is held")))
    run.answer(Ask, Answer("wait for the release"))
    again = PickDelivery(delivery_id=OUT, lines=(LINE,))
    for _ in range(2):  # nobody is asked a second time while it is held
        run.answer(Sleep, Answer())
        assert run.sends == again
        run.answer(Send, Answer(error=DeniedError("lot A0000001 is held")))
        assert not [verb for verb in run.open if isinstance(verb, Ask)]
    run.heard(FREE)
    assert run.sends == again


def test_a_delivery_that_shipping_cancels_is_left() -> None:
    for error in (DeniedError("held"), RejectedError("no such lot")):
        run = Picking()
        run.answer(Send, Answer(error=error))
        run.answer(Ask, Answer("it is cancelled"))
        assert run.live.ended


def test_books_that_refuse_are_asked_again_until_a_person_has_confirmed() -> None:
    run = _tasked()
    run.heard(DeliveryPicked(delivery_id=OUT))
    run.answer(Send, Answer(error=RejectedError("locked")))
    run.answer(Ask, Answer("try again"))
    assert run.sends == ConfirmPick(delivery_id=OUT)
    run.answer(Send, Answer(error=RejectedError("locked")))
    run.answer(Ask, Answer("it is confirmed"))
    assert run.live.ended
