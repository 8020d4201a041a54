"""Times and values in the words people read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from andon.app.said import moment, span, value

NOON = datetime(2026, 3, 2, 12, 0, 0, 42_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0.44, "0.4 ms"),
        (84, "84 ms"),
        (3_650, "3.6 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (77_000, "1 min 17 s"),
        (7_500_000, "2 h 05 min"),
        (90_000_000, "1 d 01 h"),
        (-1_500, "-1.5 s"),
    ],
)
def test_a_span_is_said_in_at_most_two_units(ms: float, words: str) -> None:
    assert span(ms) == words


def test_today_is_said_by_its_time_and_another_day_by_its_date() -> None:
    assert moment(NOON, NOON) == "12:00:00.042"
    assert moment(NOON - timedelta(days=1), NOON) == "2026-03-01 12:00:00"


def test_a_moment_is_said_in_utc_whatever_zone_it_came_in() -> None:
    assert moment(NOON.astimezone(timezone(timedelta(hours=2))), NOON) == "12:00:00.042"


@pytest.mark.parametrize(
    ("held", "words"),
    [(None, "none"), ("", "empty"), (True, "yes"), (False, "no"), (0, "0"), ("5 pcs", "5 pcs")],
)
def test_an_absent_value_is_said(held: str | int | bool | None, words: str) -> None:
    assert value(held) == words
