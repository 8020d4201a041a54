"""Shipping: a clerk makes deliveries of what the ERP has, pickers pick, trucks drive."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from andon.connectors.odata.simulated.movement_types import UNRESTRICTED
from andon.sandbox.lives.production import STORE
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.tms import Tms
from andon.sandbox.truth import Left
from andon.sandbox.world import Steps, World

_CUSTOMERS = ("17100001", "17100002", "17100003")
_LOOKS = timedelta(minutes=4)
_SOLD = "PUMP"


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One clerk; each delivery is then a life of its own."""
    erp, tms = systems.get("erp"), systems.get("tms")
    if isinstance(erp, Erp) and isinstance(tms, Tms):
        world.lives(_delivers(world, erp, tms))


def _delivers(world: World, erp: Erp, tms: Tms) -> Steps:
    chance = world.chance("shipping clerk")
    while True:
        yield world.wait(_LOOKS * chance.uniform(0.5, 1.5))
        found = _in_stock(erp)
        if found is not None:
            lot, store, there = found
            amount = Decimal(chance.randint(1, int(there)))
            company = erp.company.deliveries
            number = company.deliver(chance.choice(_CUSTOMERS), _SOLD, amount, lot, store)
            world.lives(_carried(world, erp, tms, number, lot, amount))


def _in_stock(erp: Erp) -> tuple[str, str, Decimal] | None:
    """A lot that the books have and no delivery has taken, and where: clerks see nothing else."""
    for there, amount in erp.company.movements.stocks.all():
        free = amount - erp.company.deliveries.promised(there.batch)
        if there.material == _SOLD and there.stock_type == UNRESTRICTED and free >= 1:
            return there.batch, there.store, free
    return None


def _carried(world: World, erp: Erp, tms: Tms, delivery: str, lot: str, amount: Decimal) -> Steps:
    chance = world.chance(f"truck/{delivery}")
    yield world.wait(timedelta(minutes=chance.randint(2, 6)))
    erp.company.deliveries.pick(delivery)
    yield world.wait(timedelta(minutes=chance.randint(2, 6)))
    left = Left(
        at=world.now(), lot=lot, material=_SOLD, quantity=amount, place=STORE, because=delivery
    )
    world.truth.happens(left)
    tms.passes(delivery, "departed")
    yield world.wait(timedelta(minutes=chance.randint(10, 40)))
    tms.passes(delivery, "arrived")
    yield world.wait(timedelta(minutes=chance.randint(2, 10)))
    tms.passes(delivery, "delivered")
