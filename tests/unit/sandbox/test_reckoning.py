"""The reckoning can say no: each kind of mistake in the books is counted as what it is."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from andon.sandbox.lab import Posting, Reckoned, compare, reckon

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUSING = Posting("261", "1000001", "H00001", Decimal(4))
SEAL = Posting("261", "1000001", "S00001", Decimal(8))
PUMP = Posting("101", "1000001", "A0000001", Decimal(4))
OTHER = Posting("101", "1000002", "A0000002", Decimal(6))
FACTS = [
    (NOON, HOUSING),
    (NOON, SEAL),
    (NOON + timedelta(minutes=1), OTHER),
    (NOON + timedelta(minutes=2), PUMP),
]


def test_books_that_say_what_happened_are_well() -> None:
    assert reckon(FACTS, [HOUSING, SEAL, OTHER, PUMP]).well
    assert reckon([], []).well


def test_what_happened_at_one_instant_and_to_other_orders_has_no_order() -> None:
    assert reckon(FACTS, [SEAL, HOUSING, PUMP, OTHER]).well


def test_a_fact_without_its_posting_is_lost() -> None:
    assert reckon(FACTS, [HOUSING, OTHER, PUMP]) == Reckoned(lost=1, doubled=0, out_of_order=0)


def test_a_posting_made_twice_is_doubled() -> None:
    found = reckon(FACTS, [HOUSING, HOUSING, SEAL, OTHER, PUMP])
    assert found == Reckoned(lost=0, doubled=1, out_of_order=0)


def test_a_wrong_amount_is_lost_and_made_up() -> None:
    wrong = Posting("101", "1000001", "A0000001", Decimal(5))
    found = reckon(FACTS, [HOUSING, SEAL, OTHER, wrong])
    assert found == Reckoned(lost=1, doubled=1, out_of_order=0)


def test_output_booked_before_what_went_in_is_out_of_order() -> None:
    found = reckon(FACTS, [PUMP, HOUSING, SEAL, OTHER])
    assert found == Reckoned(lost=0, doubled=0, out_of_order=2)


def test_a_wrong_order_is_not_well() -> None:
    assert not Reckoned(lost=0, doubled=0, out_of_order=1).well
    assert not Reckoned(lost=0, doubled=1, out_of_order=0).well
    assert not Reckoned(lost=1, doubled=0, out_of_order=0).well


def test_what_has_no_order_is_only_counted() -> None:
    assert compare("aab", "aba").well
    assert compare("aab", "abc") == Reckoned(lost=1, doubled=1, out_of_order=0)


def test_reckonings_are_added_up() -> None:
    one = Reckoned(lost=1, doubled=2, out_of_order=0)
    assert one + Reckoned(lost=0, doubled=1, out_of_order=4) == Reckoned(
        lost=1, doubled=3, out_of_order=4
    )
