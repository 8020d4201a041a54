"""The store of components: who asked first is promised first, and what is missing is said."""

from decimal import Decimal

from andon.sandbox.systems.wms.levels import Levels
from andon.sandbox.systems.wms.supply import Supply
from andon.sandbox.truth import Arrived, Consumed
from andon.sandbox.world import BEGAN

SEALS = b'{"lines": [{"item": "SEAL", "quantity": 10}]}'


def came(lot: str, amount: int) -> Arrived:
    return Arrived(at=BEGAN, lot=lot, material="SEAL", quantity=Decimal(amount), place="A.STORE")


def test_what_comes_goes_to_who_asked_first_and_a_locked_lot_to_nobody() -> None:
    locked: set[str] = set()
    supply = Supply("A.STORE", locked, lambda: BEGAN)
    supply.hear(came("S1", 12))
    assert supply.put("1", SEALS).status == 201
    assert supply.put("2", SEALS).status == 201
    assert supply.missing == {"1": {"SEAL": 0}, "2": {"SEAL": 8}}
    locked.add("S1")
    supply.look()
    assert supply.missing == {"1": {"SEAL": 10}, "2": {"SEAL": 10}}
    supply.hear(came("S2", 15))
    assert supply.missing == {"1": {"SEAL": 0}, "2": {"SEAL": 5}}
    locked.clear()
    supply.look()
    said = len(supply.said)
    took = Consumed(
        at=BEGAN, order="1", operation="0010", lot="S1", material="SEAL", quantity=Decimal(10),
        place="A.STORE",
    )  # fmt: skip
    supply.hear(took)
    supply.free("1")
    assert supply.missing == {"2": {"SEAL": 0}}
    assert len(supply.said) == said
    assert supply.put("3", b'{"lines": []}').status == 422


def test_how_much_of_a_lot_lies_where_is_said_when_it_is_something_else() -> None:
    locked: set[str] = set()
    levels = Levels(locked, lambda: BEGAN)
    supply = Supply("A.STORE", locked, lambda: BEGAN, levels)
    supply.hear(came("S1", 12))
    levels.add("S1", "SEAL", "warehouse", Decimal(3))
    levels.look("S1")
    locked.add("S1")
    levels.look("S1")
    locked.clear()
    levels.add("S1", "SEAL", "warehouse", Decimal(-3))
    assert [(row["place"], row["quantity"], row["locked"]) for row in levels.said] == [
        ("production", 12, False),
        ("warehouse", 3, False),
        ("production", 12, True),
        ("warehouse", 3, True),
        ("production", 12, False),
        ("warehouse", 0, False),
    ]
    assert {row["item"] for row in levels.said} == {"SEAL"}


def test_an_item_is_said_short_over_all_orders_and_when_it_is_short_no_more() -> None:
    supply = Supply("A.STORE", set(), lambda: BEGAN)

    def said() -> list[tuple[object, object, object]]:
        return [(row["item"], row["missing"], row["orders"]) for row in supply.short]

    supply.hear(came("S1", 12))
    supply.put("1", SEALS)
    assert said() == []
    supply.put("2", SEALS)
    supply.put("3", SEALS)
    supply.hear(came("S2", 10))
    supply.free("3")
    assert said() == [
        ("SEAL", 8, ("2",)),
        ("SEAL", 18, ("2", "3")),
        ("SEAL", 8, ("3",)),
        ("SEAL", 0, ()),
    ]
    assert [row["seq"] for row in supply.short] == [1, 2, 3, 4]
