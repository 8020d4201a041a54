"""A host and an edge node that speak to each other in memory, on a clock moved by hand."""

from collections.abc import Mapping
from typing import Any

import msgspec

from andon.connectors.sparkplug.addresses import Address, command_topic, spoken
from andon.connectors.sparkplug.datatypes import NUMBERS
from andon.connectors.sparkplug.device import Moment
from andon.connectors.sparkplug.host import Host
from andon.connectors.sparkplug.items import item_of
from andon.connectors.sparkplug.mapping import Presence, Reading
from andon.connectors.sparkplug.news import interest_of
from andon.connectors.sparkplug.payloads import read_payload
from andon.connectors.sparkplug.said import Ask, Life, Said
from andon.connectors.sparkplug.schema import new_payload
from andon.connectors.sparkplug.settings import Watch
from andon.connectors.sparkplug.simulated import EdgeNode, Point
from andon.core.connector import Item

NOON = 1_795_500_000_000
NODE = Address("Plant1", "edge1")
LINE = Address("Plant1", "edge1", "line1")
WATCHED = {"state": Watch(metric="State", beside=["Reason"]), "count": Watch(metric="Good*")}


class Wired:
    """What the node publishes is heard at once, unless the wire holds it back."""

    def __init__(self, watches: Mapping[str, Watch] = WATCHED, **points: Point) -> None:
        self.now = 0.0
        self.said: list[Said] = []
        self.holding = False
        self.held: list[tuple[str, bytes]] = []
        default = {
            "State": Point("Int32", 3, at=NOON),
            "Reason": Point("String", "", at=NOON),
            "GoodCount": Point("UInt32", 0, at=NOON),
        }
        self.node = EdgeNode(
            self.publish,
            "Plant1",
            "edge1",
            {"line1": {**default, **points}, "line2": {"State": Point("Int32", 1, at=NOON)}},
            clock=lambda: NOON + round(self.now * 1000),
        )
        self.host = self.another(watches)

    def another(self, watches: Mapping[str, Watch] = WATCHED) -> Host:
        """A host that knows nothing, as after a restart; from now on it is the one that hears."""
        self.host = Host(interest_of(watches), reorder_within=2, answers_within=5)
        return self.host

    @property
    def moment(self) -> Moment:
        return Moment(self.now, NOON + round(self.now * 1000))

    def publish(self, topic: str, data: bytes) -> None:
        if self.holding:
            self.held.append((topic, data))
        else:
            self.hears(topic, data)

    def hears(self, topic: str, data: bytes) -> None:
        found = spoken(topic)
        assert found is not None
        self.takes(self.host.heard(found, read_payload(data, largest=1 << 20), self.moment))

    def takes(self, said: list[Said]) -> None:
        for one in said:
            self.said.append(one)
            if isinstance(one, Ask):
                self.node.took(command_topic(one.address), rebirth())

    def waits(self, seconds: float) -> None:
        """Time passes, looked at every 100 ms."""
        for _ in range(round(seconds * 10)):
            self.now = round(self.now + 0.1, 3)
            self.takes(self.host.due(self.moment))

    def items(self) -> list[Item]:
        """News since the last look."""
        said, self.said = self.said, []
        return [item_of(one, "presence") for one in said if not isinstance(one, Ask)]

    def readings(self, metric: str = "") -> list[Reading]:
        return [
            reading
            for item in self.items()
            if item.kind in ("state", "count")
            if (reading := item.read(Reading)).metric == metric or not metric
        ]

    def values(self, metric: str) -> list[Any]:
        """What a metric of line 1 said since the last look; stale ones as such."""
        return [
            ("stale", one.value) if one.stale else one.value
            for one in self.readings(metric)
            if one.device == "line1"
        ]

    def lives(self) -> list[tuple[str, str]]:
        said, self.said = self.said, []
        return [(str(one.address), one.what) for one in said if isinstance(one, Life)]


def presence(item: Item) -> Presence:
    return msgspec.json.decode(item.raw, type=Presence)


def rebirth() -> bytes:
    payload = new_payload()
    metric = payload.metrics.add()
    metric.name, metric.datatype = "Node Control/Rebirth", NUMBERS["Boolean"]
    metric.boolean_value = True
    return payload.SerializeToString()
