"""Quality: inspectors who find what cannot be seen, rework that makes it good, and people who throw
away what is not worth that."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Hold, Inspection, Qms, plant_of
from andon.sandbox.systems.wms import DOCK, PRODUCTION, Wms
from andon.sandbox.truth import Scrapped
from andon.sandbox.world import Steps, World

_LOOKS = timedelta(minutes=1)
_WORTHLESS = 0.4
"""Share of bad lots that are not worth the work."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One laboratory; each lot in it is a life of its own. And one with a cart for waste."""
    qms, erp = systems.get("qms"), systems.get("erp")
    if isinstance(qms, Qms):
        world.lives(_looks(world, qms, erp if isinstance(erp, Erp) else None))
    world.lives(_throws_away(world, systems))


def _looks(world: World, qms: Qms, erp: Erp | None) -> Steps:
    chance, seen = world.chance("laboratory"), 0
    while True:
        asked = list(qms.inspections.values())
        for inspection in asked[seen:]:
            world.lives(_inspects(world, qms, erp, inspection, chance))
        seen = len(asked)
        yield world.wait(_LOOKS)


def _inspects(
    world: World, qms: Qms, erp: Erp | None, inspection: Inspection, chance: Random
) -> Steps:
    yield world.wait(timedelta(minutes=chance.randint(3, 12)))
    lot = world.truth.lots.get(inspection.lot)
    before = qms.held(inspection.lot)
    qms.decide(inspection, sound=lot is None or lot.sound)
    hold = qms.held(inspection.lot)
    if hold is not None and before is None:  # whoever held it before decides about it
        world.lives(_disposes(world, qms, erp, hold, chance))


def _disposes(world: World, qms: Qms, erp: Erp | None, hold: Hold, chance: Random) -> Steps:
    """What no customer waits for may be thrown away; the rest is made good, and at plant B, which
    has nobody with a cart, all of it. What contains a held lot waits until that is decided
    about."""
    yield world.wait(timedelta(minutes=chance.randint(40, 90)))
    if not qms.undecided(hold):
        return
    wanted = erp is not None and erp.company.deliveries.promised(hold.lot) > 0
    if not wanted and plant_of(hold.lot) == "plant-a" and chance.random() < _WORTHLESS:
        qms.dispose(hold, "scrap", "porous through and through")
        return
    qms.dispose(hold, "rework", "to be sealed again")
    yield world.wait(timedelta(minutes=chance.randint(20, 90)))
    while any(map(qms.held, world.truth.genealogy.parts(hold.lot))):
        yield world.wait(_LOOKS)
    if qms.undecided(hold):
        qms.dispose(hold, "release", "reworked and found good")


def _throws_away(world: World, systems: Mapping[str, System]) -> Steps:
    """All that lies of a lot where the floor's or the warehouse's terminal says scrap; what stands
    at the dock belongs to a truck already."""
    mes, wms = systems.get("mes-a"), systems.get("wms")
    while True:
        yield world.wait(_LOOKS)
        floor = mes.usages.items() if isinstance(mes, MesA) else ()
        shelves = wms.locks.values() if isinstance(wms, Wms) else ()
        there = {lot for lot, usage in floor if usage == "scrap"}
        hall = {one.lot for one in shelves if one.category == "S"}
        for (lot, place), amount in world.truth.everywhere().items():
            on_floor, in_hall = place == PRODUCTION, place.startswith("W.") and place != DOCK
            if (on_floor and lot in there) or (in_hall and lot in hall):
                world.truth.happens(
                    Scrapped(
                        at=world.now(), lot=lot, material=world.truth.lots[lot].material,
                        quantity=amount, place=place, because="scrapped by quality",
                    )
                )  # fmt: skip
