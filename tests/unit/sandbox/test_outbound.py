"""Goods of the warehouse: who asked first is promised first, and a delivery has its own lot."""

from decimal import Decimal
from typing import Any

import msgspec

from andon.sandbox.systems.wms import Wms
from andon.sandbox.systems.wms.outbound import Outbound
from andon.sandbox.truth import Arrived, Moved
from andon.sandbox.world import BEGAN, World


def wanted(amount: int) -> bytes:
    return msgspec.json.encode({"lines": [{"item": "PUMP", "quantity": amount}]})


def begun(*lots: tuple[str, int]) -> tuple[Outbound, set[str]]:
    locked: set[str] = set()
    outbound = Outbound(locked, lambda: BEGAN)
    for lot, amount in lots:
        comes(outbound, lot, amount)
    return outbound, locked


def comes(outbound: Outbound, lot: str, amount: int, item: str = "PUMP") -> None:
    outbound.add(lot, item, Decimal(amount))
    outbound.look()


def last(outbound: Outbound, order: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    missing, lots = outbound.last[order]
    return dict(missing), lots


def test_what_comes_goes_to_who_asked_first_and_a_locked_lot_to_nobody() -> None:
    outbound, locked = begun(("A1", 6))
    assert outbound.put("1", wanted(4)).status == 201
    assert outbound.put("2", wanted(4)).status == 201
    assert (last(outbound, "1"), last(outbound, "2")) == (({}, ("A1",)), ({"PUMP": 2}, ("A1",)))
    comes(outbound, "A2", 2)
    assert last(outbound, "2") == ({}, ("A1", "A2"))
    locked.add("A1")
    outbound.look()
    assert (last(outbound, "1"), last(outbound, "2")) == (({"PUMP": 2}, ("A2",)), ({"PUMP": 4}, ()))


def test_what_is_asked_twice_or_is_as_it_was_is_not_said_again() -> None:
    outbound, _ = begun(("A1", 6))
    outbound.put("1", wanted(4))
    assert outbound.put("1", wanted(4)).status == 200
    comes(outbound, "A2", 9)
    comes(outbound, "B1", 9, "VALVE")
    assert len(outbound.said) == 1


def test_a_delivery_waits_for_its_own_lot_whatever_else_lies_there() -> None:
    outbound, locked = begun(("A1", 4), ("A2", 4))
    outbound.put("1", wanted(4))
    outbound.put("2", wanted(4))
    outbound.pick("D1", "1", "A2", "PUMP", Decimal(4))
    assert (last(outbound, "1"), last(outbound, "2")) == (({}, ("A2",)), ({}, ("A1",)))
    locked.add("A2")
    outbound.look()
    assert (last(outbound, "1"), last(outbound, "2")) == (({"PUMP": 4}, ("A2",)), ({}, ("A1",)))


def test_what_has_left_is_wanted_no_more_and_of_an_order_that_is_gone_nothing_is_said() -> None:
    outbound, _ = begun(("A1", 6))
    outbound.put("1", wanted(6))
    outbound.pick("D1", "1", "A1", "PUMP", Decimal(2))
    outbound.leave("D1")
    comes(outbound, "A1", -2)
    assert last(outbound, "1") == ({}, ("A1",))
    outbound.pick("D2", "1", "A1", "PUMP", Decimal(4))
    said = len(outbound.said)
    outbound.leave("D2")
    comes(outbound, "A1", -4)
    outbound.leave("D2")
    assert (outbound.open, len(outbound.said)) == ({}, said)


def test_what_is_carried_to_the_dock_is_missing_at_no_moment() -> None:
    wms = Wms(World(1), "")
    wms.hear(Arrived(at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(4), place="W.01"))
    wms.outbound.put("1", wanted(4))
    wms.outbound.pick("D1", "1", "A1", "PUMP", Decimal(4))
    moved = Moved(
        at=BEGAN, lot="A1", material="PUMP", quantity=Decimal(4), origin="W.01", place="W.DOCK"
    )
    wms.hear(moved)
    assert [row["missing"] for row in wms.outbound.said] == [[]]


def test_a_pick_for_no_order_takes_from_all() -> None:
    outbound, _ = begun(("A1", 6))
    outbound.put("1", wanted(4))
    outbound.pick("D1", "", "A1", "PUMP", Decimal(4))
    assert last(outbound, "1") == ({"PUMP": 2}, ("A1",))


def test_what_orders_nothing_is_refused() -> None:
    outbound, _ = begun()
    assert outbound.put("1", b'{"lines": []}').status == 422
    assert outbound.put("1", wanted(0)).status == 422
    assert outbound.put("1", b"{").status == 400
    assert outbound.open == {}
