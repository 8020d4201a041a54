"""A closed period: what the floor did waits for finance, and is tried again by itself."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from andon.capabilities.production import book_order
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, First, Send, Sleep, Verb, Wait
from andon.engine.answers import Answer
from andon.engine.live import Live
from andon.model.finance import PERIOD_CLOSED
from andon.model.production import ConfirmOperation, OperationConfirmed, OrderReleased

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ORDER = "production-order/erp:1000001"
SHUT = RejectedError("M7/053: Posting only possible in periods 2026/04 and later", PERIOD_CLOSED)
FOUR = Quantity(Decimal(4), "PC")


class Booking:
    """A run that has heard of an operation."""

    def __init__(self) -> None:
        self.live = Live(
            book_order,
            id="book_order@erp/1",
            subject=ORDER,
            lane=0,
            correlation="erp/1",
            site="here",
            trigger=1,
            started_at=NOON,
        )
        self.open = self.live.start(OrderReleased(order_id=ORDER, material_id="PUMP", planned=FOUR))
        none = Quantity(Decimal(0), "PC")
        done = OperationConfirmed(order_id=ORDER, operation="0010", good=FOUR, scrap=none)
        self.answer(Wait, Answer(done))

    def answer(self, kind: type[Verb[Any]], answer: Answer) -> None:
        verb = next(v for v in self._verbs() if isinstance(v, kind))
        self.open = self.live.take(verb.n, answer, NOON)

    @property
    def confirms(self) -> bool:
        sends = [v.command for v in self.open if isinstance(v, Send)]
        return [type(command) for command in sends] == [ConfirmOperation]

    @property
    def asks(self) -> list[str]:
        return [v.team for v in self._verbs() if isinstance(v, Ask)]

    def _verbs(self) -> list[Verb[Any]]:
        return [*self.open, *(one for v in self.open if isinstance(v, First) for one in v.verbs)]


def test_finance_is_asked_and_the_posting_is_tried_again_by_itself() -> None:
    run = Booking()
    run.answer(Send, Answer(error=SHUT))
    assert run.asks == ["finance"]
    run.answer(Sleep, Answer(None))
    assert run.confirms
    run.answer(Send, Answer(error=SHUT))
    run.answer(Ask, Answer("try again"))
    assert run.confirms
    run.answer(Send, Answer(Receipt()))
    assert run.asks == []


def test_any_other_refusal_is_the_planners() -> None:
    run = Booking()
    run.answer(Send, Answer(error=RejectedError("Operation 0010 does not exist", "RU/011")))
    assert run.asks == ["planner"]
