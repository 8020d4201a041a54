"""Quality: inspectors who find what cannot be seen, and rework that makes it good."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from andon.sandbox.system import System
from andon.sandbox.systems.qms import Hold, Inspection, Qms
from andon.sandbox.world import Steps, World

_LOOKS = timedelta(minutes=1)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One laboratory; each lot in it is a life of its own."""
    qms = systems.get("qms")
    if isinstance(qms, Qms):
        world.lives(_looks(world, qms))


def _looks(world: World, qms: Qms) -> Steps:
    chance, seen = world.chance("laboratory"), 0
    while True:
        asked = list(qms.inspections.values())
        for inspection in asked[seen:]:
            world.lives(_inspects(world, qms, inspection, chance))
        seen = len(asked)
        yield world.wait(_LOOKS)


def _inspects(world: World, qms: Qms, inspection: Inspection, chance: Random) -> Steps:
    yield world.wait(timedelta(minutes=chance.randint(3, 12)))
    lot = world.truth.lots.get(inspection.lot)
    qms.decide(inspection, sound=lot is None or lot.sound)
    hold = qms.held(inspection.lot)
    if hold is not None:
        world.lives(_reworks(world, qms, hold, chance))


def _reworks(world: World, qms: Qms, hold: Hold, chance: Random) -> Steps:
    yield world.wait(timedelta(minutes=chance.randint(60, 180)))
    if hold.released_at is None:
        qms.release(hold)
