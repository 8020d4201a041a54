"""What lines and mechanics say: news when a limit is passed or somebody comes, and not between."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from andon.app.company import maintenance
from andon.connectors.sparkplug import Reading
from andon.core.connector import Item, Settings
from andon.core.mapping import Inbound, Known
from andon.model.plant import ConditionChanged

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
READS = {
    mapping.kind: mapping.reads
    for connection in maintenance.AREA.connections
    for mapping in connection.mappings
    if isinstance(mapping, Inbound)
}
ORDER: dict[str, Any] = {
    "id": "WO-1", "asset": "AST-0101", "external_ref": "k", "finding": "", "changed": NOON,
    "planned_start": NOON, "planned_end": NOON,
}  # fmt: skip


def reading(value: float | None, *, stale: bool = False, historical: bool = False) -> Reading:
    return Reading(
        group="PlantA", node="edge1", device="LINE1", metric="Vibration", type="Double",
        value=value, at=NOON, stale=stale, returned=False, historical=historical,
        properties={}, beside={},
    )  # fmt: skip


def said(now: Reading, before: Reading | None) -> list[ConditionChanged]:
    previous = None if before is None else msgspec.json.encode(before)
    item = Item(key="1", kind="vibration", raw=msgspec.json.encode(now))
    found = list(READS["vibration"](item, Known(Settings(), previous=previous)))
    assert all(isinstance(one, ConditionChanged) for one in found)
    return [one for one in found if isinstance(one, ConditionChanged)]


def test_what_rises_and_falls_is_said_where_it_passes_a_limit() -> None:
    course = [reading(value) for value in (1.8, 4.4, 4.5, 5.1, 4.2, 3.0, 2.9, 2.7, 1.8)]
    words = [
        (one.condition, str(one.value), str(one.limit))
        for before, now in pairwise(course)
        for one in said(now, before)
    ]
    assert words == [("alert", "4.5 mm/s", "4.5 mm/s"), ("normal", "2.7 mm/s", "2.8 mm/s")]
    (word,) = said(course[2], course[1])
    assert (word.equipment_id, word.measured) == ("equipment/company:LINE1", "vibration")


@pytest.mark.parametrize(("value", "news"), [(1.8, []), (4.0, []), (5.0, ["alert"])])
def test_at_first_sight_only_what_is_over_its_limit_is_news(value: float, news: list[str]) -> None:
    assert [one.condition for one in said(reading(value), None)] == news


def test_what_a_dead_node_said_last_and_what_it_remembers_is_no_news() -> None:
    quiet = reading(1.8)
    assert said(reading(9.0, stale=True), quiet) == []
    assert said(reading(9.0, historical=True), quiet) == []
    assert said(reading(None), quiet) == []


def mechanics_say(status: str, before: dict[str, Any] | None) -> list[str]:
    item = Item(key="1", kind="workorder", raw=msgspec.json.encode({**ORDER, "status": status}))
    previous = None if before is None else msgspec.json.encode(before)
    words = READS["workorder"](item, Known(Settings(), previous=previous))
    return [type(word).__name__ for word in words]


def test_who_comes_between_two_looks_has_said_until_when_it_takes() -> None:
    asked = {**ORDER, "status": "REQUESTED", "planned_start": None, "planned_end": None}
    planned = {**ORDER, "status": "SCHEDULED"}
    assert mechanics_say("IN_PROGRESS", asked) == ["MaintenanceScheduled", "MaintenanceStarted"]
    assert mechanics_say("IN_PROGRESS", None) == ["MaintenanceScheduled", "MaintenanceStarted"]
    assert mechanics_say("SCHEDULED", asked) == ["MaintenanceScheduled"]
    assert mechanics_say("IN_PROGRESS", planned) == ["MaintenanceStarted"]
    assert mechanics_say("DONE", asked) == ["MaintenanceCompleted"]
