"""A system that posts JSON to us."""

__all__ = ["COUNTERPARTS", "Poster"]

import itertools
from collections.abc import Sequence
from typing import Any

from andon.core.connector import Arrival
from andon.core.counterpart import Counterpart, Pushes


class Poster(Counterpart, Pushes):
    """Each fact has an `id`; a repeat is the same bytes."""

    name = "poster"

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    async def start(self) -> None:
        """It is always there: it calls, nobody calls it."""

    async def stop(self) -> None:
        """Nothing is open."""

    def settings(self) -> dict[str, Any]:
        """Nothing needs to be told."""
        return {}

    def arrivals(self, count: int) -> Sequence[tuple[Arrival, str]]:
        """So many facts."""
        names = [f"fact-{next(self._numbers)}" for _ in range(count)]
        return [(Arrival({}, {}, {}, b'{"id": "%s"}' % name.encode()), name) for name in names]

    def bad_arrival(self) -> Arrival:
        """Nothing at all."""
        return Arrival({}, {}, {}, b" ")


COUNTERPARTS = (Poster,)
