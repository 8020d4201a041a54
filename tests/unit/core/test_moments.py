"""A time is read only where it says its zone."""

from datetime import UTC, datetime

import pytest

from andon.core.moments import aware


def test_a_time_with_a_zone_is_that_instant() -> None:
    assert aware("2026-03-29T03:30:00+02:00") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert aware("2026-03-29T01:30:00Z") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-29T03:30:00", "2026-03-29", "soon", "", None, 17, []])
def test_what_says_no_zone_or_no_time_is_left_to_the_mapping(text: object) -> None:
    assert aware(text) is None
