"""What of all that metrics say is news: a change, outside its deadband, not too often."""

__all__ = ["Interest", "Known", "Watched", "interest_of"]

import re
from collections.abc import Callable, Mapping
from fnmatch import translate
from typing import Any, NamedTuple

from andon.connectors.sparkplug.addresses import Address
from andon.connectors.sparkplug.settings import Watch


class Watched(NamedTuple):
    """An entry of the settings, ready to be compared with."""

    kind: str
    deadband: float
    pause: float
    """Seconds between two items of one metric."""
    beside: tuple[str, ...]


Interest = Callable[[Address, str], Watched | None]
"""Whether a metric of a node or device is watched, and how."""


def interest_of(watches: Mapping[str, Watch]) -> Interest:
    """The first entry that names a metric is the one that counts."""
    entries = [
        (
            re.compile(translate(watch.of)),
            re.compile(translate(watch.metric)),
            Watched(kind, watch.deadband, watch.at_most_every.total_seconds(), tuple(watch.beside)),
        )
        for kind, watch in watches.items()
    ]

    def interest(address: Address, metric: str) -> Watched | None:
        of = str(address)
        for who, name, watched in entries:
            if name.match(metric) and who.match(of):
                return watched
        return None

    return interest


class Known:
    """One metric since its birth: what it is, what it said last, what of that was told."""

    __slots__ = (
        "at",
        "datatype",
        "kept",
        "name",
        "past",
        "properties",
        "quality",
        "stale",
        "told",
        "told_after",
        "told_at",
        "value",
        "watched",
    )

    def __init__(self, name: str, datatype: int, watched: Watched | None) -> None:
        self.name = name
        self.datatype = datatype
        self.watched = watched
        self.kept = watched is not None
        """Whether its value is looked at; also what others want beside theirs."""
        self.value: Any = None
        self.at = 0
        """Milliseconds of the value, by its node's clock."""
        self.quality: Any = None
        self.properties: dict[str, Any] = {}
        self.told: Any = None
        """Value and quality last told; None before the first."""
        self.told_at = 0
        """Milliseconds of what was told."""
        self.told_after = 0.0
        """When the next item may follow, by our clock."""
        self.stale = False
        self.past: Any = None
        """The last value told from a node's memory."""

    def differs(self) -> bool:
        """Whether what it says now is news after what was told."""
        if self.told is None:
            return True
        value, quality = self.told
        now = self.value
        if quality != self.quality or type(value) is not type(now):
            return True
        if value == now:
            return False
        band = self.watched.deadband if self.watched else 0.0
        return not band or not isinstance(now, int | float) or abs(now - value) > band
