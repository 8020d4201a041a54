"""A product with a quality control on the real systems: inspected, and booked or held."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.story.riverside import Riverside, riverside, until
from tests.story.test_main_job import acknowledged, agreed, booked, the_lot, timeline

pytestmark = [pytest.mark.real, pytest.mark.story, pytest.mark.timeout(170)]

PASSES, FAILS = 10.4, 12.1
"""Brix; FG-COLA is good from 9.5 to 11.5."""


@pytest.fixture(scope="module")
def plant(short_folder: Path) -> Iterator[Riverside]:
    with riverside(short_folder / "quality-home") as running:
        yield running


def test_what_passes_its_inspection_is_booked(plant: Riverside) -> None:
    order = made(plant)
    assert plant.erp.planner.inspect(order, brix=PASSES) == "passed"

    booked(plant, order)
    lot = the_lot(plant, order)
    assert plant.at_the_erp(order)["made"] == [(lot, 6.0)]
    agreed(plant, order)
    assert believed(plant, f"material-lot/riverside:{lot}", "hold") in ({}, {"andon": False})
    # Nothing asks anybody any more, and the inspection's own page says what was decided.
    until(lambda: not asking(plant, order), 20, lambda: asking(plant, order))
    assert believed(plant, f"I-{lot}", "decision") == {"erp": "accept"}


def test_what_fails_its_inspection_is_held_at_once_and_not_booked(plant: Riverside) -> None:
    order = made(plant)
    lot = f"material-lot/riverside:{the_lot(plant, order)}"
    assert believed(plant, lot, "hold") == {}

    assert plant.erp.planner.inspect(order, brix=FAILS) == "failed"

    # Tryton is looked at every second or so; from its word on the hold takes no time.
    until(lambda: believed(plant, lot, "hold") == {"andon": True}, 10, lambda: plant.page(lot))
    assert believed(plant, lot, "disposition")["andon"] == "Restricted"
    assert order in held_up(plant), "the board marks the order of a held lot"
    assert [link["object"] for link in linked(plant, order) if link["held"]] == [lot]
    assert f"{lot}, on hold" in plant.andon("trace", order)
    assert "quality hold place" in timeline(plant, lot)
    assert plant.at_the_erp(order)["state"] != "done"

    # Quality deals with the lot in Tryton, which nobody hears of, and says so on the board.
    plant.erp.planner.resolve_alerts()
    (case,) = [case for case in asking(plant, order) if case["team"] == "quality"]
    plant.ask("POST", f"/v1/exceptions/{case['id']}/answer", {"answer": "try again"})
    booked(plant, order)


def made(plant: Riverside) -> str:
    """An order of FG-COLA that is made and waits for its inspection in Tryton."""
    order = plant.release("FG-COLA", 6)
    acknowledged(plant, order)
    plant.mes.operator.make(order, good=6)
    until(
        lambda: order in plant.erp.planner.to_inspect(),
        60,
        lambda: plant.andon("trace", order),
    )
    assert plant.at_the_erp(order)["state"] != "done"
    return order


def believed(plant: Riverside, name: str, attribute: str) -> dict[str, Any]:
    """What each system holds to be true."""
    page = plant.page(name)
    rows = [] if page is None else page["matrix"]
    return {
        cell["system"]: cell["value"]
        for row in rows
        if row["attribute"] == attribute
        for cell in row["cells"]
    }


def held_up(plant: Riverside) -> list[str]:
    """Orders on the board that have a lot on hold."""
    lines = plant.ask("GET", "/v1/subjects?kind=production-order")["items"]
    return [line["local"] for line in lines if line["held"]]


def linked(plant: Riverside, order: str) -> list[dict[str, Any]]:
    """What the order's page ties it to."""
    page = plant.page(order)
    assert page is not None
    return page["links"]


def asking(plant: Riverside, order: str) -> list[dict[str, Any]]:
    """Open cases about the order."""
    page = plant.page(order)
    assert page is not None
    return [case for case in page["exceptions"] if case["state"] != "resolved"]
