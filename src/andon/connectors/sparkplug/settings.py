"""What a Sparkplug B connection is told."""

__all__ = ["SparkplugSettings", "Watch"]

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from andon.connectors._mqtt import MqttSettings


class Watch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Metrics whose changes are items of one kind."""

    metric: str
    """Name of the metric, `Machine/State`; `*` stands for any text, `?` for one character."""
    of: str = "*"
    """Who has it: `group/node` or `group/node/device`, with the same signs."""
    deadband: float = 0.0
    """A number is news when it is further than this from the last one that was."""
    at_most_every: timedelta = timedelta()
    """A metric that changes more often is told once in this time, with its latest value."""
    beside: Sequence[str] = ()
    """Other metrics of the same node or device whose values come along, `Machine/Reason`."""


class SparkplugSettings(MqttSettings, frozen=True, kw_only=True):
    """One broker with nodes and devices, and which of their metrics matter here."""

    host_id: str = "andon"
    """We say on `spBv1.0/STATE/<host_id>` whether we are there. Nodes that store and forward wait
    for it. Two programs must not share one."""
    state: bool = True
    """Whether that is said. Not by a guest: a second reader beside the plant's host."""
    groups: Sequence[str] = ()
    """Groups to listen to; none: all."""
    nodes: Sequence[str] = ()
    """Nodes asked for a birth whenever we come, `group/node`, beside those we already know."""
    metrics: Mapping[str, Watch] = {}
    """Kind of item -> metrics. A metric that no entry names does not enter; the first counts."""
    presence: str | None = None
    """Kind of the items that tell of births, deaths, gaps and silence; none: not told."""
    reorder_within: timedelta = timedelta(seconds=2)
    """How long a message may come late before it counts as lost."""
    answers_within: timedelta = timedelta(seconds=5)
    """How long a node may take for a birth we ask for before it counts as dead."""
    largest: int = 1_048_576
    """Bytes of the longest payload we read, also after decompression."""
    waiting: int = 4_096
    """Messages kept while the log is slow. What comes beyond is dropped, noticed as a gap, and
    made good by a new birth."""
