"""The simulated gateway's pages: found once for all of them, and anew after any change."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from andon.connectors.odata.metadata import described
from andon.connectors.odata.simulated.books import Books, RefusedCallError
from andon.connectors.odata.simulated.filters import condition, ordered
from andon.connectors.odata.simulated.gateway import edmx
from andon.connectors.odata.simulated.sorted import Sorted

KIND = described(edmx("API_PRODUCTION_ORDER_2_SRV")).sets["A_ProductionOrder_2"]
ORDER = "LastChangeDateTime asc,ManufacturingOrder asc"
SET = "orders"


def books() -> Books:
    made = Books(lambda: datetime(2026, 1, 1, tzinfo=UTC))
    for n in range(20):
        change(made, str(n), f"2026112612{n // 3:04}")
    return made


def change(made: Books, number: str, at: str | None, material: str = "PUMP") -> None:
    row = {"ManufacturingOrder": number, "LastChangeDateTime": at, "Material": material}
    made.put(SET, (number,), row)


@pytest.mark.parametrize(
    "kept",
    [
        "", "LastChangeDateTime ge '20261126120003'", "LastChangeDateTime ge '9'",
        "Material eq 'PUMP' and LastChangeDateTime ge '20261126120003'",
        "LastChangeDateTime gt '20261126120003'",
    ],
)  # fmt: skip
@pytest.mark.parametrize("order", [ORDER, "ManufacturingOrder asc", "LastChangeDateTime desc"])
def test_what_is_found_is_what_a_look_at_all_rows_finds(kept: str, order: str) -> None:
    made = books()
    change(made, "none", None)
    holds = condition(kept, KIND)
    expected = ordered((row for row in made.rows(SET).values() if holds(row)), order, KIND)
    assert list(Sorted(made).rows(SET, kept, order, KIND)) == expected


def test_after_a_change_or_one_that_was_put_back_it_is_found_anew() -> None:
    made = books()
    found = Sorted(made)

    def last() -> str:
        return found.rows(SET, "", ORDER, KIND)[-1]["ManufacturingOrder"]

    assert last() == "19"
    change(made, "3", "20270101000000")
    assert last() == "3"
    with suppress(RefusedCallError), made.together():
        change(made, "4", "20280101000000")
        assert last() == "4"
        raise RefusedCallError("X", "no")
    assert last() == "3"
    made.drop(SET, ("3",))
    assert last() == "19"


@pytest.mark.parametrize(
    "kept",
    [
        "Material eq 'PUMP'", "ManufacturingOrder eq '7'", "ManufacturingOrder eq 'nowhere'",
        "Material eq 'VALVE' and ManufacturingOrder eq '7'",
        "Material eq 'VALVE' and LastChangeDateTime gt '20261126120003'",
        "Material eq 'VALVE' or ManufacturingOrder eq '7'",
        "not Material eq 'VALVE'", "(Material eq 'VALVE')", "Material eq 'a and b'",
        "Material eq 'it''s' and ManufacturingOrder eq '9'", "ManufacturingOrder eq null",
    ],
)  # fmt: skip
def test_what_fields_must_be_is_found_as_a_look_at_all_rows_finds_it(kept: str) -> None:
    made = books()
    found = Sorted(made)

    def same() -> None:
        holds = condition(kept, KIND)
        kept_rows = (row for row in made.rows(SET).values() if holds(row))
        expected = ordered(kept_rows, "ManufacturingOrder asc", KIND)
        assert list(found.rows(SET, kept, "ManufacturingOrder asc", KIND)) == expected

    same()
    for number, material in (("7", "VALVE"), ("8", "VALVE"), ("8", "a and b"), ("9", "it's")):
        change(made, number, "20270101000000", material)
        same()
        with suppress(RefusedCallError), made.together():
            change(made, "7", None, "PUMP")
            change(made, "new", None, "VALVE")
            made.drop(SET, ("8",))
            same()
            raise RefusedCallError("X", "no")
        same()
    made.drop(SET, ("7",))
    same()


def test_rows_are_found_by_their_fields_whatever_was_put_back() -> None:
    made = books()

    def same() -> None:
        for fields in (("Material",), ("Material", "LastChangeDateTime")):
            of = made.by(SET, fields)
            there = {key: row for group in of.values() for key, row in group.items()}
            assert there == made.rows(SET)
            for values, group in of.items():
                assert all(tuple(row[one] for one in fields) == values for row in group.values())

    same()
    change(made, "3", "20270101000000", "VALVE")
    same()
    with suppress(RefusedCallError), made.together():
        change(made, "3", "20270101000000", "PUMP")
        change(made, "3", "20280101000000", "PUMP")
        made.drop(SET, ("4",))
        same()
        raise RefusedCallError("X", "no")
    same()
    assert made.by(SET, ("Material",))["VALVE",].keys() == {("3",)}
