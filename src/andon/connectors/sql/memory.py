"""What a read remembers: the rows of its last look, and for the sweep all rows there were."""

__all__ = ["Census", "Window"]

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from andon.connectors.sql.rows import Row

_CROWD = 1000


class Window:
    """Rows that an overlapping look reads again are told apart from news."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}
        self._now: dict[str, tuple[str, datetime | None]] = {}
        self._room = _CROWD

    def fresh(self, row: Row, instant: datetime | None = None) -> bool:
        """Whether neither this look nor the last one saw the row as it is."""
        known = self._now.pop(row.ident, None)
        self._now[row.ident] = (row.digest, instant)
        return row.digest != (self._before.get(row.ident) if known is None else known[0])

    @property
    def crowded(self) -> bool:
        """Whether so much came since the last time that forgetting is worth its while."""
        return len(self._now) >= self._room

    def forget(self, before: datetime) -> None:
        """Lets go of what no look reads again, also in the midst of a long one."""
        # In one pass: looking for the first of a dict again steps over all that was deleted.
        for ident in list(takewhile(lambda ident: _older(self._now[ident][1], before), self._now)):
            del self._now[ident]
        self._room = len(self._now) + _CROWD

    def turn(self) -> None:
        """The look is over: only what it saw can come again."""
        self._before = {ident: digest for ident, (digest, _) in self._now.items()}
        self._now = {}
        self._room = _CROWD


def _older(instant: datetime | None, before: datetime) -> bool:
    return instant is not None and instant < before


class Census:
    """Every row as it was last seen. Gone is what two full looks in a row did not find."""

    def __init__(self, *, complete: bool) -> None:
        self.complete = complete
        """Whether everything read so far stands here; else a first full look makes it so."""
        self._known: dict[str, str] = {}
        self._missed: frozenset[str] = frozenset()
        self._found: dict[str, str] = {}

    def note(self, row: Row) -> bool:
        """A look brought the row; returns whether that is news."""
        known = self._known.get(row.ident)
        self._known[row.ident] = row.digest
        return known != row.digest

    def begin(self) -> None:
        """A full look begins."""
        self._found = {}

    def found(self, row: Row) -> bool:
        """A full look brought the row; returns whether that is news."""
        self._found[row.ident] = row.digest
        return self._known.get(row.ident) != row.digest

    def end(self) -> Iterator[tuple[str, str]]:
        """The full look is over: key and last state of each row that is gone."""
        missing = frozenset(ident for ident in self._known if ident not in self._found)
        gone = missing & self._missed
        for ident in sorted(gone):
            yield ident, self._known[ident]
        kept = {ident: self._known[ident] for ident in missing - gone}
        self._known = {**kept, **self._found}
        self._missed = missing - gone
        self._found = {}
        self.complete = True
