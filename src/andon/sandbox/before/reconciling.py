"""Reconciling: at the end of each shift somebody works off what the batch refused, then compares
the warehouse's list with the ERP's and types what makes them agree."""

__all__ = ["begin"]

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.movement_types import BLOCKED, UNRESTRICTED
from andon.connectors.odata.simulated.stocks import Stock
from andon.sandbox.before.desk import Desk, every
from andon.sandbox.before.uploading import upload
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.wms import PRODUCTION, Wms
from andon.sandbox.truth import Fact, Scrapped
from andon.sandbox.world import World

_SHIFT = timedelta(hours=8)
_STORE, _HALL = "171A", "171W"
_WASTE = "17101902"
_NONE = Decimal(0)


def begin(world: World, systems: Mapping[str, System], desk: Desk) -> None:
    """One stock accountant."""
    erp, wms = systems.get("erp"), systems.get("wms")
    if not isinstance(erp, Erp) or not isinstance(wms, Wms):
        return
    accountant = _Accountant(erp, wms, desk)
    world.truth.tell(accountant.hears)
    world.lives(every(world, _SHIFT, accountant.reconciles))


class _Accountant:
    def __init__(self, erp: Erp, wms: Wms, desk: Desk) -> None:
        self._erp, self._wms, self._desk = erp, wms, desk
        self._slips: list[Scrapped] = []

    def hears(self, fact: Fact) -> None:
        """Whoever throws something away at the lines writes a slip."""
        if isinstance(fact, Scrapped) and fact.place == PRODUCTION:
            self._slips.append(fact)

    def reconciles(self) -> None:
        """First the file, since what it holds would be typed twice else."""
        upload(self._desk, by_hand=True)
        for slip in self._slips:
            self._types("slip of scrap", slip.material, slip.lot, _STORE, -slip.quantity, _WASTE)
        self._slips.clear()
        for (material, lot), apart in self._differences().items():
            self._types("difference", material, lot, _HALL, apart)

    def _differences(self) -> Mapping[tuple[str, str], Decimal]:
        """(material, lot) -> what the WMS has of it beyond the ERP."""
        materials = {task.lot: task.item for task in self._wms.tasks.values()}
        apart: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for (lot, _), amount in self._wms.bins.items():
            apart[materials[lot], lot] += amount
        for there, amount in self._erp.company.movements.stocks.all():
            if there.store == _HALL:
                apart[there.material, there.batch] -= amount
        return {about: amount for about, amount in apart.items() if amount}

    def _types(
        self, what: str, material: str, lot: str, store: str, more: Decimal, pays: str = ""
    ) -> None:
        """Of what the books have in the one state, then in the other; the rest waits for a day on
        which they have it."""
        left = abs(more)
        for kind in (UNRESTRICTED, BLOCKED):
            has = self._erp.company.movements.stock(Stock(material, "1710", store, lot, kind))
            amount = left if more > 0 else min(left, has)
            if amount <= 0:
                continue
            item = {
                "GoodsMovementType": "551" if pays else "701" if more > 0 else "702",
                "Material": material,
                "Batch": lot,
                "StorageLocation": store,
                "QuantityInEntryUnit": amount,
                "InventoryStockType": kind,
                **({"CostCenter": pays} if pays else {}),
            }
            try:
                self._erp.company.movements.post({}, [item], "ACCOUNTING")
            except RefusedCallError:  # locked by who has it open: the next shift will do it
                continue
            self._desk.corrected[what] += 1
            left -= amount
