"""Where a read stands, so that a row whose transaction ends late is not passed over.

A row gets its key or time in a transaction and is seen when that ends. Let no transaction last
longer than `overlap`. A row that was not there when a look began at `s` got its key after
`s - overlap`, so it stands behind all that had been seen by then: there the next look begins.
"""

__all__ = ["KeyPlace", "TimePlace"]

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from andon.connectors.sql.moments import Dial


class KeyPlace:
    """By a growing key. What was seen when is remembered, for keys say nothing about time."""

    def __init__(self, kept: Any, overlap: float) -> None:
        self.kept = kept
        """Everything up to here has been read and cannot be joined by a late row."""
        self._settled = kept
        self._overlap = overlap
        self._seen: deque[tuple[float, Any]] = deque()

    def settle(self, value: Any) -> None:
        """Takes everything up to a value as read for good."""
        self.kept = self._settled = value

    def begin(self, now: float) -> Any:
        """A look begins; returns where."""
        while self._seen and self._seen[0][0] <= now - self._overlap:
            _, self._settled = self._seen.popleft()
        return self.kept

    def end(self, head: Any, now: float) -> None:
        """The look is over; `head` was its last value, None if there was no row."""
        self.kept = self._settled
        newest = self._seen[-1][1] if self._seen else self._settled
        if head is not None and head != newest:
            self._seen.append((now, head))


class TimePlace:
    """By the time of change. A row from the future does not pull the place along."""

    def __init__(self, kept: Any, overlap: timedelta, dial: Dial) -> None:
        self.kept = kept
        """The newest time read that is not in the future."""
        self._overlap = overlap
        self._dial = dial
        self._newest = None if kept is None else dial.instant(kept)
        self._now: datetime | None = None

    def begin(self, now: datetime) -> Any:
        """A look begins; returns where."""
        self._now = now
        return None if self.kept is None else self._dial.earlier(self.kept, self._overlap)

    def passed(self, value: Any) -> datetime | None:
        """A row was read; returns its instant."""
        assert self._now is not None
        instant = self._dial.instant(value)
        if instant is None or instant > self._now:
            return instant
        if self._newest is None or instant >= self._newest:
            self.kept, self._newest = value, instant
        return instant
