"""What passes the filter, and what of it the canonical model learns."""

from datetime import timedelta

import msgspec
import pytest

from andon.connectors.sparkplug.mapping import Reading, counted, equipment_state
from andon.connectors.sparkplug.settings import Watch
from andon.connectors.sparkplug.simulated import Point
from andon.core.errors import MappingError
from andon.model.plant import EquipmentState
from tests.unit.connectors.sparkplug.plant import NOON, Wired

STATES: dict[object, EquipmentState] = {3: "Executing", 2: "NotExecuting"}


def test_only_changes_of_watched_metrics_come() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    for value in (3, 3, 2, 2, 3):
        plant.node.report("line1", {"State": value, "Reason": f"r{value}"})
    items = [item.read(Reading) for item in plant.items()]
    assert [(one.metric, one.value, one.beside) for one in items] == [
        ("State", 2, {"Reason": "r2"}),
        ("State", 3, {"Reason": "r3"}),
    ]


def test_a_number_inside_its_deadband_is_no_news_however_slowly_it_creeps() -> None:
    watch = {"count": Watch(metric="Temp", deadband=1.0)}
    plant = Wired(watch, Temp=Point("Double", 20.0, at=NOON))
    plant.node.connect()
    plant.said.clear()
    for n in range(31):
        plant.node.report("line1", {"Temp": round(20.0 + n / 10, 1)})
    assert plant.values("Temp") == [21.1, 22.2]
    plant.node.report("line1", {"Temp": "NaN"})
    plant.node.report("line1", {"Temp": "NaN"})
    assert plant.values("Temp") == ["NaN"]


def test_what_changes_often_is_told_seldom_and_its_last_value_is_never_lost() -> None:
    watch = {"count": Watch(metric="GoodCount", at_most_every=timedelta(seconds=10))}
    plant = Wired(watch)
    plant.node.connect()
    assert plant.values("GoodCount") == [0]
    for n in range(1, 55):
        plant.node.report("line1", {"GoodCount": n})
        plant.waits(0.5)
    assert plant.values("GoodCount") == [20, 40]
    plant.waits(10)
    assert plant.values("GoodCount") == [54]
    plant.node.report("line1", {"GoodCount": 55})
    plant.node.report("line1", {"GoodCount": 54})
    plant.waits(11)
    assert plant.values("GoodCount") == [], "it went back before anybody was told"


def test_a_change_of_quality_alone_is_news() -> None:
    point = Point("Int32", 3, at=NOON, properties={"Quality": ("Int32", 192)})
    plant = Wired(State=point)
    plant.node.connect()
    assert plant.readings("State")[0].properties == {"Quality": 192}
    point.properties = {"Quality": ("Int32", 500)}
    plant.node.connect()
    (reading,) = plant.readings("State")
    assert (reading.value, reading.properties) == (3, {"Quality": 500})


def test_the_past_is_told_late_and_does_not_change_the_present() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    for n, value in enumerate((2, 2, 4)):
        plant.node.report("line1", {"State": value}, at=NOON - 60_000 + n, historical=True)
    items = plant.items()
    told = [item.read(Reading) for item in items]
    assert [(one.value, one.historical) for one in told] == [(2, True), (4, True)]
    assert {item.mirror for item in items} == {None}
    plant.node.report("line1", {"State": 3})
    assert plant.values("State") == [], "it said 3 all the time"


def test_what_cannot_be_read_is_told_and_stops_nothing_else() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    plant.node.devices["line1"]["State"].type = "String"
    plant.node.report("line1", {"State": "running", "GoodCount": 9})
    odd, good = plant.items()
    assert odd.kind == "sparkplug.unreadable"
    assert b"its birth said Int32" in odd.raw
    assert good.read(Reading).value == 9


def reading(value: object, *, stale: bool = False, returned: bool = False) -> Reading:
    plant = Wired()
    plant.node.connect()
    first = plant.readings("State")[0]
    return msgspec.structs.replace(first, value=value, stale=stale, returned=returned)


def test_a_state_is_told_when_it_changes_and_stale_is_not_available() -> None:
    running = equipment_state(reading(3), None, STATES, equipment_id="L1")
    assert running is not None
    assert (running.equipment_id, running.state) == ("L1", "Executing")
    assert equipment_state(reading(3), reading(3), STATES) is None
    gone = equipment_state(reading(3, stale=True), reading(3), STATES)
    assert gone is not None
    assert (gone.equipment_id, gone.state, gone.reason) == (
        "line1", "NotAvailable", "not connected",
    )  # fmt: skip
    back = equipment_state(reading(3), reading(3, stale=True), STATES)
    assert back is not None
    assert back.state == "Executing"
    anew = equipment_state(reading(3, returned=True), reading(3), STATES)
    assert anew is not None, "what was told meanwhile, perhaps by silence, does not hold any more"


def test_a_state_nobody_named_is_refused_with_those_that_are() -> None:
    with pytest.raises(MappingError, match=r"is 9, which no state stands for; named are \[3, 2\]"):
        equipment_state(reading(9), None, STATES)


@pytest.mark.parametrize(
    ("now", "before", "rolls_at", "more"),
    [
        (7, 5, None, 2),
        (5, 5, None, 0),
        (3, 60_000, None, 3),
        (3, 65_530, 65_536, 9),
        (3, 100, 65_536, 3),
        (5, None, None, None),
    ],
)
def test_a_counter_counts_over_resets_and_roll_overs(
    now: int, before: int | None, rolls_at: int | None, more: int | None
) -> None:
    then = None if before is None else reading(before)
    assert counted(reading(now), then, rolls_at=rolls_at) == more


def test_a_counter_that_went_stale_goes_on_where_it_stood() -> None:
    assert counted(reading(7, stale=True), reading(5)) is None
    assert counted(reading(9), reading(7, stale=True)) == 2
