"""Guessing passwords is slow: a few wrong ones, then a pause."""

__all__ = ["Attempts"]

import time
from collections.abc import Callable

SPAN = 60.0
MOST_REMEMBERED = 20_000


class Attempts:
    """Counts attempts in the last minute, in the memory of this process."""

    def __init__(self, most: int, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._made: dict[str, list[float]] = {}

    def wait_for(self, who: str) -> float:
        """Counts one attempt, before it is judged; how many seconds to wait if it is too many."""
        now = self._seconds()
        made = [at for at in self._made.pop(who, []) if at > now - SPAN]
        if len(made) >= self._most:
            self._made[who] = made
            return made[0] + SPAN - now
        if len(self._made) >= MOST_REMEMBERED:
            # The one that was quiet longest is forgotten first; the limit by address still holds.
            del self._made[next(iter(self._made))]
        self._made[who] = [*made, now]
        return 0.0

    def forgive(self, who: str) -> None:
        """A right password clears what was typed wrong before."""
        self._made.pop(who, None)
