"""Machines break, and mechanics mend them: whoever has an order first, and the rest by luck."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta

from andon.sandbox.system import System
from andon.sandbox.systems.cmms import Cmms, WorkOrder
from andon.sandbox.systems.machines import LINES
from andon.sandbox.truth import Broke, Mended
from andon.sandbox.world import Steps, World

_CAUSES = ("jam at the press", "bearing runs hot", "light curtain dirty", "spindle drive tripped")
_MEAN_BETWEEN = timedelta(minutes=70)
_NOTICED_BY_CHANCE = timedelta(hours=2)
"""So long a line stands before somebody walks by, where no order says so."""
_LOOKS = timedelta(seconds=30)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The machines' bad luck, and one mechanic."""
    cmms = systems.get("cmms")
    if not isinstance(cmms, Cmms):
        return
    for line in LINES:
        world.lives(_breaks(world, line))
    world.lives(_mends(world, cmms))


def _breaks(world: World, line: str) -> Steps:
    chance = world.chance(f"breaks/{line}")
    while True:
        yield world.wait(_MEAN_BETWEEN * chance.expovariate(1.0) + timedelta(minutes=5))
        world.truth.happens(Broke(at=world.now(), machine=line, cause=chance.choice(_CAUSES)))
        noticed = world.now() + _NOTICED_BY_CHANCE
        while line in world.truth.broken:
            yield world.wait(_LOOKS)
            if world.now() > noticed and line in world.truth.broken:
                world.truth.happens(Mended(at=world.now(), machine=line))


def _mends(world: World, cmms: Cmms) -> Steps:
    chance = world.chance("mechanic")
    while True:
        order = next((one for one in cmms.orders.values() if one.status == "REQUESTED"), None)
        if order is None:
            yield world.wait(_LOOKS)
        else:
            yield from _carries_out(world, cmms, order, timedelta(minutes=chance.randint(4, 20)))


def _carries_out(world: World, cmms: Cmms, order: WorkOrder, takes: timedelta) -> Steps:
    order.planned_start = world.now() + timedelta(minutes=2)
    order.planned_end = order.planned_start + takes
    cmms.change(order, "SCHEDULED")
    yield world.wait(timedelta(minutes=2))
    cmms.change(order, "IN_PROGRESS")
    yield world.wait(takes)
    line = cmms.assets[order.asset]
    order.finding = (
        f"{order.problem}: put right" if line in world.truth.broken else "ran when I came"
    )
    if line in world.truth.broken:
        world.truth.happens(Mended(at=world.now(), machine=line))
    cmms.change(order, "DONE")
