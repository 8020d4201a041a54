"""Whether a system answers; said once when it stops, once when it is back."""

__all__ = ["Health"]

from collections.abc import Callable
from datetime import datetime, timedelta

from andon.engine.clock import Clock

_FIRST, _LONGEST = timedelta(milliseconds=500), timedelta(seconds=30)


class Health:
    """The state of one connection as its worker sees it."""

    def __init__(self, clock: Clock, changed: Callable[[str, str | None], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._failures = 0
        self.state = "running"
        self.last_ok_at: datetime | None = None
        self.last_error: str | None = None

    @property
    def unreachable(self) -> bool:
        """True from the first refused connection to the first answer."""
        return self.state == "unreachable"

    def lost(self, error: str) -> timedelta:
        """Nobody was there; says so once. Returns how long to wait before the next try."""
        self._failures += 1
        self.last_error = error
        if self.state == "running":
            self.state = "unreachable"
            self._changed("unreachable", error)
        return min(_FIRST * 2 ** min(self._failures - 1, 10), _LONGEST)

    def seen(self) -> bool:
        """It answered. True when that ends an outage; a pause ends by a person only."""
        self.last_ok_at = self._clock.now()
        if self.state != "unreachable":
            return False
        self._runs()
        return True

    def resumed(self) -> None:
        """A person lets it go on."""
        if self.state == "paused":
            self._runs()

    def _runs(self) -> None:
        self._failures = 0
        self.state = "running"
        self._changed("running", None)

    def needs_operator(self, error: str) -> None:
        """It refuses who we are or what we are set to; only a person can go on."""
        self.last_error = error
        if self.state != "paused":
            self.state = "paused"
            self._changed("paused", error)
