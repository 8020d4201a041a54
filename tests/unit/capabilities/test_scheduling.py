"""Schedule: planning knows which orders are open, and what of them is to be made."""

from datetime import datetime, timedelta
from decimal import Decimal

from andon.capabilities.maintenance import schedule_released
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer, Heard
from andon.model.planning import OrderScheduled, ScheduleOrder, UnscheduleOrder
from andon.model.production import (
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
)
from tests.unit.capabilities.doing import NOON, Doing

ORDER = "production-order/erp:1000001"
DUE = NOON + timedelta(days=7)
CANCELLED = OrderCancelled(order_id=ORDER)


def pieces(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def changed(amount: int, due_at: datetime | None = DUE) -> OrderChanged:
    return OrderChanged(order_id=ORDER, material_id="PUMP", planned=pieces(amount), due_at=due_at)


def made(reopening: int | None = None) -> OrderCompleted:
    return OrderCompleted(
        order_id=ORDER, material_id="PUMP", ordered=pieces(8), good=pieces(8),
        scrap=pieces(0), over=pieces(0), lot_id="A1", reopening=reopening,
    )  # fmt: skip


def reopened(number: int | None = None) -> OrderReopened:
    return OrderReopened(order_id=ORDER, reopening=number)


class Scheduled(Doing):
    """A run of an order of eight, of which planning has been told."""

    def __init__(self) -> None:
        released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pieces(8), due_at=DUE)
        super().__init__(schedule_released, ORDER, released)
        assert self.told() == scheduled(8)

    def told(self) -> object:
        """What planning takes now, if anything."""
        command = self.sends
        if command is not None:
            self.answer(Send, Answer(Receipt(reference="1")))
        return command

    def hears(self, event: Event) -> object:
        self.live.hears(Heard(self.live.trigger + 1, self.live.trigger + 1))
        return self._hears(event)

    def hears_earlier(self, at: int, event: Event) -> object:
        """What stands in the log before the release."""
        self.live.hears(Heard(at, at))
        return self._hears(event)

    def _hears(self, event: Event) -> object:
        self.answer(Wait, Answer(event))
        return self.told()


def scheduled(amount: int, due_at: datetime | None = DUE) -> ScheduleOrder:
    return ScheduleOrder(order_id=ORDER, material_id="PUMP", quantity=pieces(amount), due_at=due_at)


def closed(reason: str) -> UnscheduleOrder:
    assert reason in ("cancelled", "done")
    return UnscheduleOrder(order_id=ORDER, reason=reason)


def test_a_change_is_told_once() -> None:
    run = Scheduled()
    assert run.hears(changed(6)) == scheduled(6)
    assert run.hears(changed(6)) is None
    later = DUE + timedelta(days=1)
    assert run.hears(changed(6, later)) == scheduled(6, later)


def test_a_date_that_planning_has_said_itself_is_no_change() -> None:
    run = Scheduled()
    ends = NOON + timedelta(hours=3, microseconds=7)
    said = OrderScheduled(
        order_id=ORDER, equipment_id="LINE1", starts_at=NOON, ends_at=ends, reason="it stands"
    )
    assert run.hears(said) is None
    in_the_books = ends.replace(microsecond=0)  # which know no less than a second
    assert run.hears(changed(8, in_the_books)) is None
    assert run.hears(changed(9, in_the_books)) == scheduled(9)


def test_a_cancelled_order_leaves_the_schedule_for_good() -> None:
    run = Scheduled()
    assert run.hears(CANCELLED) == closed("cancelled")
    assert run.live.ended


def test_what_is_done_leaves_the_schedule_until_the_floor_takes_it_up_again() -> None:
    run = Scheduled()
    assert run.hears(made(0)) == closed("done")
    assert run.hears(changed(9)) is None
    assert run.hears(reopened(1)) == scheduled(9)
    assert run.hears(made(0)) is None  # said twice
    assert run.hears(made(1)) == closed("done")
    run.answer(Wait, Answer(error=LateError("nothing more")))
    assert run.live.ended


def test_an_end_may_be_heard_before_its_reopening() -> None:
    run = Scheduled()
    assert run.hears(made(0)) == closed("done")
    assert run.hears(made(1)) is None
    assert run.hears(reopened(1)) is None


def test_a_floor_that_counts_no_reopenings_is_heard_in_the_order_it_speaks() -> None:
    run = Scheduled()
    assert run.hears(made()) == closed("done")
    assert run.hears(reopened()) == scheduled(8)
    assert run.hears(made()) == closed("done")


def test_what_is_released_anew_is_another_runs() -> None:
    run = Scheduled()
    run.hears(OrderReleased(order_id=ORDER, material_id="PUMP", planned=pieces(8)))
    assert run.live.ended


def test_an_order_released_anew_may_have_been_made_before_and_not_be_open() -> None:
    """Its cancellation came too late, so planners took it back."""
    run = Scheduled()
    released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pieces(6))
    before = (released, made(), changed(7), CANCELLED)
    told = [run.hears_earlier(at - len(before), one) for at, one in enumerate(before)]
    assert told == [None, closed("done"), None, None]
    assert run.hears(changed(9)) is None


def test_what_planning_refuses_is_a_planners_question() -> None:
    run = Scheduled()
    run.answer(Wait, Answer(changed(6)))
    run.answer(Send, Answer(error=RejectedError("No such item.")))
    (ask,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert "No such item." in ask.text
    run.answer(Ask, Answer("tell again"))
    assert run.told() == scheduled(6)
