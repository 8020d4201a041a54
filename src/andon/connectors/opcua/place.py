"""Where a reading stands: a time per variable, and the subscription that goes on from there."""

__all__ = ["Place"]

from datetime import UTC, datetime

import msgspec

_START = datetime(1970, 1, 1, tzinfo=UTC)


class _Written(msgspec.Struct, omit_defaults=True):
    at: dict[str, datetime] = {}
    feed: int = 0
    number: int = 0
    watching: str = ""
    jobs: dict[str, str] = {}
    losses: int = 0
    away: list[str] = []


class Place:
    """Kept as text in the log. `feed` and `number` stand there only while everything before them
    was said: else reading on begins a new subscription and looks into the histories."""

    def __init__(self, text: str, watching: str) -> None:
        written = msgspec.json.decode(text, type=_Written) if text else _Written()
        same = written.watching == watching
        self.fresh = not text
        self.feed = written.feed if same else 0
        self.number = written.number if same else 0
        self.jobs = written.jobs
        self._at = written.at
        self._losses = written.losses
        self._away = dict.fromkeys(written.away)
        self._seen: dict[str, set[str]] = {}
        self._watching = watching

    def __str__(self) -> str:
        written = _Written(
            self._at,
            self.feed,
            self.number,
            self._watching,
            self.jobs,
            self._losses,
            list(self._away),
        )
        return msgspec.json.encode(written).decode()

    @staticmethod
    def number_of(text: str) -> tuple[int, int]:
        """Subscription and sequence number of a position."""
        written = msgspec.json.decode(text, type=_Written)
        return written.feed, written.number

    def at(self, node: str, since: datetime | None) -> datetime:
        """From when on the history of a variable is owed."""
        return self._at.get(node) or since or _START

    def knows(self, node: str) -> bool:
        """Whether anything was read of a variable."""
        return node in self._at

    def lost(self) -> tuple[int, list[str]]:
        """The server is gone: how often it was by now, and of which variables that is news. What
        it still holds for us is let go, for each has to be said anew once it is back."""
        gone = [node for node in self._at if node not in self._away]
        if gone and not self._away:
            self._losses += 1
        self._away |= dict.fromkeys(gone)
        self.feed = self.number = 0
        return self._losses, gone

    def returned(self, node: str) -> int | None:
        """After which loss a variable is read for the first time; None: after none."""
        if node not in self._away:
            return None
        del self._away[node]
        return self._losses

    def reached(self, node: str, moment: datetime | None) -> bool:
        """Whether this instant of a variable was read."""
        return moment is None or (node in self._at and self._at[node] >= moment)

    def news(self, node: str, key: str, moment: datetime | None) -> bool:
        """Whether an item was not read at this instant before; moves on to its time."""
        if moment is None:
            return True
        stands = self._at.get(node)
        if stands is None or moment > stands:
            self._at[node], self._seen[node] = moment, {key}
            return True
        if moment < stands:
            return True  # a clock was set back, or a value arrived late: said, and not followed
        seen = self._seen.setdefault(node, set())
        if key in seen:
            return False
        seen.add(key)
        return True
