"""The main job on the real systems: an ERP's order is made on the floor and booked, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from andon.core.message import ReadBack
from andon.model.production import OrderCompleted, OrderReleased
from tests.story.riverside import Riverside, riverside, until

pytestmark = [pytest.mark.real, pytest.mark.story, pytest.mark.timeout(170)]


@pytest.fixture(scope="module")
def plant(short_folder: Path) -> Iterator[Riverside]:
    with riverside(short_folder / "main-home") as running:
        yield running


def test_an_order_is_made_and_booked_exactly_once(plant: Riverside) -> None:
    order = plant.release("FG-WATER", 8)
    acknowledged(plant, order)
    plant.mes.operator.make(order, good=7, scrap=1)

    booked(plant, order)
    lot = the_lot(plant, order)
    assert plant.at_the_erp(order)["made"] == [(lot, 7.0)]

    page = agreed(plant, order)
    assert counted(page, OrderReleased) == 1
    assert counted(page, OrderCompleted) == 1
    assert unanswered(page) == []
    # What Andon itself had changed there came back as Tryton's belief, not as news.
    assert "erp" in {e["source"] for e in page["timeline"] if e["type"] == ReadBack.TYPE}
    assert "production order completed" in timeline(plant, order)
    # A lot and its inspection share the MES's number: asked by it alone, both are offered.
    assert f"material-lot/riverside:{lot}" in plant.andon("trace", lot)
    assert "andon.inventory.lot.create.v1" in timeline(plant, f"material-lot/riverside:{lot}")


def test_over_production_is_booked_as_a_planner_says(plant: Riverside) -> None:
    order = plant.release("FG-WATER", 5)
    acknowledged(plant, order)
    plant.mes.operator.make(order, good=6)

    case = asked(plant, order)
    assert plant.at_the_erp(order)["state"] != "done"
    plant.ask("POST", f"/v1/exceptions/{case['id']}/answer", {"answer": case["choices"][0]})

    booked(plant, order)
    assert plant.at_the_erp(order)["made"] == [(the_lot(plant, order), 6.0)]
    assert counted(agreed(plant, order), OrderReleased) == 1


def test_an_order_with_nothing_good_is_a_question_and_no_output(plant: Riverside) -> None:
    order = plant.release("FG-WATER", 4)
    acknowledged(plant, order)
    plant.mes.operator.make(order, good=0, scrap=4)

    case = asked(plant, order)
    assert case["choices"][-1] == "leave it open"
    there = plant.at_the_erp(order)
    assert there["state"] in ("waiting", "assigned", "running")
    assert there["moved"] == {"draft"}
    assert [lot for lot, _ in there["made"]] == [None]

    plant.ask("POST", f"/v1/exceptions/{case['id']}/answer", {"answer": "leave it open"})
    page = plant.page(order)
    assert page is not None
    assert counted(page, OrderReleased) == counted(page, OrderCompleted) == 1
    assert plant.at_the_erp(order) == there


def acknowledged(plant: Riverside, order: str) -> None:
    """The MES has it, and Andon has the MES's receipt."""

    def receipt() -> bool:
        page = plant.page(order)
        return page is not None and any(
            entry["kind"] == "receipt" and entry["source"] == "mes" for entry in page["timeline"]
        )

    until(receipt, 45, lambda: plant.page(order))
    assert plant.mes.operator.order(order) is not None


def booked(plant: Riverside, order: str) -> None:
    until(
        lambda: plant.at_the_erp(order)["state"] == "done",
        60,
        lambda: (plant.at_the_erp(order), plant.andon("trace", order)),
    )


def agreed(plant: Riverside, order: str) -> dict[str, Any]:
    """The page once Tryton's own word for it, read back, is that it is completed."""

    def page() -> dict[str, Any] | None:
        found = plant.page(order)
        rows = [] if found is None else found["matrix"]
        held = {
            (cell["system"], cell["value"])
            for row in rows
            if row["attribute"] == "status"
            for cell in row["cells"]
        }
        return found if ("erp", "Completed") in held else None

    return until(page, 45, lambda: plant.andon("trace", order))


def asked(plant: Riverside, order: str) -> dict[str, Any]:
    """The one question that is open about the order."""

    def question() -> dict[str, Any] | None:
        page = plant.page(order)
        open_ones = [] if page is None else unanswered(page)
        assert len(open_ones) < 2, open_ones
        return open_ones[0] if open_ones else None

    return until(question, 60, lambda: plant.andon("trace", order))


def unanswered(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [c for c in page["exceptions"] if c["choices"] and c["state"] != "resolved"]


def counted(page: dict[str, Any], event: type[OrderReleased] | type[OrderCompleted]) -> int:
    return sum(1 for e in page["timeline"] if e["kind"] == "event" and e["type"] == event.TYPE)


def timeline(plant: Riverside, name: str) -> str:
    """What `andon trace` tells of what happened."""
    _, found, told = plant.andon("trace", name).partition("What happened")
    assert found
    return told


def the_lot(plant: Riverside, order: str) -> str:
    """The lot that the MES says it made."""
    page = plant.page(order)
    assert page is not None
    (said,) = [e["data"]["lot_id"] for e in page["timeline"] if e["type"] == OrderCompleted.TYPE]
    return said
