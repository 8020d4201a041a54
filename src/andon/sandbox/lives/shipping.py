"""Shipping: a clerk makes deliveries for sales orders, of what the ERP has in the warehouse; trucks
take them."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from andon.connectors.odata.simulated.movement_types import BLOCKED, UNRESTRICTED
from andon.sandbox.system import System
from andon.sandbox.systems.carrier import Carrier
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.tms import Tms
from andon.sandbox.systems.wms import DOCK, Wms
from andon.sandbox.truth import Left
from andon.sandbox.world import Steps, World

STORE = "171W"
"""The warehouse, as the ERP numbers it."""
_EVERY = timedelta(minutes=2)
_LOOKS = timedelta(minutes=1)
_USUAL = timedelta(minutes=25)
"""What a dispatcher says before the truck has left the yard."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One clerk; each delivery is then a life of its own."""
    erp, tms, wms = systems.get("erp"), systems.get("tms"), systems.get("wms")
    carrier = systems.get("carrier")
    if isinstance(erp, Erp) and isinstance(tms, Tms) and isinstance(wms, Wms):
        road = carrier if isinstance(carrier, Carrier) else None
        world.lives(_delivers(world, erp, wms, tms, road))


def _delivers(world: World, erp: Erp, wms: Wms, tms: Tms, road: Carrier | None) -> Steps:
    chance = world.chance("shipping clerk")
    while True:
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        stock = _Stock(erp)
        for line in list(erp.company.sales.open()):
            item, amount = line["Material"], line["RequestedQuantity"]
            lot = stock.promise(item, amount, chance)
            if lot is not None:
                number = erp.company.deliveries.fulfil(line, lot, STORE)
                world.lives(_carried(world, erp, wms, tms, road, number, lot, item, amount))


class _Stock:
    """What the clerk's screen shows: of each lot, what the books have in the warehouse for any use
    and nobody was promised. What is in inspection, or blocked, clerks do not see."""

    def __init__(self, erp: Erp) -> None:
        promised = erp.company.deliveries.promises()
        self._free: dict[str, dict[str, Decimal]] = {}
        for there, amount in erp.company.movements.stocks.all():
            if (there.stock_type, there.store) == (UNRESTRICTED, STORE):
                lots = self._free.setdefault(there.material, {})
                lots[there.batch] = amount - promised.get(there.batch, Decimal(0))

    def promise(self, material: str, wanted: Decimal, chance: Random) -> str | None:
        """A lot of which so much is free, which it then is no more."""
        lots = self._free.get(material, {})
        free = [lot for lot, amount in lots.items() if amount >= wanted]
        if not free:
            return None
        lot = chance.choice(free)
        lots[lot] -= wanted
        return lot


def _blocked(erp: Erp, lot: str) -> bool:
    """Whether the clerk's screen shows some of it as blocked: then nothing of it is loaded."""
    return any(
        amount > 0
        for there, amount in erp.company.movements.stocks.all()
        if (there.batch, there.stock_type) == (lot, BLOCKED)
    )


def _carried(
    world: World,
    erp: Erp,
    wms: Wms,
    tms: Tms,
    road: Carrier | None,
    delivery: str,
    lot: str,
    material: str,
    amount: Decimal,
) -> Steps:
    chance = world.chance(f"truck/{delivery}")
    while not wms.picked(delivery):
        yield world.wait(_LOOKS)
    yield world.wait(timedelta(minutes=chance.randint(2, 6)))
    while _blocked(erp, lot) or lot in wms.locks:
        yield world.wait(_LOOKS)
    # Whoever has not taken the load by now is not waited for: the clerk calls the other one.
    load = road.loads.get(delivery) if road is not None else None
    passes = road.passes if road is not None and load is not None and load.accepted else tms.passes
    left = Left(
        at=world.now(), lot=lot, material=material, quantity=amount, place=DOCK, because=delivery
    )
    world.truth.happens(left)
    passes(delivery, "departed")
    drive = timedelta(minutes=chance.randint(10, 40))
    if passes == tms.passes:
        tms.expects(delivery, world.now() + _USUAL)
        yield world.wait(drive / 2)
        tms.expects(delivery, world.now() + drive / 2)
        drive /= 2
    yield world.wait(drive)
    passes(delivery, "arrived")
    yield world.wait(timedelta(minutes=chance.randint(2, 10)))
    passes(delivery, "delivered")
