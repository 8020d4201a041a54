"""Counting: what goes astray or breaks in the warehouse, and the people who count its bins."""

__all__ = ["begin", "count"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from andon.sandbox.system import System
from andon.sandbox.systems.wms import DOCK, Wms
from andon.sandbox.truth import Counted, Scrapped, Strayed
from andon.sandbox.world import Steps, World

_CARELESS_EVERY = timedelta(minutes=20)
_COUNTS_EVERY = timedelta(minutes=3)
_HALL = "W."
_MISCOUNTS = 0.03
_MOST = 3


def begin(world: World, systems: Mapping[str, System]) -> None:
    """Somebody careless, and somebody who goes from bin to bin."""
    wms = systems.get("wms")
    if isinstance(wms, Wms):
        world.lives(_careless(world, wms))
        world.lives(_counts(world, wms))


def count(world: World, lot: str, place: str, chance: Random | None = None) -> None:
    """What lies of the lot there is written down; who has a chance may miscount by one."""
    there = world.truth.amount(lot, place)
    wrong = chance is not None and chance.random() < _MISCOUNTS
    world.truth.happens(
        Counted(
            at=world.now(), lot=lot, material=world.truth.lots[lot].material, place=place,
            quantity=there + 1 if wrong else there, there=there,
        )
    )  # fmt: skip


def _careless(world: World, wms: Wms) -> Steps:
    """Pieces that no pick waits for: about those somebody would ask at once."""
    chance = world.chance("careless")
    while True:
        yield world.wait(_CARELESS_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        wanted = {task.lot for task in wms.picks() if task.state != "done"}
        found = [(lot, at, there) for lot, at, there in _lying(world) if lot not in wanted]
        if not found:
            continue
        lot, place, there = chance.choice(found)
        amount = Decimal(chance.randint(1, min(_MOST, int(there))))
        material = world.truth.lots[lot].material
        if chance.random() < 0.3:
            world.truth.happens(
                Scrapped(
                    at=world.now(), lot=lot, material=material, quantity=amount, place=place,
                    because="dropped from a fork",
                )
            )  # fmt: skip
        else:
            other = f"{_HALL}{chance.randint(1, 24):02}"
            astray = other if other != place and chance.random() < 0.5 else ""
            world.truth.happens(
                Strayed(
                    at=world.now(), lot=lot, material=material, quantity=amount, origin=place,
                    place=astray,
                )
            )  # fmt: skip


def _counts(world: World, wms: Wms) -> Steps:
    """One bin after the other, as the WMS lists them, with all that it or the eye finds there."""
    chance, last = world.chance("counter"), ""
    while True:
        yield world.wait(_COUNTS_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        seen = {(lot, place) for lot, place, _ in _lying(world)}
        there = sorted(seen | {(lot, at) for lot, at in wms.bins if at != DOCK})
        places = sorted({place for _, place in there})
        if not places:
            continue
        last = next((place for place in places if place > last), places[0])
        for lot, place in there:
            if place == last:
                count(world, lot, place, chance)


def _lying(world: World) -> list[tuple[str, str, Decimal]]:
    """Lot, bin and amount of all that lies in the hall; what stands at the dock is watched."""
    return [
        (lot, place, amount)
        for (lot, place), amount in world.truth.everywhere().items()
        if place.startswith(_HALL) and place != DOCK and amount >= 1
    ]
