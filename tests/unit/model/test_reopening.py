"""Reopenings: whether the floor is done with an order, in whichever order that is heard."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from andon.core.quantity import Quantity
from andon.model.production import OrderCompleted, OrderReopened, Reopenings

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
ONE = Quantity(Decimal(1), "PC")


def made(reopening: int | None = None, at: datetime | None = None) -> OrderCompleted:
    return OrderCompleted(
        order_id="1", material_id="PUMP", ordered=ONE, good=ONE, scrap=ONE, over=ONE,
        reopening=reopening, completed_at=at,
    )  # fmt: skip


def reopened(number: int | None = None, at: datetime | None = None) -> OrderReopened:
    return OrderReopened(order_id="1", reopening=number, reopened_at=at)


def done(*said: OrderCompleted | OrderReopened) -> bool:
    floor = Reopenings()
    for one in said:
        floor.hear(one)
    return floor.done


def test_counted_reopenings_are_told_by_their_number() -> None:
    assert not done()
    assert done(made(0))
    assert not done(made(0), reopened(1))
    assert not done(made(0), reopened(1), made(0))
    assert done(made(0), made(1), reopened(1)), "the end was heard before its beginning"
    assert not done(reopened(2), reopened(1), made(1)), "one that was overtaken"


def test_where_nothing_is_counted_the_floors_clock_tells() -> None:
    assert not done(reopened(at=LATER), made(at=NOON)), "made before it was taken up again"
    assert done(reopened(at=NOON), made(at=LATER))


def test_where_nothing_is_said_they_count_as_they_are_heard() -> None:
    assert done(made())
    assert not done(made(), reopened())
    assert done(made(), reopened(), made())
