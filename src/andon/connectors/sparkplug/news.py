"""What of all that metrics say is news: a change, outside its deadband, not too often."""

__all__ = ["Interest", "Known", "Watched", "interest_of"]

import re
from collections.abc import Callable, Mapping
from fnmatch import translate
from typing import Any, NamedTuple

from andon.connectors.sparkplug.addresses import Address
from andon.connectors.sparkplug.datatypes import NUMBERS
from andon.connectors.sparkplug.schema import Metric
from andon.connectors.sparkplug.settings import Watch
from andon.connectors.sparkplug.values import read


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


_COMPARED = {
    "int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value"
}  # fmt: skip
"""Fields that hold one thing, so two of them are compared as they came."""
_FLOAT, _DOUBLE = NUMBERS["Float"], NUMBERS["Double"]


class Known:
    """One metric since its birth: what it is, what it said last, what of that was told."""

    __slots__ = (
        "_about",
        "_came",
        "_changed",
        "_field",
        "_near",
        "_value",
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
        "watched",
    )

    def __init__(self, name: str, datatype: int, watched: Watched | None) -> None:
        self.name = name
        self.datatype = datatype
        self.watched = watched
        self.kept = watched is not None
        """Whether its value is looked at; also what others want beside theirs."""
        self._value: Any = None
        self._field = ""
        """Where the value stood when it was no news; empty: what comes next is looked at whole."""
        self._came: Any = None
        """The value as it came in that field."""
        self._changed = False
        """Whether it came since and was only compared."""
        self._about: Any = None
        """As it came when it was told, and how far from it nothing is news."""
        self._near = 0.0
        self.at = 0
        """Milliseconds of the value that was last looked at whole, by its node's clock."""
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

    @property
    def value(self) -> Any:
        """What it said last, as JSON holds it."""
        if self._changed:
            self._changed = False
            self._value = read(self._came, self._field, self.datatype)
        return self._value

    def says(self, value: Any) -> None:
        """From a metric that was looked at whole."""
        self._value, self._changed, self._field = value, False, ""

    def unsettled(self) -> None:
        """What comes next is looked at whole: what was told is another value now, or stale."""
        self.says(self.value)
        self._near = 0.0

    def settled(self, field: str, came: Any) -> None:
        """What it says, and how it came, is told or is no news: as long as it says the same, it
        is none."""
        if field not in _COMPARED:
            return
        self._field, self._came = field, came
        if self.told is not None and self.told[0] == self._value:
            self._about = self._came
            self._near = self._nearness()

    def repeats(self, metric: Metric) -> bool:
        """Whether it says what is no news, and nothing else. Most of all metrics do, so only what
        can make a difference is looked at."""
        field = self._field
        if not field:
            return False
        came: Any = getattr(metric, field)
        same = came == self._came
        if not same and not (self._near and abs(came - self._about) < self._near):
            return False
        datatype = metric.datatype
        if (
            (datatype and datatype != self.datatype)
            or metric.is_null
            or metric.is_historical
            or metric.HasField("properties")
            or (not came and not metric.HasField(field))
        ):
            return False
        if not same or not came:  # 0.0 and -0.0 are the same, and written otherwise
            self._came, self._changed = came, True
        return True

    def _nearness(self) -> float:
        """Clearly inside the deadband, whatever is rounded; integers may have their sign in them,
        and are looked at whole."""
        band = self.watched.deadband if self.watched else 0.0
        if not band or self.datatype not in (_FLOAT, _DOUBLE):
            return 0.0
        return max(0.0, band - 1e-6 * (abs(self._about) + band))
