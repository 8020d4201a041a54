"""Customers: each news is told once, and a broken promise is spoken about until all has left."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from andon.capabilities.fulfilment import tell_customer, watch_promise
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait
from andon.engine.answers import Answer
from andon.model.fulfilment import DeliveryCreated, DeliveryLine, Milestone, MilestonePassed
from andon.model.planning import OrderScheduled
from andon.model.sales import (
    CloseCustomerCase,
    OpenCustomerCase,
    SalesLine,
    SalesOrderPlaced,
    TellCustomer,
)
from tests.unit.capabilities.doing import NOON, Doing

OUT, OTHER = "delivery/erp:80000001", "delivery/erp:80000002"
ORDER = "sales-order/erp:5000001"
DONE = Answer(Receipt(reference="500"))
REFUSED = Answer(error=RejectedError("No such account."))


def pumps(amount: str) -> Quantity:
    return Quantity(Decimal(amount), "PC")


class Going(Doing):
    """One that may ask again for what it has asked for: all that is not answered is looked at."""

    def answer(self, kind: type[Verb[Any]], answer: Answer) -> None:
        self.open = self.live.left()
        super().answer(kind, answer)
        self.open = self.live.left()

    def hear(self, event: Event) -> None:
        self.answer(Wait, Answer(event))

    @property
    def ended(self) -> bool:
        return self.live.ended


def created(delivery: str = OUT, amount: str = "4") -> DeliveryCreated:
    return DeliveryCreated(
        delivery_id=delivery,
        customer_id="17100001",
        orders=("5000001",),
        lines=(DeliveryLine(material_id="PUMP", quantity=pumps(amount)),),
    )


def passed(milestone: Milestone, delivery: str = OUT) -> MilestonePassed:
    return MilestonePassed(delivery_id=delivery, milestone=milestone, passed_at=NOON)


def telling() -> Going:
    return Going(tell_customer, OUT, created())


def watching(wanted_by: datetime | None = NOON + timedelta(hours=1)) -> Going:
    placed = SalesOrderPlaced(
        order_id=ORDER,
        customer_id="17100001",
        wanted_by=wanted_by,
        lines=(SalesLine(material_id="PUMP", quantity=pumps("4")),),
    )
    return Going(watch_promise, ORDER, placed)


def test_news_are_told_once_however_often_and_in_whatever_order_they_come() -> None:
    run = telling()
    told: list[str] = []
    for milestone in ("arrived", "delivered", "delivered", "arrived", "departed"):
        run.hear(passed(milestone))
        if isinstance(command := run.sends, TellCustomer):
            told.append(command.news)
            run.answer(Send, DONE)
    assert told == ["delivered", "departed"]
    assert run.ended


def test_a_refused_telling_is_sales_question_and_is_tried_again() -> None:
    run = telling()
    run.hear(passed("departed"))
    run.answer(Send, REFUSED)
    (ask,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert ask.team == "sales"
    run.answer(Ask, Answer("try again"))
    assert isinstance(run.sends, TellCustomer)
    run.answer(Send, REFUSED)
    run.answer(Ask, Answer("they are told"))
    run.hear(passed("delivered"))
    run.answer(Send, DONE)
    assert run.ended


def test_an_order_that_leaves_in_time_is_nobodys_business() -> None:
    run = watching()
    run.hear(passed("departed"))  # the carrier is faster than the books
    assert run.sends is None
    run.hear(created())
    assert run.ended


def test_without_a_wish_there_is_no_promise() -> None:
    assert watching(None).ended


def test_the_promised_minute_is_in_time_and_the_next_is_late() -> None:
    (sleep,) = (verb for verb in watching().open if isinstance(verb, Sleep))
    assert sleep.span == timedelta(hours=1, minutes=1)


def test_a_late_order_has_one_case_until_all_of_it_has_left() -> None:
    run = watching()
    run.hear(created(amount="3"))
    run.hear(passed("departed"))
    run.answer(Sleep, Answer(None))
    assert isinstance(run.sends, OpenCustomerCase)
    run.answer(Send, DONE)
    run.hear(passed("departed"))  # said twice
    assert run.sends is None
    run.hear(created(OTHER, "1"))
    run.hear(passed("delivered", OTHER))
    assert run.sends == CloseCustomerCase(order_id=ORDER, case_id="500")
    run.answer(Send, REFUSED)  # customer service was faster
    assert run.ended


def test_what_is_heard_while_the_bell_rings_is_not_missed() -> None:
    run = watching()
    run.answer(Sleep, Answer(None))
    run.answer(Send, REFUSED)
    run.answer(Ask, Answer("they are called"))
    run.hear(created())
    run.hear(passed("departed"))
    assert run.ended


def scheduled(ends_at: datetime) -> OrderScheduled:
    """As planning says of an order that is made for it."""
    return OrderScheduled(
        order_id="production-order/erp:1000001", equipment_id="LINE1", starts_at=NOON,
        ends_at=ends_at, reason="LINE1 stands: jam",
    )  # fmt: skip


def test_what_will_be_made_too_late_is_spoken_about_at_once_and_never_twice() -> None:
    run = watching()
    run.hear(scheduled(NOON + timedelta(hours=1)))  # to the minute
    assert run.sends is None
    run.hear(scheduled(NOON + timedelta(hours=1, minutes=30)))
    command = run.sends
    assert isinstance(command, OpenCustomerCase)
    assert command.reason == "at-risk"
    assert command.text == (
        "Order 5000001 was promised for 2026-01-01 13:00 UTC, and what is made for it ends at"
        " 2026-01-01 13:30 UTC, as planned now: LINE1 stands: jam. Say so to the customer before"
        " they ask."
    )
    run.answer(Send, DONE)
    run.hear(scheduled(NOON + timedelta(hours=2)))
    run.answer(Sleep, Answer(None))
    assert run.sends is None
    run.hear(created())
    run.hear(passed("departed"))
    assert run.sends == CloseCustomerCase(order_id=ORDER, case_id="500")


def test_of_a_promise_that_is_broken_already_a_new_schedule_is_no_news() -> None:
    run = watching()
    run.answer(Sleep, Answer(None))
    run.answer(Send, DONE)
    run.hear(scheduled(NOON + timedelta(hours=2)))
    assert run.sends is None
