"""Posting an order: what waits for whom, told to a run in memory."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from andon.capabilities.production import post_order
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, LateError, RejectedError
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait
from andon.engine.answers import Answer
from andon.engine.live import Live
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CompleteProduction,
    ComponentLot,
    OperationConfirmed,
    OrderCompleted,
    OrderReleased,
    StartOperation,
    StartProduction,
)
from andon.model.quality import InspectionDecided

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIVE = Quantity(Decimal(5), "PCE")
ORDER = "production-order/erp:1001"
V = TypeVar("V", bound=Verb[Any])
OPEN = RejectedError("inspection pending")


class Order:
    """A run of `post_order` whose target accepts all but the completion."""

    def __init__(self, *first: OperationConfirmed, denied: bool = False) -> None:
        self.denied = denied
        self.sent: list[type[Command]] = []
        self.live = Live(
            post_order,
            id="post_order@erp/1",
            subject=ORDER,
            lane=0,
            correlation="erp/1",
            site="here",
            trigger=1,
            started_at=NOON,
        )
        released = OrderReleased(order_id="1001", material_id="PUMP", planned=FIVE)
        self.open = self._sent(self.live.start(released))
        for event in first:
            self.hears(event)
        if first:
            return
        nothing = Quantity(Decimal(0), "PCE")
        self.hears(
            OrderCompleted(
                order_id="1001",
                material_id="PUMP",
                ordered=FIVE,
                good=FIVE,
                scrap=nothing,
                over=nothing,
                lot_id="L1",
            )
        )
        self.answer(Wait, Answer(error=LateError("no operation was overtaken")))

    def _sent(self, verbs: list[Verb[Any]]) -> list[Verb[Any]]:
        """Receipts for all that is sent, up to the completion."""
        left = [v for v in verbs if not isinstance(v, Send)]
        for verb in verbs:
            if isinstance(verb, Send):
                self.sent.append(type(verb.command))
                if isinstance(verb.command, CompleteProduction):
                    left.append(verb)
                elif isinstance(verb.command, AssignLots) and self.denied:
                    denied = Answer(error=DeniedError("lot R1 is quarantined"))
                    left += self._sent(self.live.take(verb.n, denied, NOON))
                else:
                    left += self._sent(self.live.take(verb.n, Answer(Receipt()), NOON))
        return left

    def asks(self, kind: type[V]) -> V:
        return next(v for v in self.open if isinstance(v, kind))

    def answer(self, kind: type[Verb[Any]], answer: Answer) -> None:
        verb = self.asks(kind)
        self.open.remove(verb)
        self.open += self._sent(self.live.take(verb.n, answer, NOON))

    def hears(self, event: OperationConfirmed | OrderCompleted | InspectionDecided) -> None:
        self.answer(Wait, Answer(event))


def test_a_refused_completion_is_tried_again_once_the_inspection_is_decided() -> None:
    order = Order()
    order.answer(Send, Answer(error=OPEN))
    (wait,) = order.live.waits()
    assert order.live.linked(wait) == [InspectionDecided.TYPE]
    assert order.asks(Sleep).span >= timedelta(minutes=1)
    assert order.sent.count(CompleteProduction) == 1

    order.hears(InspectionDecided(inspection_id="I-L1", decision="accept", order_id="1001"))
    assert order.sent.count(CompleteProduction) == 2
    order.answer(Send, Answer(Receipt()))
    assert order.live.ended


def test_it_is_looked_at_again_without_a_decision_and_one_question_stands() -> None:
    order = Order()
    for _ in range(3):
        order.answer(Send, Answer(error=OPEN))
        order.answer(Sleep, Answer(None))
    assert order.sent.count(CompleteProduction) == 4
    order.answer(Send, Answer(error=OPEN))
    assert sum(isinstance(v, Ask) for v in order.open) == 1
    order.answer(Ask, Answer("leave it open"))
    assert order.live.ended


USED = OperationConfirmed(
    order_id="1001",
    operation="10",
    good=FIVE,
    scrap=Quantity(Decimal(0), "PCE"),
    consumed=(ComponentLot(material_id="RAW", lot_id="R1", quantity=FIVE),),
)


def test_what_a_policy_denies_of_a_lot_that_the_floor_used_is_for_quality_to_decide() -> None:
    order = Order(USED, denied=True)
    ask = order.asks(Ask)
    assert (ask.team, "lot R1 is quarantined" in ask.text) == ("quality", True)
    assert order.sent == [AssignLots]
    order.answer(Ask, Answer("try again"))
    assert order.sent == [AssignLots, AssignLots]
    order.denied = False
    order.answer(Ask, Answer("try again"))
    assert order.sent[3:6] == [AssignComponents, StartProduction, StartOperation]


def test_quality_may_leave_the_order_open_over_a_denied_lot() -> None:
    order = Order(USED, denied=True)
    order.answer(Ask, Answer("leave it open"))
    assert order.live.ended
    assert order.sent == [AssignLots]
