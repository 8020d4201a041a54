"""Supply: an order goes out and is answered, what came is posted, what is missing is claimed."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from andon.capabilities.supply import claim_missing, post_counted, question_rejections, send_order
from andon.capabilities.supply.ordering import promised
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Command, Event
from andon.core.plant import Approve
from andon.core.quantity import Quantity
from andon.core.record import Actor
from andon.core.workflow import Ask, Send, Wait, Workflow
from andon.engine.answers import Answer
from andon.model.supply import (
    AdviseReceipt,
    ConfirmPurchaseOrder,
    PackedLot,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)
from tests.unit.capabilities.doing import NOON, Doing

BOUGHT = "purchase-order/erp:4500000001"


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def line(amount: int, *, days: int = 0, number: str = "00010") -> PurchaseLine:
    due_at = NOON + timedelta(days=days)
    return PurchaseLine(line=number, material_id="SEAL", quantity=pcs(amount), due_at=due_at)


PLACED = PurchaseOrderPlaced(order_id=BOUGHT, supplier_id="ACME", lines=(line(12),))


def confirmed(*lines: PurchaseLine) -> PurchaseOrderConfirmed:
    return PurchaseOrderConfirmed(order_id=BOUGHT, lines=lines)


def announced(amount: int) -> ShipmentAnnounced:
    lot = PackedLot(material_id="SEAL", lot_id="L1", quantity=pcs(amount))
    return ShipmentAnnounced(order_id=BOUGHT, shipment_id="S1", lots=(lot,))


def counted(amount: int, damaged: int = 0) -> ShipmentCounted:
    lot = ReceivedLot(
        line="00010",
        material_id="SEAL",
        lot_id="L1",
        quantity=pcs(amount),
        damaged=pcs(damaged) if damaged else None,
    )
    return ShipmentCounted(order_id=BOUGHT, shipment_id="S1", lots=(lot,), counted_at=NOON)


class Following(Doing):
    """A run about the purchase order."""

    def __init__(self, flow: Workflow, first: Event) -> None:
        super().__init__(flow, BOUGHT, first)

    def question(self) -> str:
        (ask,) = [v for v in self.open if isinstance(v, Ask)]
        return ask.text

    @property
    def sent(self) -> Command:
        (send,) = [v for v in self.open if isinstance(v, Send)]
        return send.command


DONE = Answer(Receipt(reference="1"))
LATE = Answer(error=LateError("late"))


def _sent() -> Following:
    run = Following(send_order(), PLACED)
    run.answer(Send, DONE)
    return run


def _booked(*said: PurchaseLine) -> Following:
    """What was confirmed is in the books."""
    run = _sent()
    run.answer(Wait, Answer(confirmed(*said)))
    run.answer(Send, DONE)
    return run


def test_an_order_that_is_confirmed_as_it_is_is_booked_and_needs_nobody() -> None:
    run = _sent()
    run.answer(Wait, Answer(confirmed(line(5, number="1"), line(7, number="2"))))
    assert run.sent == ConfirmPurchaseOrder(order_id=BOUGHT, lines=(line(12),))
    run.answer(Send, DONE)
    run.answer(Wait, LATE)
    assert run.live.ended


def test_another_word_of_the_supplier_is_booked_and_asked_about_and_the_same_is_not() -> None:
    run = _booked(line(12))
    run.answer(Wait, Answer(confirmed(line(12))))
    assert not run.sends
    run.answer(Wait, Answer(confirmed(line(12, days=3))))
    assert run.sent == ConfirmPurchaseOrder(order_id=BOUGHT, lines=(line(12, days=3),))
    run.answer(Send, DONE)
    assert "for 2026-01-04 instead of 2026-01-01" in run.question()


def test_other_amounts_other_days_and_nothing_at_all_are_questions_for_purchasing() -> None:
    assert "8 PC instead of 12 PC of SEAL" in _booked(line(8)).question()
    assert "for 2026-01-03 instead of 2026-01-01" in _booked(line(12, days=2)).question()
    gold = PurchaseLine(line="1", material_id="GOLD", quantity=pcs(1))
    assert "1 PC of GOLD, which nobody ordered so" in _booked(line(12), gold).question()
    run = _booked()
    assert "0 PC instead of 12 PC of SEAL" in run.question()
    run.answer(Ask, Answer("it is settled"))
    run.answer(Wait, LATE)
    assert run.live.ended


def test_what_is_promised_fills_the_ordered_lines_one_after_the_other() -> None:
    ordered = (line(5), line(7, number="00020"))
    found = promised(ordered, (line(11, days=1, number="1"),))
    assert found == (line(5, days=1), line(6, days=1, number="00020"))
    assert [one.quantity for one in promised(ordered, (line(14, number="1"),))] == [pcs(5), pcs(9)]
    no_day = PurchaseLine(line="1", material_id="SEAL", quantity=pcs(12))
    assert promised(ordered, (no_day,)) == ordered


def test_who_names_the_ordered_lines_promises_each_by_its_own_day() -> None:
    ordered = (line(7, number="00010/1"), line(5, number="00010/2"))
    said = (line(7, number="00010/1"), line(4, days=2, number="00010/2"))
    assert promised(ordered, said) == said
    (first, second) = promised(ordered, said[1:])
    assert (first.quantity, second) == (pcs(0), said[1])


@pytest.mark.parametrize(
    ("amount", "party", "asked"),
    [(0, "party/company:1", True), (5, "party/company:1", False), (0, None, False)],
    ids=["a partner delivers nothing", "a partner delivers some", "we write what we heard"],
)
def test_a_partner_that_delivers_nothing_is_a_question_at_once(
    amount: int, party: str | None, asked: bool
) -> None:
    command = ConfirmPurchaseOrder(order_id=BOUGHT, lines=(line(0), line(amount, number="00020")))
    decision = question_rejections.decides(command, Actor("ACME", party=party))
    assert isinstance(decision, Approve) is asked


def test_books_that_do_not_take_a_confirmation_are_a_question() -> None:
    run = _sent()
    run.answer(Wait, Answer(confirmed(line(12))))
    run.answer(Send, Answer(error=RejectedError("locked.")))
    assert "the ERP does not take it: locked." in run.question()
    run.answer(Ask, Answer("write again"))
    assert run.sends
    run.answer(Send, Answer(error=RejectedError("locked.")))
    run.answer(Ask, Answer("it is written"))
    run.answer(Wait, LATE)
    assert run.live.ended


def test_a_supplier_that_fetches_its_orders_is_sent_none_and_awaited_like_others() -> None:
    run = Following(send_order(fetched_by={"ACME"}), PLACED)
    assert not run.sends
    run.answer(Wait, Answer(confirmed(line(12))))
    assert isinstance(run.sent, ConfirmPurchaseOrder)


def test_silence_is_a_question_and_waiting_goes_on() -> None:
    run = _sent()
    run.answer(Wait, LATE)
    assert "has been silent" in run.question()
    run.answer(Ask, Answer("wait on"))
    run.answer(Wait, Answer(confirmed(line(12))))
    run.answer(Send, DONE)
    run.answer(Wait, LATE)
    assert run.live.ended


def test_an_order_that_cannot_be_sent_is_sent_again_or_telephoned() -> None:
    run = Following(send_order(), PLACED)
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    assert "no such partner" in run.question()
    run.answer(Ask, Answer("send again"))
    assert run.sends
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    run.answer(Ask, Answer("it is ordered"))
    assert run.live.ended


def test_what_was_counted_is_posted_and_a_refusal_is_a_question_until_it_is() -> None:
    run = Following(post_counted, counted(11))
    assert run.sent == PostReceipt(order_id=BOUGHT, shipment_id="S1", received=counted(11).lots)
    run.answer(Send, Answer(error=RejectedError("quantity exceeded.")))
    assert "quantity exceeded" in run.question()
    run.answer(Ask, Answer("post again"))
    run.answer(Send, Answer(Receipt(reference="5000000001")))
    assert run.live.ended


def test_what_is_all_broken_is_posted_as_such_and_what_never_came_is_not() -> None:
    broken = counted(0, damaged=12)
    run = Following(post_counted, broken)
    assert run.sent == PostReceipt(order_id=BOUGHT, shipment_id="S1", received=broken.lots)
    assert Following(post_counted, counted(0)).live.ended


def _compared(*said: Event, fetched: bool = False) -> Following:
    run = Following(claim_missing(fetched_by={"ACME"} if fetched else ()), PLACED)
    for one in said:
        run.answer(Wait, Answer(one))
    return run


def test_what_is_missing_or_broken_is_told_and_claimed_whichever_is_heard_first() -> None:
    for said in ((announced(12), counted(9, 1)), (counted(9, 1), announced(12))):
        run = _compared(*said)
        assert isinstance(run.sent, AdviseReceipt)
        (lot,) = run.sent.judged
        assert (lot.accepted, lot.damaged, lot.missing) == (pcs(9), pcs(1), pcs(2))
        run.answer(Send, DONE)
        assert "2 PC of SEAL, lot L1, missing; 1 PC of SEAL, lot L1, damaged" in run.question()
        run.answer(Ask, Answer("it is claimed"))
        assert run.live.ended


def test_a_supplier_that_cannot_be_told_is_told_again_or_otherwise() -> None:
    run = _compared(announced(12), counted(12))
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    run.answer(Ask, Answer("send again"))
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    assert "S1: no such partner" in run.question()
    run.answer(Ask, Answer("it is told"))
    assert run.live.ended


def test_a_supplier_that_fetches_is_not_sent_what_became_of_its_shipment() -> None:
    assert _compared(announced(12), counted(12), fetched=True).live.ended


def test_nothing_is_claimed_of_what_came_and_more_shipments_are_awaited() -> None:
    run = _compared(announced(5), counted(5))
    run.answer(Send, DONE)
    assert not run.live.ended
    more = msgspec.structs.replace(announced(7), shipment_id="S2")
    run.answer(Wait, Answer(more))
    run.answer(Wait, Answer(more))
    run.answer(Wait, Answer(msgspec.structs.replace(counted(9), shipment_id="S2")))
    run.answer(Send, DONE)
    assert run.live.ended


def test_what_is_not_promised_is_not_awaited() -> None:
    run = _compared(confirmed(line(5)), announced(5), counted(5))
    run.answer(Send, DONE)
    assert run.live.ended
