"""Where a read stands: pure, with a clock that is moved by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from andon.connectors.sql.moments import Dial
from andon.connectors.sql.places import KeyPlace, TimePlace
from andon.connectors.sql.settings import ByTime
from andon.connectors.sql.values import placed, unplaced

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)


def dial(**told: Any) -> Dial:
    return Dial(ByTime(column="changed", **told), BERLIN)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 9.5)), min_size=1, max_size=40),
    st.lists(st.floats(0.1, 4), min_size=1, max_size=20),
)
def test_no_row_is_passed_over_whose_transaction_is_shorter_than_the_overlap(
    rows: list[tuple[float, float]], pauses: list[float]
) -> None:
    """Keys in the order of their transactions' beginnings, visible at their ends."""
    begins, visible, now = 0.0, list[tuple[int, float]](), 0.0
    for key, (gap, lasts) in enumerate(rows, start=1):
        begins += gap
        visible.append((key, begins + lasts))
    place, read = KeyPlace(None, overlap=10), set[int]()
    for pause in [*pauses * 20, 1000.0, 1000.0]:
        now += pause
        start = place.begin(now) or 0
        page = sorted(key for key, ends in visible if ends <= now and key >= start)
        read.update(page)
        place.end(page[-1] if page else None, now)
        # Whoever begins anew from the kept place misses nothing that was not read by now.
        assert all(key in read for key, _ in visible if key < (place.kept or 0))
    assert read == {key for key, _ in visible}


def test_a_place_moves_up_once_the_overlap_has_passed() -> None:
    place = KeyPlace(None, overlap=10)
    assert place.begin(0) is None
    place.end(7, 1)
    place.begin(5)
    place.end(7, 5)
    assert place.kept is None
    place.begin(12)
    place.end(7, 12)
    assert place.kept == 7


def test_a_time_column_is_read_from_an_overlap_before_the_newest() -> None:
    place = TimePlace(None, MINUTE, dial())
    assert place.begin(datetime(2026, 7, 1, 12, tzinfo=UTC)) is None
    place.passed(local("2026-07-01 12:00:00"))
    place.passed(local("2026-07-01 11:00:00"))
    assert place.begin(datetime(2026, 7, 1, 12, tzinfo=UTC)) == local("2026-07-01 11:59:00")


def test_a_row_from_the_future_does_not_move_the_place() -> None:
    place = TimePlace(None, MINUTE, dial())
    place.begin(datetime(2026, 7, 1, 10, tzinfo=UTC))  # noon in Berlin
    place.passed(local("2026-07-01 11:59:00"))
    place.passed(local("2099-01-01 00:00:00"))
    place.passed("infinity")
    assert place.kept == local("2026-07-01 11:59:00")


def test_the_hour_that_comes_twice_in_autumn_is_read_twice() -> None:
    # At 3:00 summer time the clock goes back to 2:00: a later row has an earlier time.
    place = TimePlace(local("2026-10-25 02:59:30"), MINUTE, dial())
    later = local("2026-10-25 02:00:05")
    assert place.begin(datetime(2026, 10, 25, 1, 0, 10, tzinfo=UTC)) <= later
    after = TimePlace(local("2026-10-25 03:10:00"), MINUTE, dial())
    assert after.begin(datetime(2026, 10, 25, 3, tzinfo=UTC)) == local("2026-10-25 03:09:00")


def test_that_hour_is_read_twice_also_where_times_are_texts() -> None:
    texts = Dial(ByTime(column="at", format="%Y%m%d%H%M%S"), BERLIN)
    place = TimePlace("20261025025930", MINUTE, texts)
    assert place.begin(datetime(2026, 10, 25, 1, 0, 10, tzinfo=UTC)) <= "20261025020005"


def test_an_hour_that_is_left_out_in_spring_is_an_hour_later() -> None:
    assert dial().instant(local("2026-03-29 02:30:00")) == dial().instant(
        local("2026-03-29 03:30:00")
    )


@pytest.mark.parametrize(
    ("told", "value", "instant", "minute_before"),
    [
        ({}, local("2026-07-01 12:00:00"), "10:00", local("2026-07-01 11:59:00")),
        ({}, "2026-07-01 12:00:00.5", "10:00", "2026-07-01 11:59:00"),
        ({}, "2026-07-01T10:00:00Z", "10:00", "2026-07-01T09:59:00"),
        ({}, "2026-07-01", "22:00", "2026-06-30"),
        ({}, date(2026, 7, 1), "22:00", date(2026, 6, 30)),
        ({"format": "%Y%m%d%H%M%S"}, "20260701120000", "10:00", "20260701115900"),
        ({}, 1782900000, "10:00", 1782899940),
        ({"ticks": "ms"}, 1782900000500, "10:00", 1782899940500),
        ({"ticks": "ms"}, Decimal(1782900000000), "10:00", Decimal(1782899940000)),
        ({}, "yesterday", None, "yesterday"),
        ({}, None, None, None),
    ],
)
def test_times_of_any_type(told: Any, value: Any, instant: str | None, minute_before: Any) -> None:
    found = dial(**told).instant(value)
    assert (found and found.strftime("%H:%M")) == instant
    assert dial(**told).earlier(value, MINUTE) == minute_before


@given(st.datetimes() | st.dates() | st.text() | st.integers() | st.floats() | st.none())
def test_whatever_stands_in_a_time_column_is_an_instant_or_none(value: Any) -> None:
    for one in (dial(), dial(format="%Y%m%d"), dial(ticks="ms")):
        instant = one.instant(value)
        assert instant is None or instant.utcoffset() == timedelta(0)


@given(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.uuids()
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.decimals(allow_nan=False)
    | st.floats(allow_nan=False)
)
@example(datetime(1890, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")))
@example(datetime(1972, 1, 6, tzinfo=ZoneInfo("Africa/Monrovia")))
@example(datetime(2026, 7, 1, tzinfo=ZoneInfo("Asia/Kathmandu")))
def test_a_place_is_the_same_value_after_a_restart(value: Any) -> None:
    again = unplaced(msgspec.json.decode(msgspec.json.encode(placed(value))))
    assert (type(again), again) == (type(value), value)


@pytest.mark.parametrize("kept", [[], {"at": 1}, {"what": "else"}, 1.5])
def test_a_place_that_is_none_is_noticed(kept: Any) -> None:
    with pytest.raises(ValueError, match="no value of a key"):
        unplaced(kept)


@pytest.mark.parametrize("kept", [{"float": "0x1p99999"}, {"number": "1,5"}, {"number": ""}])
def test_a_number_that_is_none_is_no_place(kept: Any) -> None:
    with pytest.raises(ValueError, match="no number of a key"):
        unplaced(kept)


@pytest.mark.parametrize("value", [date.min, datetime(1, 1, 1, tzinfo=UTC)])
def test_the_first_day_of_the_calendar_has_none_before_it(value: Any) -> None:
    assert dial().earlier(value, MINUTE) == value
