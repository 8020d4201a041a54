"""Goods for sales orders: what is promised to which, from which lots, and what is missing."""

__all__ = ["Outbound"]

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from decimal import Decimal

import msgspec
from aiohttp import web

from andon.sandbox.system import feed_page, json_answer
from andon.sandbox.systems.wms.reserving import lines_asked

_NONE = Decimal(0)


class _Pick(msgspec.Struct, frozen=True):
    order: str
    lot: str
    item: str
    quantity: Decimal


class Outbound:
    """First come, first served, once picks have what they are for; a locked lot is promised to
    nobody. It sees what its scanners see, and nothing of an inspection."""

    def __init__(self, locked: Collection[str], now: Callable[[], datetime]) -> None:
        self.open: dict[str, dict[str, Decimal]] = {}
        """Order -> item -> what of it has not left; who asked first stands first."""
        self.last: dict[str, tuple[Mapping[str, Decimal], tuple[str, ...]]] = {}
        """Order -> what is missing, and the lots of the rest, as it was said last."""
        self.said: list[Mapping[str, object]] = []
        """The feed."""
        self._locked, self._now = locked, now
        self._lies: dict[str, tuple[str, Decimal]] = {}
        self._picks: dict[str, _Pick] = {}

    def put(self, order: str, body: bytes) -> web.Response:
        """`PUT /outbound/ORDER`; asked again it keeps its place in the row."""
        lines = lines_asked(body, f"{order} orders nothing")
        if isinstance(lines, web.Response):
            return lines
        if order in self.open:
            return json_answer({"order": order})
        wanted = self.open[order] = {}
        for line in lines:
            wanted[line.item] = wanted.get(line.item, _NONE) + line.quantity
        self.look()
        return json_answer({"order": order}, status=201)

    def since(self, after: str) -> web.Response:
        """`GET /outbound`."""
        return feed_page("outbound", self.said, after)

    def add(self, lot: str, item: str, amount: Decimal) -> None:
        """So much more of it lies in the halls, or less. Nothing is said before somebody looks, as
        what is carried lies nowhere in between."""
        self._lies[lot] = item, self._lies.get(lot, (item, _NONE))[1] + amount

    def pick(self, delivery: str, order: str, lot: str, item: str, quantity: Decimal) -> None:
        """A delivery for the order takes this, and nothing else."""
        self._picks[delivery] = _Pick(order, lot, item, quantity)
        self.look()

    def leave(self, delivery: str) -> None:
        """It has left; of an order that is gone nothing more is said."""
        pick = self._picks.pop(delivery, None)
        if pick is None or (wanted := self.open.get(pick.order)) is None:
            return
        wanted[pick.item] = wanted.get(pick.item, _NONE) - pick.quantity
        if all(amount <= 0 for amount in wanted.values()):
            del self.open[pick.order]

    def look(self) -> None:
        """Says of each order what is something else than before."""
        self._lies = {lot: there for lot, there in self._lies.items() if there[1]}
        if not self.open:
            return
        free = {lot: n for lot, (_, n) in self._lies.items() if n > 0 and lot not in self._locked}
        lots: dict[str, set[str]] = {order: set() for order in self.open}
        lacks = {order: dict(wanted) for order, wanted in self.open.items()}
        missing: dict[str, dict[str, Decimal]] = {order: {} for order in self.open}
        for pick in self._picks.values():
            there = min(pick.quantity, free.get(pick.lot, _NONE))
            free[pick.lot] = free.get(pick.lot, _NONE) - there
            if pick.order not in self.open:
                continue
            lots[pick.order].add(pick.lot)
            lacks[pick.order][pick.item] = lacks[pick.order].get(pick.item, _NONE) - pick.quantity
            if there < pick.quantity:
                missing[pick.order][pick.item] = pick.quantity - there
        shelves = self._shelves(free)
        for order, wanted in lacks.items():
            for item, amount in wanted.items():
                short = _take(shelves.get(item, []), free, amount, lots[order])
                if short:
                    missing[order][item] = missing[order].get(item, _NONE) + short
            self._say(order, missing[order], tuple(sorted(lots[order])))

    def _shelves(self, free: Mapping[str, Decimal]) -> dict[str, list[str]]:
        """Lots of each item of which some is free, the oldest last."""
        found: dict[str, list[str]] = {}
        for lot, (item, _) in reversed(self._lies.items()):
            if free.get(lot, _NONE) > 0:
                found.setdefault(item, []).append(lot)
        return found

    def _say(self, order: str, missing: Mapping[str, Decimal], lots: tuple[str, ...]) -> None:
        if self.last.get(order) == (missing, lots):
            return
        self.last[order] = missing, lots
        lines = [{"item": item, "missing": amount} for item, amount in missing.items()]
        row = {"order": order, "missing": lines, "lots": lots, "at": self._now()}
        self.said.append({"seq": len(self.said) + 1, **row})


def _take(shelf: list[str], free: dict[str, Decimal], amount: Decimal, lots: set[str]) -> Decimal:
    """From the oldest lot on; how much is missing."""
    while amount > 0 and shelf:
        lot = shelf[-1]
        lots.add(lot)
        taken = min(free[lot], amount)
        free[lot] -= taken
        amount -= taken
        if not free[lot]:
            shelf.pop()
    return max(amount, _NONE)
