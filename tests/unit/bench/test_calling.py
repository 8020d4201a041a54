"""What Andon adds to a target's own time follows from the calls and the books alone."""

from bench.calling import Called, Figures, reckoned
from bench.ledger import Effects


def _figures(through: list[Called], effects: dict[str, Effects]) -> Figures:
    direct = [Called(f"d{n}", 5.0 if n < 99 else 8.0, 200) for n in range(100)]
    return reckoned("inventory/post-receipt", 50.0, direct, through, effects)


def test_what_is_added_is_the_difference_of_the_slowest_hundredths() -> None:
    through = [Called(f"k{n}", 20.0 if n < 98 else 30.0, 201) for n in range(100)]
    found = _figures(through, {call.key: Effects(effects=1) for call in through})
    assert (found.target_p50_ms, found.target_p99_ms) == (5.0, 5.0)
    assert (found.p50_ms, found.p99_ms, found.added_ms) == (20.0, 30.0, 25.0)
    assert found.kept


def test_what_is_unfinished_lost_or_doubled_is_a_broken_promise() -> None:
    through = [Called("a", 20.0, 202), Called("b", 20.0, 201), Called("c", 20.0, 201)]
    found = _figures(through, {"a": Effects(effects=1), "c": Effects(effects=3)})
    assert (found.unfinished, found.lost, found.doubled) == (1, 1, 2)
    assert not found.kept
