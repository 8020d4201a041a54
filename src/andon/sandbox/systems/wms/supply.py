"""The store of components: what lies there, to which order it is promised, what is missing."""

__all__ = ["Supply"]

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal

from aiohttp import web

from andon.sandbox.system import feed_page, json_answer
from andon.sandbox.systems.wms.levels import Levels
from andon.sandbox.systems.wms.reserving import lines_asked
from andon.sandbox.truth import Arrived, Consumed, Fact, Moved, Provided, Scrapped

_NONE = Decimal(0)


class Supply:
    """First come, first served; a locked lot is promised to nobody."""

    def __init__(
        self,
        place: str,
        locked: Collection[str],
        now: Callable[[], datetime],
        levels: Levels | None = None,
    ) -> None:
        self.open: dict[str, dict[str, Decimal]] = {}
        """Order -> item -> what it still takes; who asked first stands first."""
        self.missing: dict[str, dict[str, Decimal]] = {}
        """As it was said last."""
        self.said: list[Mapping[str, object]] = []
        """The feed of orders."""
        self.short: list[Mapping[str, object]] = []
        """The feed of items: how much all orders together lack of one, and which they are."""
        self._lacking: dict[str, tuple[Decimal, tuple[str, ...]]] = {}
        self._place, self._locked, self._now = place, locked, now
        self._levels = levels or Levels(locked, now)
        self._lies: dict[str, tuple[str, Decimal]] = {}

    def put(self, order: str, body: bytes) -> web.Response:
        """`PUT /reservations/ORDER`: in place of the one before, at its place in the row."""
        lines = lines_asked(body, f"{order} takes nothing")
        if isinstance(lines, web.Response):
            return lines
        new = order not in self.open
        self.open[order] = {line.item: line.quantity for line in lines}
        self.look()
        return json_answer({"order": order, "missing": self.missing[order]}, 201 if new else 200)

    def free(self, order: str) -> web.Response:
        """`DELETE /reservations/ORDER`."""
        self.missing.pop(order, None)
        if self.open.pop(order, None) is not None:
            self.look()
        return json_answer({"order": order})

    def since(self, after: str) -> web.Response:
        """`GET /supply`."""
        return feed_page("supply", self.said, after)

    def short_since(self, after: str) -> web.Response:
        """`GET /shortages`."""
        return feed_page("shortages", self.short, after)

    def hear(self, fact: Fact) -> None:
        """Terminals at the store and at the lines say what comes and goes."""
        match fact:
            case Arrived(place=self._place):
                self._change(fact.lot, fact.material, fact.quantity)
            case Consumed(place=self._place):
                takes = self.open.get(fact.order, {})
                if fact.material in takes:
                    takes[fact.material] = max(_NONE, takes[fact.material] - fact.quantity)
                self._change(fact.lot, fact.material, -fact.quantity)
            case (
                Scrapped(place=self._place)
                | Moved(origin=self._place)
                | Provided(origin=self._place)
            ):
                if fact.lot in self._lies:
                    self._change(fact.lot, fact.material, -fact.quantity)
            case _:
                return

    def look(self) -> None:
        """Says of each order what is missing for it, if that is something else than before."""
        free: dict[str, Decimal] = {}
        for lot, (item, amount) in self._lies.items():
            if lot not in self._locked:
                free[item] = free.get(item, _NONE) + amount
        for order, takes in self.open.items():
            missing: dict[str, Decimal] = {}
            for item, amount in takes.items():
                there = min(amount, free.get(item, _NONE))
                free[item] = free.get(item, _NONE) - there
                missing[item] = amount - there
            if missing != self.missing.get(order):
                self.missing[order] = missing
                lines = [{"item": item, "missing": much} for item, much in missing.items()]
                row = {"order": order, "lines": lines, "at": self._now()}
                self.said.append({"seq": len(self.said) + 1, **row})
        self._say_short()

    def _say_short(self) -> None:
        """Says of each item how much is missing and for whom, if that is something else."""
        lacking: dict[str, tuple[Decimal, tuple[str, ...]]] = {}
        for order, missing in self.missing.items():
            for item, much in missing.items():
                if much:
                    before, orders = lacking.get(item, (_NONE, ()))
                    lacking[item] = before + much, (*orders, order)
        for item in sorted(lacking.keys() | self._lacking.keys()):
            if lacking.get(item) != self._lacking.get(item):
                much, orders = lacking.get(item, (_NONE, ()))
                row = {"item": item, "missing": much, "orders": orders, "at": self._now()}
                self.short.append({"seq": len(self.short) + 1, **row})
        self._lacking = lacking

    def _change(self, lot: str, item: str, amount: Decimal) -> None:
        there = self._lies.get(lot, (item, _NONE))[1] + amount
        self._lies[lot] = item, there
        self._levels.add(lot, item, "production", amount)
        if there <= 0:
            del self._lies[lot]
        self.look()
