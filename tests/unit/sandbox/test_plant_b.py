"""Plant B in the lab: what its line must be known to do."""

from datetime import UTC, datetime
from decimal import Decimal

from andon.sandbox.lab.plant_b import line
from andon.sandbox.systems.machines_b import LINE
from andon.sandbox.truth import Broke, Made, Mended, Started, Truth

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def made(order: str, good: int, lot: str) -> Made:
    return Made(
        at=NOON, order=order, operation="MAKE", machine=LINE, began=NOON, material="VALVE",
        good=Decimal(good), scrap=Decimal(1), lot=lot, place="B.STORE",
    )  # fmt: skip


def test_a_line_does_what_happened_to_it_last_and_counts_good_pieces_alone() -> None:
    truth = Truth()
    assert line(truth) == ("NotExecuting", 0)
    truth.born("V1", "VALVE", sound=True)
    truth.happens(Started(at=NOON, order="1", machine=LINE))
    assert line(truth) == ("Executing", 0)
    truth.happens(made("1", 7, "V1"))
    assert line(truth) == ("NotExecuting", 7)
    truth.happens(Broke(at=NOON, machine=LINE, cause="jam"))
    truth.happens(Broke(at=NOON, machine="LINE1", cause="jam"))
    truth.happens(Mended(at=NOON, machine="LINE1"))
    assert line(truth) == ("OutOfService", 7)
    truth.happens(Mended(at=NOON, machine=LINE))
    assert line(truth) == ("NotExecuting", 7)
