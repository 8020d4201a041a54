"""Supply: an order goes out and is answered, what came is posted, what is missing is claimed."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from andon.capabilities.supply import claim_missing, post_counted, send_order
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Verb, Wait, Workflow
from andon.engine.answers import Answer
from andon.engine.live import Live
from andon.model.supply import (
    PackedLot,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
BOUGHT = "purchase-order/erp:4500000001"


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def line(amount: int) -> PurchaseLine:
    return PurchaseLine(line="00010", material_id="SEAL", quantity=pcs(amount))


PLACED = PurchaseOrderPlaced(order_id=BOUGHT, supplier_id="ACME", lines=(line(12),))


def confirmed(*lines: PurchaseLine) -> PurchaseOrderConfirmed:
    return PurchaseOrderConfirmed(order_id=BOUGHT, lines=lines)


def announced(amount: int) -> ShipmentAnnounced:
    lot = PackedLot(material_id="SEAL", lot_id="L1", quantity=pcs(amount))
    return ShipmentAnnounced(order_id=BOUGHT, shipment_id="S1", lots=(lot,))


def counted(amount: int) -> ShipmentCounted:
    lot = ReceivedLot(line="00010", material_id="SEAL", lot_id="L1", quantity=pcs(amount))
    return ShipmentCounted(order_id=BOUGHT, shipment_id="S1", lots=(lot,), counted_at=NOON)


class Following:
    """A run of one workflow that has heard its first event."""

    def __init__(self, flow: Workflow, first: Event) -> None:
        self.live = Live(
            flow,
            id=f"{flow.name}@erp/1",
            subject=BOUGHT,
            lane=0,
            correlation="erp/1",
            site="here",
            trigger=1,
            started_at=NOON,
        )
        self.open = self.live.start(first)

    def answer(self, kind: type[Verb[Any]], answer: Answer) -> None:
        verb = next(v for v in self.open if isinstance(v, kind))
        self.open = self.live.take(verb.n, answer, NOON)

    def question(self) -> str:
        (ask,) = [v for v in self.open if isinstance(v, Ask)]
        return ask.text

    @property
    def sends(self) -> bool:
        return any(isinstance(v, Send) for v in self.open)


def _sent() -> Following:
    run = Following(send_order, PLACED)
    run.answer(Send, Answer(Receipt(reference="850")))
    return run


def test_an_order_that_is_confirmed_as_it_is_needs_nobody() -> None:
    run = _sent()
    run.answer(Wait, Answer(confirmed(line(5), line(7))))
    assert run.live.ended


def test_other_amounts_and_nothing_at_all_are_questions_for_purchasing() -> None:
    run = _sent()
    run.answer(Wait, Answer(confirmed(line(8))))
    assert "confirms 8 PC of SEAL" in run.question()
    run = _sent()
    run.answer(Wait, Answer(confirmed()))
    assert "confirms nothing" in run.question()
    run.answer(Ask, Answer("it is settled"))
    assert run.live.ended


def test_silence_is_a_question_and_waiting_goes_on() -> None:
    run = _sent()
    run.answer(Wait, Answer(error=LateError("late")))
    assert "has been silent" in run.question()
    run.answer(Ask, Answer("wait on"))
    run.answer(Wait, Answer(confirmed(line(12))))
    assert run.live.ended


def test_an_order_that_cannot_be_sent_is_sent_again_or_telephoned() -> None:
    run = Following(send_order, PLACED)
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    assert "no such partner" in run.question()
    run.answer(Ask, Answer("send again"))
    assert run.sends
    run.answer(Send, Answer(error=RejectedError("no such partner.")))
    run.answer(Ask, Answer("it is ordered"))
    assert run.live.ended


def test_what_was_counted_is_posted_and_a_refusal_is_a_question_until_it_is() -> None:
    run = Following(post_counted, counted(11))
    (send,) = [v for v in run.open if isinstance(v, Send)]
    assert isinstance(send.command, PostReceipt)
    assert send.command.received == counted(11).lots
    run.answer(Send, Answer(error=RejectedError("quantity exceeded.")))
    assert "quantity exceeded" in run.question()
    run.answer(Ask, Answer("post again"))
    run.answer(Send, Answer(Receipt(reference="5000000001")))
    assert run.live.ended


def test_what_is_missing_is_claimed_whichever_is_heard_first() -> None:
    for first, second in ((announced(12), counted(11)), (counted(11), announced(12))):
        run = Following(claim_missing, PLACED)
        run.answer(Wait, Answer(first))
        run.answer(Wait, Answer(second))
        assert "1 PC of SEAL, lot L1 missing" in run.question()
        run.answer(Ask, Answer("it is claimed"))
        assert run.live.ended


def test_nothing_is_claimed_of_what_came_and_more_shipments_are_awaited() -> None:
    run = Following(claim_missing, PLACED)
    run.answer(Wait, Answer(announced(5)))
    run.answer(Wait, Answer(counted(5)))
    assert not run.live.ended
    run.answer(Wait, Answer(announced(7)))
    run.answer(Wait, Answer(counted(9)))
    assert run.live.ended
