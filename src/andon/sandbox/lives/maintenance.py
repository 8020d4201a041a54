"""Machines break, and mechanics mend them: whoever has an order first, and the rest by luck."""

__all__ = ["begin"]

from collections.abc import Generator, Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

import simpy

from andon.sandbox.system import System
from andon.sandbox.systems.cmms import Cmms, WorkOrder
from andon.sandbox.systems.machines import LINES, QUIET
from andon.sandbox.truth import Broke, Mended, Serviced, Wore
from andon.sandbox.world import Steps, World

_CAUSES = ("jam at the press", "bearing runs hot", "light curtain dirty", "spindle drive tripped")
_WEAR = ("bearing runs hot", "spindle drive tripped")
"""Of these a line can be felt to be about to break; the others come out of the blue."""
_WEARS_FOR = timedelta(minutes=40)
_BREAKS_AT = Decimal(8)
"""Millimetres per second."""
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
    chance, shaking = world.chance(f"breaks/{line}"), world.chance(f"shakes/{line}")
    while True:
        runs = _MEAN_BETWEEN * chance.expovariate(1.0) + timedelta(minutes=5)
        cause = chance.choice(_CAUSES)
        wears = min(runs, _WEARS_FOR) if cause in _WEAR else timedelta()
        yield world.wait(runs - wears)
        if wears and not (yield from _wears(world, line, wears, shaking)):
            continue
        world.truth.happens(Broke(at=world.now(), machine=line, cause=cause))
        noticed = world.now() + _NOTICED_BY_CHANCE
        while line in world.truth.broken:
            yield world.wait(_LOOKS)
            if world.now() > noticed and line in world.truth.broken:
                world.truth.happens(Mended(at=world.now(), machine=line))


def _wears(
    world: World, line: str, lasts: timedelta, chance: Random
) -> Generator[simpy.Event, Any, bool]:
    """It shakes more and more, and unevenly. Whether it breaks then: not where somebody puts it
    right before."""
    worn = timedelta()
    while worn < lasts:
        yield world.wait(_LOOKS)
        if line in world.truth.broken:
            continue  # it stands, and nothing wears
        if worn and line not in world.truth.worn:
            return False
        worn += _LOOKS
        more = (_BREAKS_AT - QUIET) * Decimal(worn / lasts) + Decimal(chance.uniform(-0.3, 0.3))
        shakes = (QUIET + more).quantize(Decimal("0.01"))
        world.truth.happens(Wore(at=world.now(), machine=line, vibration=shakes))
    return True


def _mends(world: World, cmms: Cmms) -> Steps:
    chance = world.chance("mechanic")
    while True:
        asked = [one for one in cmms.orders.values() if one.status == "REQUESTED"]
        if not asked:
            yield world.wait(_LOOKS)
        else:
            order = min(asked, key=lambda one: one.priority)  # what stands goes first
            yield from _carries_out(world, cmms, order, timedelta(minutes=chance.randint(4, 20)))


def _carries_out(world: World, cmms: Cmms, order: WorkOrder, takes: timedelta) -> Steps:
    order.planned_start = world.now() + timedelta(minutes=2)
    order.planned_end = order.planned_start + takes
    cmms.change(order, "SCHEDULED")
    yield world.wait(timedelta(minutes=2))
    cmms.change(order, "IN_PROGRESS")
    line = cmms.assets[order.asset]
    if line in world.truth.worn and line not in world.truth.broken:
        world.truth.happens(Serviced(at=world.now(), machine=line))
    yield world.wait(takes)
    order.finding = (
        f"{order.problem}: put right" if line in world.truth.broken else "ran when I came"
    )
    if line in world.truth.broken:
        world.truth.happens(Mended(at=world.now(), machine=line))
    cmms.change(order, "DONE")
