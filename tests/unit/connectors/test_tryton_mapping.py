"""Recorded rows of a real Tryton 8.2, and the events they become."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from andon.connectors.tryton import TrytonSettings, mappings
from andon.connectors.tryton.asked import AskLots, AskOutput, Component
from andon.connectors.tryton.inspections import with_orders
from andon.connectors.tryton.mapping import inspection_decided, production_order
from andon.connectors.tryton.rows import Order
from andon.connectors.tryton.speech import Speech, rows_in
from andon.connectors.tryton.steps import order_steps
from andon.core.connector import Item, SecretStr
from andon.core.errors import InvalidError, MappingError, RejectedError, UnavailableError
from andon.core.mapping import Known, Outbound, Said
from andon.core.message import Claims, Command, ReadBack
from andon.core.quantity import Quantity
from andon.model.production import (
    AssignLots,
    ComponentLot,
    OrderCancelled,
    OrderChanged,
    OrderReleased,
    ReceiveOutput,
)
from andon.model.quality import InspectionDecided, RecordInspection, Result

RECORDED = Path(__file__).parents[2] / "recorded" / "tryton"
SETTINGS = TrytonSettings(url="http://erp.example/erp/rest", key=SecretStr("k"))
TEN = Quantity(Decimal(10), "u")


def recorded(name: str, **changed: Any) -> dict[str, Any]:
    return json.loads((RECORDED / f"{name}.json").read_text()) | changed


def said(row: dict[str, Any], before: dict[str, Any] | None = None, **settings: Any) -> list[Said]:
    model = row["__name__"]
    reads = {"production": production_order, "quality.inspection": inspection_decided}[model].reads
    item = Item(kind=model, key="k", raw=json.dumps(row).encode())
    previous = None if before is None else json.dumps(before).encode()
    told = TrytonSettings(url=SETTINGS.url, key=SETTINGS.key, **settings)
    return list(reads(item, Known(told, previous)))


def by(login: str) -> dict[str, Any]:
    return {"write_uid": {"id": 9, "login": login}}


def holds(status: str, planned: str = "10 u") -> ReadBack:
    held: Claims = {"status": status, "material": "FG-COLA", "planned": planned}
    return ReadBack(kind="production-order", object_id="MO1001", holds=held)


WAITING = recorded("production-waiting")
NUMBERED = {"id": WAITING["id"], "number": WAITING["number"]}


def test_an_order_a_planner_released_is_news_with_its_due_day_in_the_company_s_zone() -> None:
    planned_date = {"__class__": "date", "year": 2026, "month": 12, "day": 1}
    row = recorded("production-waiting", planned_date=planned_date)
    due = datetime(2026, 12, 1, 23, 59, tzinfo=ZoneInfo("Europe/Berlin"))
    assert said(row, time_zone="Europe/Berlin") == [
        OrderReleased(order_id="MO1001", material_id="FG-COLA", planned=TEN, due_at=due)
    ]


def test_an_order_without_a_day_has_no_due_time() -> None:
    (released,) = said(recorded("production-waiting", planned_date=None))
    assert isinstance(released, OrderReleased)
    assert released.due_at is None


def test_the_same_row_read_again_says_nothing() -> None:
    assert said(WAITING, before=WAITING) == []


def test_an_order_first_seen_when_its_parts_are_reserved_was_released_before() -> None:
    released, held = said(recorded("production-assigned", **NUMBERED))
    assert isinstance(released, OrderReleased)
    assert held == holds("Ready")


@pytest.mark.parametrize(
    ("state", "status"), [("assigned", "Ready"), ("running", "Running"), ("done", "Completed")]
)
def test_what_andon_posted_comes_back_as_a_read_back(state: str, status: str) -> None:
    row = recorded(f"production-{state}", **NUMBERED)
    assert row["write_uid"]["login"] == "andon"
    assert said(row, before=WAITING) == [holds(status)]


def test_an_order_somebody_else_books_as_done_is_no_second_completion() -> None:
    row = recorded("production-done", **NUMBERED, **by("paula"))
    assert said(row, before=WAITING) == [holds("Completed")]
    assert said(row) == [holds("Completed")]


def test_a_planner_s_change_of_quantity_is_news() -> None:
    changed, held = said({**WAITING, "quantity": 12.0}, before=WAITING)
    assert isinstance(changed, OrderChanged)
    assert changed.planned == Quantity(Decimal(12), "u")
    assert held == holds("Released", "12 u")


def test_a_change_that_andon_made_is_not_news() -> None:
    assert said({**WAITING, "quantity": 12.0, **by("andon")}, before=WAITING) == [
        holds("Released", "12 u")
    ]


def test_noise_of_binary_floats_is_no_change_of_quantity() -> None:
    noisy = {**WAITING, "quantity": 10.000000000000002, "_timestamp": "2"}
    assert not any(isinstance(one, OrderChanged) for one in said(noisy, before=WAITING))


def test_a_released_order_that_is_cancelled_or_taken_back_is_withdrawn() -> None:
    cancelled = recorded("production-cancelled", **NUMBERED)
    assert said(cancelled, before=WAITING) == [
        OrderCancelled(order_id="MO1001", reason="cancelled in Tryton")
    ]
    taken_back = said({**WAITING, "state": "draft"}, before=WAITING)
    assert isinstance(taken_back[0], OrderCancelled)
    assert taken_back[1] == holds("Forecast")


def test_an_order_that_was_never_released_is_not_withdrawn() -> None:
    (held,) = said(recorded("production-cancelled", **NUMBERED))
    assert isinstance(held, ReadBack)


def test_an_order_that_andon_cancelled_is_not_news() -> None:
    row = recorded("production-cancelled", **NUMBERED, **by("andon"))
    (held,) = said(row, before=WAITING)
    assert isinstance(held, ReadBack)


def test_a_draft_that_was_never_numbered_is_not_looked_at() -> None:
    assert said({**WAITING, "state": "draft", "number": None}) == []


def test_a_released_order_that_was_taken_back_and_released_again_is_released_again() -> None:
    assert isinstance(said(WAITING, before={**WAITING, "state": "draft"})[0], OrderReleased)


def test_a_state_nobody_named_is_an_exception_that_says_where() -> None:
    with pytest.raises(MappingError) as raised:
        said({**WAITING, "state": "frozen"})
    assert [fault.at for fault in raised.value.faults] == ["/state"]


def test_a_failed_inspection_is_a_reject_of_the_lot_with_what_was_measured() -> None:
    row = recorded("inspection-failed")
    (decided,) = said(row, before=recorded("inspection-pending"))
    assert isinstance(decided, InspectionDecided)
    assert (decided.decision, decided.order_id, decided.lot_id) == (
        "reject",
        "MO1002",
        "MO1002-FG",
    )
    assert decided.inspection_id == "MO1002/MO1002-FG"
    assert decided.reason == "Inspection 2 failed: brix 12.1, visual_ok yes. Alerts: 1."


def test_the_time_of_a_decision_is_the_server_s_local_time() -> None:
    (decided,) = said(recorded("inspection-passed"), time_zone="Asia/Tokyo")
    assert isinstance(decided, InspectionDecided)
    assert decided.decision == "accept"
    assert decided.decided_at is not None
    assert decided.decided_at.utcoffset() == timedelta(hours=9)


def test_an_inspection_under_way_or_read_again_says_nothing() -> None:
    passed = recorded("inspection-passed")
    assert said(recorded("inspection-pending")) == []
    assert said({**passed, "_timestamp": "2"}, before=passed) == []


def written(command: Command, local: str = "MO1001") -> Any:
    (writer,) = [m for m in mappings if isinstance(m, Outbound) and m.command is type(command)]
    return writer.writes(command, Known(SETTINGS, local=local)).body


def test_components_are_asked_for_by_the_lot_s_own_number() -> None:
    lot = ComponentLot(
        material_id="RAW-SUGAR",
        lot_id="material-lot/mes:LOT-SUGAR-001",
        quantity=Quantity(Decimal("5.5"), "kg"),
    )
    assert written(
        AssignLots(order_id="production-order/erp:MO1001", components=(lot,))
    ) == AskLots(
        number="MO1001",
        components=(
            Component(product="RAW-SUGAR", lot="LOT-SUGAR-001", quantity=Decimal("5.5"), unit="kg"),
        ),
    )


def test_an_output_of_nothing_has_no_lot() -> None:
    nothing = Quantity(Decimal(0), "u")
    assert written(ReceiveOutput(order_id="x", material_id="FG-COLA", good=nothing)) == AskOutput(
        number="MO1001", product="FG-COLA", quantity=Decimal(0), unit="u", lot=None
    )


def test_a_result_is_a_figure_or_a_yes_or_no() -> None:
    results = (
        Result(characteristic="visual_ok", conforms=False),
        Result(characteristic="brix", measured=Decimal("10.4")),
    )
    asked = written(RecordInspection(inspection_id="i", results=results), local="i")
    assert asked.points == {"visual_ok": False, "brix": Decimal("10.4")}


@pytest.mark.parametrize("quantity", [1e40, "NaN", "Infinity", "1e27"])
def test_a_quantity_that_counts_nothing_is_the_orders_fault(quantity: Any) -> None:
    with pytest.raises(InvalidError, match="is no amount"):
        said(recorded("production-waiting", quantity=quantity))


@pytest.mark.parametrize("part", [{"month": 13}, {"day": 31, "month": 2}, {"year": 10**30}])
def test_a_day_that_does_not_exist_is_a_fault_with_its_place(part: dict[str, int]) -> None:
    planned = {"__class__": "date", "year": 2026, "month": 12, "day": 1, **part}
    with pytest.raises(MappingError) as refused:
        said(recorded("production-waiting", planned_date=planned))
    assert [fault.at for fault in refused.value.faults] == ["/planned_date"]


@pytest.mark.parametrize("body", [b"<html>502", b'{"id":1}', b'[{"id":1,"quantity":"NaN"}]'])
def test_an_answer_that_does_not_read_is_read_again_later(body: bytes) -> None:
    with pytest.raises(UnavailableError, match="about production does not read"):
        rows_in(body, list[Order], "production")


def test_a_component_the_order_does_not_take_is_refused_in_words() -> None:
    move = {
        "id": 1, "product": {"id": 2, "code": "RAW"}, "quantity": 0, "state": "draft",
        "unit": {"id": 1, "symbol": "u"}, "from_location": 1, "to_location": 2,
    }  # fmt: skip
    order = {
        "id": 1, "number": "MO1", "state": "draft", "company": 1, "inputs": [move],
        "product": {"id": 1, "code": "FG"},
    }  # fmt: skip
    held = rows_in(json.dumps([order]).encode(), list[Order], "production")[0]
    proven = order_steps()["production.lots"].proven

    def lots(product: str) -> AskLots:
        return AskLots(number="MO1", components=(Component(product=product, lot="L"),))

    assert proven(held, lots("RAW"))  # it takes nothing of it, so nothing is missing
    with pytest.raises(RejectedError, match="MO1 takes no OTHER"):
        proven(held, lots("OTHER"))


async def test_an_inspection_of_something_else_than_an_order_is_about_none() -> None:
    rows = [b'{"origin":"production,\xc2\xb2"}', b'{"origin":"stock.lot,7"}', b"{}"]
    found = await with_orders(Silent(), rows)
    assert [json.loads(row)["about"] for row in found] == [None, None, None]


class Silent(Speech):
    """A Tryton that has nothing."""

    def __init__(self) -> None:
        pass

    async def call(self, *_: Any, **__: Any) -> tuple[int, bytes]:
        return 200, b"[]"
