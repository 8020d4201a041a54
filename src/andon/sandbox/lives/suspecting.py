"""Suspecting: an inspector at the lines of each plant who now and then holds a component's lot
while orders take from it, with what was made of it so far.

One begins only in a lab: whoever plays a story there holds lots as the story has it.
"""

__all__ = ["begin"]

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from random import Random

from andon.sandbox.lives import plant_b, production
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.qms import Hold, Qms
from andon.sandbox.truth import Consumed, Truth
from andon.sandbox.world import Steps, World

_LOOKS = timedelta(seconds=15)
_AGAIN = timedelta(minutes=5)
_KNOWN = timedelta(minutes=20)
"""So long after a hold no clerk can promise what it binds."""
_FEW = 15
"""So many lots that contain it an inspector still finds by hand."""
_WORTHLESS = 0.5
"""Share of such lots that are not worth the work, where no customer waits for what contains
them."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One inspector at each plant."""
    qms, mes, erp = systems.get("qms"), systems.get("mes-a"), systems.get("erp")
    if isinstance(qms, Qms) and isinstance(mes, MesA) and isinstance(erp, Erp):
        chance = world.chance("line inspector")
        world.lives(_walks(world, qms, mes, erp, production.STORE, chance))
    mes_b = systems.get("mes-b")
    if isinstance(qms, Qms) and isinstance(mes_b, MesB):
        chance = world.chance("line inspector/b")
        world.lives(_walks(world, qms, mes_b, None, plant_b.STORE, chance))


def _walks(
    world: World, qms: Qms, mes: MesA | MesB, erp: Erp | None, store: str, chance: Random
) -> Steps:
    yield world.wait(timedelta(minutes=chance.randint(5, 12)))
    while True:
        lot = _taken_now(world.truth, store, world.now() - _LOOKS)
        if lot is None or qms.held(lot) or len(world.truth.genealogy.containing(lot)) > _FEW:
            yield world.wait(_LOOKS)
            continue
        qms.place(lot, "cracks under the dye")
        ours = _holds(qms, world.truth, lot)
        world.lives(_decides(world, qms, mes, erp, lot, ours, chance))
        yield world.wait(timedelta(minutes=chance.randint(60, 120)))


def _taken_now(truth: Truth, store: str, since: datetime) -> str | None:
    """A lot in the store from which an order has taken since then, and of which some is left."""
    for fact in reversed(truth.facts):
        if fact.at < since:
            return None
        if isinstance(fact, Consumed) and fact.place == store and truth.amount(fact.lot, store):
            return fact.lot
    return None


def _holds(qms: Qms, truth: Truth, lot: str) -> list[Hold]:
    """What contains it, as far as nobody holds that yet."""
    because = f"made of lot {lot}"
    return [
        qms.place(one, because)
        for one in sorted(truth.genealogy.containing(lot))
        if qms.held(one) is None
    ]


def _decides(
    world: World,
    qms: Qms,
    mes: MesA | MesB,
    erp: Erp | None,
    lot: str,
    ours: list[Hold],
    chance: Random,
) -> Steps:
    """Once no line can take from it any more and all is made that contains it. What a customer may
    wait for is good; else it may all go to waste together, where there are books to say so."""
    hold = qms.held(lot)
    yield world.wait(timedelta(minutes=chance.randint(20, 50)))
    while mes.refuses(lot) is None or not world.truth.genealogy.all_made(lot):
        yield world.wait(_AGAIN)
    if erp is not None and chance.random() < _WORTHLESS:
        ours += _holds(qms, world.truth, lot)
        yield world.wait(_KNOWN)
        if not any(map(erp.company.deliveries.promised, world.truth.genealogy.containing(lot))):
            _scraps(qms, (lot, *sorted(world.truth.genealogy.containing(lot))))
    if hold is None or not qms.undecided(hold):
        return
    qms.dispose(hold, "release", "dye on the surface, no crack")
    for held in ours:
        if qms.undecided(held):
            qms.dispose(held, "release", f"lot {lot} is good")


def _scraps(qms: Qms, lots: Iterable[str]) -> None:
    for lot in lots:
        hold = qms.held(lot)
        if hold is not None and qms.undecided(hold):
            qms.dispose(hold, "scrap", "cracked through")
