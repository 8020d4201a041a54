"""The clock that a sandbox scales."""

from datetime import UTC, datetime, timedelta

import pytest

from andon.engine.clock import ScaledClock, SystemClock


def test_an_hour_of_business_goes_by_in_a_minute() -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    clock = ScaledClock(60, real=began, business=datetime(2026, 3, 2, 6, tzinfo=UTC))
    late = clock.now() - datetime(2026, 3, 2, 7, tzinfo=UTC)
    assert timedelta() <= late < timedelta(minutes=5)


def test_a_real_pause_is_as_many_times_longer_in_business() -> None:
    clock = ScaledClock(60, real=datetime.now(UTC), business=datetime(2026, 3, 2, 6, tzinfo=UTC))
    then = clock.after(timedelta(seconds=10))
    assert timedelta(minutes=9) < then - clock.now() <= timedelta(minutes=10)
    assert timedelta(seconds=9) < clock.left(then) <= timedelta(seconds=10)
    assert timedelta(seconds=9) < SystemClock().left(SystemClock().after(timedelta(seconds=10)))


def test_processes_that_are_told_the_same_tell_the_same_time() -> None:
    text = "240@2026-11-25T21:00:00+01:00@2026-03-02T06:00:00Z"
    one, other = ScaledClock.said(text), ScaledClock.said(text)
    assert one.real == datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert (one.speed, one.real, one.business) == (other.speed, other.real, other.business)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "60",
        "60@2026-11-25T20:00:00Z",
        "60@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z@",
        "0@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "-1@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "nan@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "inf@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "1e9@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "100001@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "\u0666@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z",
        "60@yesterday@2026-03-02T06:00:00Z",
        "60@2026-11-25T20:00:00@2026-03-02T06:00:00Z",
        "60@2026-11-25T20:00:00Z@2026-03-02T06:00:00",
    ],
)
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is n|no time zone"):
        ScaledClock.said(text)
