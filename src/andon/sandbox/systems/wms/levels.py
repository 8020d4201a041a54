"""How much of each lot lies in a store or hall, told whenever it is something else."""

__all__ = ["Levels"]

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal

from aiohttp import web

from andon.sandbox.system import feed_page

_NONE = Decimal(0)


class Levels:
    """Summed over bins, as terminals have counted it in and out."""

    def __init__(self, locked: Collection[str], now: Callable[[], datetime]) -> None:
        self.said: list[Mapping[str, object]] = []
        """The feed."""
        self._locked, self._now = locked, now
        self._lies: dict[str, dict[str, tuple[str, Decimal]]] = {}
        self._last: dict[tuple[str, str], tuple[Decimal, bool]] = {}

    def add(self, lot: str, item: str, place: str, amount: Decimal) -> None:
        """So much more of it lies there, or less."""
        places = self._lies.setdefault(lot, {})
        places[place] = item, places.get(place, (item, _NONE))[1] + amount
        self.look(lot)

    def look(self, lot: str) -> None:
        """Says of the lot what is new: how much lies where, and whether it may be taken."""
        for place, (item, amount) in self._lies.get(lot, {}).items():
            state = amount, lot in self._locked
            if self._last.get((lot, place)) != state:
                self._last[lot, place] = state
                row = {"lot": lot, "item": item, "place": place, "quantity": amount}
                more = {"locked": state[1], "at": self._now()}
                self.said.append({"seq": len(self.said) + 1, **row, **more})

    def since(self, after: str) -> web.Response:
        """`GET /levels`."""
        return feed_page("levels", self.said, after)
