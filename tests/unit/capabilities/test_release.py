"""Releasing an order: what the floor acknowledges, it is expected to begin."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from andon.capabilities.production import release_and_expect_start
from andon.core.connector import Receipt
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait
from andon.engine.answers import Answer
from andon.engine.live import Live
from andon.model.production import DistributeOrder, OrderReleased, OrderStarted

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
WITHIN = timedelta(hours=4)
V = TypeVar("V", bound=Verb[Any])


class Release:
    """A run that has sent the order to the floor."""

    def __init__(self) -> None:
        self.live = Live(
            release_and_expect_start(within=WITHIN),
            id="release_order@erp/1",
            subject="production-order/erp:1001",
            lane=0,
            correlation="erp/1",
            site="here",
            trigger=1,
            started_at=NOON,
        )
        planned = Quantity(Decimal(5), "PCE")
        self.now = NOON
        self.open = self.live.start(
            OrderReleased(order_id="1001", material_id="FG-TONIC", planned=planned)
        )

    def asks(self, kind: type[V]) -> V:
        return next(v for v in self.open if isinstance(v, kind))

    def answer(self, kind: type[Verb[Any]], answer: Answer, *, after: timedelta) -> None:
        self.now += after
        self.open = self.live.take(self.asks(kind).n, answer, self.now)

    def acknowledged(self, after: timedelta = timedelta()) -> "Release":
        assert isinstance(self.asks(Send).command, DistributeOrder)
        self.answer(Send, Answer(Receipt()), after=after)
        return self

    def silent(self) -> "Release":
        self.answer(Sleep, Answer(), after=WITHIN)
        return self


def test_the_time_to_begin_counts_from_the_acknowledgment() -> None:
    order = Release()
    assert not [v for v in order.open if isinstance(v, Sleep)]
    order.acknowledged(timedelta(days=2))
    assert order.asks(Sleep).span == WITHIN


def test_an_order_that_begins_in_time_asks_nobody() -> None:
    order = Release().acknowledged()
    order.answer(Wait, Answer(OrderStarted(order_id="1001")), after=timedelta(minutes=1))
    assert order.live.ended


def test_an_order_that_is_acknowledged_and_not_begun_is_a_question() -> None:
    order = Release().acknowledged().silent()
    asked = order.asks(Ask)
    assert asked.team == "planner"
    assert "1001 was acknowledged by the floor and is not begun after 4 h" in asked.text
    assert "FG-TONIC" in asked.text


def test_the_question_goes_when_the_order_begins() -> None:
    order = Release().acknowledged().silent()
    order.answer(Wait, Answer(OrderStarted(order_id="1001")), after=timedelta(minutes=1))
    assert order.live.ended


def test_whoever_waits_on_is_asked_again_and_told_how_long_it_is_by_then() -> None:
    order = Release().acknowledged().silent()
    order.answer(Ask, Answer("wait on"), after=timedelta())
    order.silent()
    assert "after 8 h" in order.asks(Ask).text
    order.answer(Ask, Answer("leave it"), after=timedelta())
    assert order.live.ended
