"""Uploading: every two hours a batch reads the files of the floor and of the warehouse into the
ERP. What it refuses stays in the file for the next one."""

__all__ = ["BATCH", "begin", "upload"]

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.sandbox.before.desk import Desk, Line, every
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.wms import DOCK, PRODUCTION, Wms
from andon.sandbox.truth import Consumed, Fact, Finished, Left, Made, Moved
from andon.sandbox.world import World

BATCH = timedelta(hours=2)
_USER = "BATCH"


def begin(world: World, systems: Mapping[str, System], desk: Desk) -> None:
    """One job."""
    erp, wms = systems.get("erp"), systems.get("wms")
    if isinstance(erp, Erp) and isinstance(wms, Wms):
        world.truth.tell(_File(erp, wms, desk).hears)
        world.lives(every(world, BATCH, lambda: upload(desk)))


def upload(desk: Desk, *, by_hand: bool = False) -> None:
    """One line after the other; an accountant who sits beside it posts in another way what is
    refused, where there is one."""
    lines, desk.file = desk.file, []
    for line in lines:
        if not _done(line.posts):
            if by_hand and line.by_hand is not None and _done(line.by_hand):
                desk.corrected["line of the batch"] += 1
            else:
                desk.file.append(line)


def _done(posts: Callable[[], object]) -> bool:
    try:
        posts()
    except RefusedCallError:
        return False
    return True


class _File:
    """What the floor and the warehouse write of what happened."""

    def __init__(self, erp: Erp, wms: Wms, desk: Desk) -> None:
        self._erp, self._wms, self._desk = erp.company, wms, desk

    def hears(self, fact: Fact) -> None:
        """Whatever the other side has to know."""
        match fact:
            case Consumed(order=order, place=place) if place == PRODUCTION:
                issue = {**_item(fact, "261"), "ManufacturingOrder": order}
                self._add(partial(self._posts, issue), partial(self._frees, issue))
            case Made(order=order) if order in self._erp.parts_of:
                self._add(partial(self._confirms, fact))
            case Finished(order=order) if order in self._erp.parts_of:
                self._add(partial(self._erp.complete, order))
            case Moved(origin=origin) if origin == PRODUCTION:
                moved = {**_item(fact, "311"), "IssuingOrReceivingStorageLoc": "171W"}
                blocked = {**moved, "GoodsMovementType": "325"}
                self._add(partial(self._posts, moved), partial(self._posts, blocked))
            case Moved(place=place) if place == DOCK:
                delivery = self._wms.tasks[fact.because].delivery
                self._add(partial(self._erp.deliveries.pick, delivery))
            case Left(because=delivery):
                self._add(
                    partial(self._erp.deliveries.issue, delivery, _USER),
                    partial(self._frees, _item(fact, "601", "171W"), delivery),
                )
            case _:
                pass

    def _add(
        self, posts: Callable[[], object], by_hand: Callable[[], object] | None = None
    ) -> None:
        self._desk.file.append(Line(posts, by_hand))

    def _posts(self, item: Row) -> object:
        return self._erp.movements.post({}, [item], _USER)

    def _frees(self, item: Row, delivery: str = "") -> object:
        """Out of blocked stock first, all or nothing."""
        with self._erp.books.together():
            self._posts({**item, "GoodsMovementType": "343"})
            if delivery:
                return self._erp.deliveries.issue(delivery, _USER)
            return self._posts(item)

    def _confirms(self, fact: Made) -> object:
        asked = {
            "OrderID": fact.order,
            "OrderOperation": fact.operation,
            "ConfirmationYieldQuantity": fact.good,
            "ConfirmationScrapQuantity": fact.scrap,
            "IsFinalConfirmation": True,
        }
        receipt = {
            "GoodsMovementType": "101",
            "Material": fact.material,
            "Batch": fact.lot,
            "QuantityInEntryUnit": fact.good,
        }
        return self._erp.confirm(asked, [receipt] if fact.lot and fact.good else [], _USER)


def _item(fact: Consumed | Moved | Left, kind: str, store: str = "171A") -> Row:
    return {
        "GoodsMovementType": kind,
        "Material": fact.material,
        "Batch": fact.lot,
        "StorageLocation": store,
        "QuantityInEntryUnit": fact.quantity,
    }
