"""Steering: the floor is told what planners decide, in order; what it refuses they are asked."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from andon.capabilities.production import book_order, steer_order
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Command, Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait
from andon.engine.answers import Answer
from andon.model.production import (
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    DistributeOrder,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    ReceiveOutput,
)
from tests.unit.capabilities.doing import NOON, Doing

ORDER = "production-order/erp:1000001"


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def changed(amount: int, due_at: datetime | None = None) -> OrderChanged:
    return OrderChanged(order_id=ORDER, material_id="PUMP", planned=pieces(amount), due_at=due_at)


def made(amount: int) -> OrderCompleted:
    return OrderCompleted(
        order_id=ORDER, material_id="PUMP", ordered=pieces(8), good=pieces(amount),
        scrap=pieces(0), over=pieces(0), lot_id="A1",
    )  # fmt: skip


CANCELLED = OrderCancelled(order_id=ORDER)


class Steered(Doing):
    """A run of an order of eight."""

    def __init__(self) -> None:
        released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pieces(8))
        super().__init__(steer_order, ORDER, released)

    def told(self, kind: type[Command]) -> Command:
        """The floor takes it."""
        command = self.sends
        assert isinstance(command, kind)
        self.answer(Send, Answer(Receipt(reference="1")))
        return command

    def refused(self) -> str:
        """The floor does not; the question that follows."""
        self.answer(Send, Answer(error=RejectedError("order 1000001 is done")))
        return self.question()

    def question(self) -> str:
        """What a planner is asked now, if anything."""
        return next((verb.text for verb in self._stands_at() if isinstance(verb, Ask)), "")

    def hears(self, event: Event) -> None:
        self._first(Wait, Answer(event))

    def answers(self, choice: str) -> None:
        self._first(Ask, Answer(choice))

    def waits(self) -> None:
        """As long as it wants."""
        self._first(Sleep, Answer(None))

    def _first(self, kind: type[Verb[Any]], answer: Answer) -> None:
        verb = next(verb for verb in self._stands_at() if isinstance(verb, kind))
        self.open = self.live.take(verb.n, answer, NOON)

    def _stands_at(self) -> list[Verb[Any]]:
        return [verb for verb in self.live.left() if self.live.awaits(verb.n)]


def test_a_change_is_told_once_the_floor_has_the_order() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(changed(6))
    assert run.told(ChangeOrder) == ChangeOrder(
        order_id=ORDER, material_id="PUMP", quantity=pieces(6)
    )


def test_a_change_that_is_said_twice_is_told_once() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(changed(8))
    assert run.sends is None
    run.hears(changed(6))
    run.told(ChangeOrder)
    run.hears(changed(6))
    assert run.sends is None


def test_a_cancellation_is_the_last_that_is_told() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(CANCELLED)
    run.told(CancelOrder)
    assert run.live.ended


def test_what_the_floor_refuses_is_a_planners_question_and_asked_again_if_they_say_so() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(changed(6))
    assert "changed to 6 PC, and the floor refuses: order 1000001 is done." in run.refused()
    run.answers("ask the floor again")
    assert run.refused()
    run.answers("leave the floor as it is")
    assert not run.question()


def test_a_question_goes_when_something_else_is_decided() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(changed(6))
    assert run.refused()
    run.hears(changed(8))  # as the floor has it
    assert run.sends is None
    assert not [verb for verb in run.live.left() if isinstance(verb, Ask)]


def test_a_date_that_the_floor_refuses_is_no_question() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(changed(8, NOON))
    assert not run.refused()


def test_nothing_is_listened_to_long_after_the_floor_was_done() -> None:
    run = Steered()
    run.told(DistributeOrder)
    run.hears(made(8))
    run.hears(changed(9))
    assert run.refused()
    run.answers("leave the floor as it is")
    run.waits()
    assert run.live.ended


def booked(*events: Event) -> Doing:
    """A run of an order of eight that has heard these; what it sends is done."""
    released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pieces(8))
    run = Doing(book_order, ORDER, released)
    for event in events:
        run.answer(Wait, Answer(event))
        while run.sends is not None:
            run.answer(Send, Answer(Receipt(reference="1")))
    return run


def test_more_than_was_released_is_booked_where_planners_wanted_more() -> None:
    run = booked(changed(12), made(12))
    run.answer(Wait, Answer(error=LateError("nothing went in")))
    assert isinstance(run.sends, ReceiveOutput)


def test_what_was_made_until_a_cancellation_is_received_and_the_order_ends() -> None:
    run = booked(CANCELLED, made(3))
    run.answer(Wait, Answer(error=LateError("nothing went in")))
    assert isinstance(run.sends, ReceiveOutput)
    run.answer(Send, Answer(Receipt(reference="1")))
    run.answer(Wait, Answer(CANCELLED))
    run.answer(Wait, Answer(error=LateError("nothing more")))
    assert isinstance(run.sends, CompleteProduction)


def test_what_was_made_ends_in_the_books_though_its_cancellation_is_taken_back_only_then() -> None:
    released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pieces(8))
    run = booked(CANCELLED, made(8))
    run.answer(Wait, Answer(error=LateError("nothing went in")))
    run.answer(Send, Answer(Receipt(reference="1")))
    run.answer(Wait, Answer(released))
    assert isinstance(run.sends, CompleteProduction)


@pytest.mark.parametrize("last", [CANCELLED, LateError("the floor says nothing")])
def test_an_order_of_which_nothing_was_made_ends_without_a_booking(last: Event | LateError) -> None:
    run = booked(CANCELLED)
    answer = Answer(error=last) if isinstance(last, LateError) else Answer(last)
    run.answer(Wait, answer)
    assert run.live.ended
    assert run.sends is None
