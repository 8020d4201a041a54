"""Engineering: now and then a change is thought of, reviewed, and released or let go."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from andon.sandbox.system import System
from andon.sandbox.systems.plm import Change, Part, Plm
from andon.sandbox.world import Steps, World

_MEAN_BETWEEN = timedelta(hours=5)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One engineer."""
    plm = systems.get("plm")
    if isinstance(plm, Plm):
        world.lives(_engineers(world, plm))


def _engineers(world: World, plm: Plm) -> Steps:
    chance = world.chance("engineer")
    while True:
        yield world.wait(_MEAN_BETWEEN * chance.expovariate(1.0) + timedelta(minutes=10))
        change = _thinks(plm, chance)
        yield world.wait(timedelta(minutes=chance.randint(10, 60)))
        (revised,) = change.affected
        plm.release(change, plm.next_day(revised.item))
        if chance.random() < 0.3:
            yield world.wait(timedelta(minutes=5))
            plm.retitle(change, f"{change.title} (approved)")


def _thinks(plm: Plm, chance: Random) -> Change:
    if chance.random() < 0.3:
        hardness = chance.choice((60, 70, 80, 90))
        return plm.draft(
            "another compound", "SEAL", f"NBR {hardness}, 40 x 3 mm",
            shelf_life_years=5 if hardness < 80 else 7,
        )  # fmt: skip
    bom = (Part("HOUSING", Decimal(1)), Part("SEAL", Decimal(chance.choice((2, 3)))))
    return plm.draft("number of seals", "PUMP", "10 bar, 25 l/min", bom)
