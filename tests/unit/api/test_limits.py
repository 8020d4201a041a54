"""Guessing is slowed down, and the memory of it is bounded."""

from andon.api import limits
from andon.api.limits import Attempts


def test_after_too_many_attempts_one_waits_until_the_first_is_a_minute_old() -> None:
    now = [100.0]
    attempts = Attempts(2, seconds=lambda: now[0])
    assert attempts.wait_for("ada") == 0
    now[0] = 110
    assert attempts.wait_for("ada") == 0
    assert attempts.wait_for("ada") == 50
    assert attempts.wait_for("eve") == 0
    now[0] = 160.5
    assert attempts.wait_for("ada") == 0


def test_a_right_password_clears_the_count() -> None:
    attempts = Attempts(1, seconds=lambda: 0.0)
    attempts.wait_for("ada")
    attempts.forgive("ada")
    assert attempts.wait_for("ada") == 0


def test_the_memory_is_bounded() -> None:
    attempts = Attempts(1, seconds=lambda: 0.0)
    for number in range(limits.MOST_REMEMBERED + 10):
        attempts.wait_for(str(number))
    assert len(attempts._made) == limits.MOST_REMEMBERED  # pyright: ignore[reportPrivateUsage]
