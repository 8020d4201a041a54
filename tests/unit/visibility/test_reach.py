"""What systems say of a lot beside each other: what is off, and what is only somewhere else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from andon.visibility.reach import Price, StockWords, gaps_of
from andon.visibility.reached import Gap

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PUMP = Price("journal-entry/erp:1", Decimal("249.5"), "EUR", "PC")


def word(system: str, location: str, amount: str, lot: str = "L1", unit: str = "PC") -> StockWords:
    return StockWords(lot, system, location, unit, Decimal(amount), NOON, NOON)


def gaps(*words: StockWords, price: Price | None = PUMP) -> list[Gap]:
    return gaps_of(sorted(words, key=lambda one: (one.lot, one.unit)), price, NOON)


def said(gap: Gap) -> list[tuple[str, str, str]]:
    return [(one.location, one.source, one.amount) for one in gap.words]


def test_what_all_say_alike_is_no_gap() -> None:
    assert gaps(word("erp", "warehouse", "9"), word("wms", "warehouse", "9.0")) == []


def test_a_count_that_is_not_posted_is_off_by_what_it_found() -> None:
    (gap,) = gaps(word("erp", "warehouse", "9"), word("wms", "warehouse", "3"))
    assert said(gap) == [("warehouse", "erp", "9"), ("warehouse", "wms", "3")]
    assert (gap.off, gap.worth) == ("6", "1497 EUR")


def test_a_lot_of_which_one_system_has_never_heard_is_off_by_all_of_it() -> None:
    (gap,) = gaps(
        word("wms", "warehouse", "8"),
        *(word(one, "warehouse", "5", lot="L2") for one in ("erp", "wms")),
    )
    assert (gap.lot, gap.off) == ("L1", "8")
    assert said(gap) == [("warehouse", "erp", "0"), ("warehouse", "wms", "8")]
    assert [one.said_at for one in gap.words] == [None, NOON]


def test_a_carrying_that_is_not_posted_is_a_gap_and_no_loss() -> None:
    (gap,) = gaps(
        word("erp", "production", "8"),
        word("wms", "warehouse", "8"),
        word("erp", "warehouse", "0", lot="L2"),
    )
    assert said(gap) == [("warehouse", "erp", "0"), ("warehouse", "wms", "8")]
    assert (gap.off, gap.worth) == ("0", "0 EUR")
    (gap,) = gaps(
        word("erp", "production", "8"),
        word("wms", "production", "0"),
        word("erp", "warehouse", "0"),
        word("wms", "warehouse", "8"),
    )
    assert (gap.off, len(gap.words)) == ("0", 4)


def test_where_only_one_system_looks_nothing_is_compared() -> None:
    assert gaps(word("erp", "van", "5"), word("wms", "warehouse", "5")) == []
    (gap,) = gaps(
        word("erp", "van", "5"), word("erp", "warehouse", "9"), word("wms", "warehouse", "3")
    )
    assert gap.off == "6", "what is in the van is nobody's mistake"


def test_amounts_in_two_units_are_not_compared() -> None:
    assert gaps(word("erp", "warehouse", "9"), word("wms", "warehouse", "3", unit="KG")) == []


def test_what_was_never_valued_or_in_another_unit_has_no_worth() -> None:
    (gap,) = gaps(word("erp", "warehouse", "9"), word("wms", "warehouse", "3"), price=None)
    assert (gap.off, gap.worth) == ("6", None)
    (gap,) = gaps(
        *(word(one, "warehouse", n, unit="KG") for one, n in (("erp", "9"), ("wms", "3")))
    )
    assert (gap.off, gap.worth) == ("6", None)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_of_three_the_one_with_most_is_against_the_one_with_least(order: Sequence[int]) -> None:
    words = [word(one, "store", n) for one, n in (("a", "4"), ("b", "9"), ("c", "5"))]
    (gap,) = gaps(*(words[n] for n in order))
    assert gap.off == "5"
