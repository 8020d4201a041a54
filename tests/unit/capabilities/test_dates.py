"""Dates: what planning said last of an order's end is in the books, once, whatever moved it."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from andon.capabilities.maintenance import keep_dates
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer
from andon.model.planning import OrderScheduled, RescheduleOrder
from andon.model.production import OrderCancelled, OrderCompleted, OrderReleased, OrderReopened
from tests.unit.capabilities.doing import NOON, Doing

ORDER = "production-order/erp:1000001"
EIGHT, NONE = (Quantity(Decimal(n), "PC") for n in (8, 0))
RELEASED = OrderReleased(order_id=ORDER, material_id="PUMP", planned=EIGHT)
MADE = OrderCompleted(
    order_id=ORDER, material_id="PUMP", ordered=EIGHT, good=EIGHT, scrap=NONE, over=NONE
)
LOCKED = RejectedError("CO/469: Order 1000001 is already being processed by HUBER")


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


def said(hours: int, sequence: int | None = None, reason: str | None = None) -> OrderScheduled:
    return OrderScheduled(
        order_id=ORDER, equipment_id="LINE1", starts_at=NOON, ends_at=at(hours),
        reason=reason, sequence=sequence,
    )  # fmt: skip


class Kept(Doing):
    """A run of one order, whose ERP takes every date until it is told otherwise."""

    def __init__(self, began: Event = RELEASED, order: str = ORDER) -> None:
        super().__init__(keep_dates(of={"erp"}), order, began)

    def writes(self, refused: RejectedError | None = None) -> datetime | None:
        """The date that is written once nothing more is said."""
        if [v.within for v in self.open if isinstance(v, Wait)] == [None]:
            return None
        self.answer(Wait, Answer(error=LateError("nothing more")))
        command = self.sends
        if command is None:
            return None
        assert isinstance(command, RescheduleOrder)
        self.answer(Send, Answer(error=refused) if refused else Answer(Receipt(reference="1")))
        return command.ends_at

    @property
    def asks(self) -> list[str]:
        return [v.text for v in self.live.left() if isinstance(v, Ask)]


@pytest.mark.parametrize("reason", [None, "LINE1 stands", "1000002 is cancelled"])
def test_whatever_gave_an_order_its_end_it_is_written(reason: str | None) -> None:
    run = Kept()
    run.heard(said(1, 1, reason))
    assert run.writes() == at(1)


def test_what_was_said_meanwhile_is_written_as_one_and_the_same_end_not_again() -> None:
    run = Kept()
    run.heard(said(1, 1), said(2, 2), said(3, 3))
    assert run.writes() == at(3)
    run.heard(said(3, 4))
    assert run.writes() is None
    run.heard(said(4, 5), said(3, 6))
    assert run.writes() is None


def test_a_word_that_was_overtaken_on_its_way_is_never_written() -> None:
    run = Kept()
    run.heard(said(2, 2), said(1, 1))
    assert run.writes() == at(2)
    run.heard(said(1, 1))
    assert run.writes() is None


def test_planning_that_counts_nothing_is_heard_in_the_order_it_speaks() -> None:
    run = Kept()
    run.heard(said(2), said(1))
    assert run.writes() == at(1)


def test_a_refusal_is_a_planners_question_until_something_newer_is_said() -> None:
    run = Kept()
    there = at(1).astimezone(ZoneInfo("Europe/Berlin"))
    run.heard(msgspec.structs.replace(said(1, 1), ends_at=there))
    run.writes(LOCKED)
    (text,) = run.asks
    assert "HUBER" in text
    assert "2026-01-01 13:00 UTC" in text, "wherever planning is"
    run.answer(Ask, Answer("write again"))
    assert run.writes(LOCKED) == at(1)
    run.heard(said(2, 2))
    assert run.writes() == at(2)
    assert run.asks == []


def test_nobody_is_asked_about_the_end_of_an_order_that_is_made() -> None:
    run = Kept()
    run.heard(said(1, 1))
    run.writes(LOCKED)
    run.heard(MADE)
    assert run.asks == []
    run.heard(said(2, 2))
    assert run.writes(LOCKED) == at(2)
    assert run.asks == []
    assert run.writes() is None
    assert run.live.ended, "a day after it was done"


def test_one_that_is_taken_up_again_is_followed_on() -> None:
    run = Kept()
    run.heard(MADE, OrderReopened(order_id=ORDER, reopening=1))
    assert run.writes() is None
    run.heard(said(5, 9))
    assert run.writes() == at(5)


def test_a_cancelled_order_ends_nowhere() -> None:
    run = Kept()
    run.heard(said(1, 1), OrderCancelled(order_id=ORDER))
    assert run.live.ended


def test_orders_of_another_erp_are_not_followed() -> None:
    assert Kept(order="production-order/erp-b:B000001").live.ended


def test_a_run_that_began_with_a_word_of_planning_ends_as_it_began() -> None:
    assert Kept(said(1)).live.ended
    run = Kept(said(1, reason="LINE1 stands"))
    assert run.sends == RescheduleOrder(order_id=ORDER, ends_at=at(1))
