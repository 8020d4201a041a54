"""What is compared as it came says the same as what is looked at whole."""

from datetime import timedelta
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.settings import Watch
from andon.connectors.sparkplug.simulated import Point
from tests.unit.connectors.sparkplug.plant import LINE, NOON, Wired

WATCHES = {
    "state": Watch(metric="State", beside=["Temp", "Level"]),
    "temperature": Watch(metric="Temp", deadband=1.0, at_most_every=timedelta(seconds=1)),
    "fine": Watch(metric="Fine", deadband=0.5),
    "level": Watch(metric="Level", deadband=2.0),
    "rest": Watch(metric="*"),
}
NUMBERS = st.sampled_from([19.0, 19.9, 20.0, 20.1, 20.5, 21.0, 21.1, 22.0, -0.0, 0.0, "NaN", None])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "State": st.sampled_from([0, 1, -1, None]),
    "Temp": NUMBERS,
    "Fine": NUMBERS,
    "Level": st.sampled_from([-2, -1, 0, 1, 2, 3, 126, 127, None]),
    "Flag": st.booleans(),
    "Text": st.sampled_from(["", "a", "b"]),
}
REPORTS = [st.tuples(st.just(name), values) for name, values in VALUES.items()]
STEPS = st.one_of(
    *REPORTS,
    st.tuples(st.just("waits"), st.sampled_from([0.1, 0.5, 1.0])),
    st.tuples(st.sampled_from(["past", "dies", "connects"]), st.just(0)),
)


class Whole(Wired):
    """Every metric comes with properties, though there are none: so it is looked at whole."""

    def hears(self, topic: str, data: bytes) -> None:
        payload = read_payload(data, largest=1 << 20)
        for metric in payload.metrics:
            cast("Any", metric.properties).SetInParent()
        super().hears(topic, payload.SerializeToString())


def plant_of(kind: type[Wired]) -> Wired:
    plant = kind(
        WATCHES,
        State=Point("Int32", 1, at=NOON),
        Temp=Point("Float", 20.0, at=NOON),
        Fine=Point("Double", 20.0, at=NOON),
        Level=Point("Int8", 1, at=NOON),
        Flag=Point("Boolean", False, at=NOON),
        Text=Point("String", "", at=NOON),
    )
    plant.node.connect()
    return plant


def told(plant: Wired, steps: list[tuple[str, Any]]) -> list[Any]:
    for name, value in steps:
        match name:
            case "waits":
                plant.waits(value)
            case "past":
                plant.node.report("line1", {"State": 2}, at=NOON - 60_000, historical=True)
            case "dies":
                plant.node.die()
            case "connects":
                plant.node.connect()
            case _:
                plant.node.report("line1", {name: value})
    plant.waits(2)
    device = plant.host.device(LINE)
    assert device is not None
    left = {name: repr(known.value) for name, known in device.metrics.items()}
    return [*[(one.kind, one.key, one.raw) for one in plant.items()], left]


@given(st.lists(STEPS, max_size=30))
@settings(max_examples=150, deadline=None)
def test_what_says_the_same_again_is_no_news_and_nothing_else_is_kept_back(
    steps: list[tuple[str, Any]],
) -> None:
    assert told(plant_of(Wired), steps) == told(plant_of(Whole), steps)
