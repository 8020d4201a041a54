"""Planners of plant B release several orders at once, and then have second thoughts about them.

They begin only where people hear what the floor refuses: an order that stays cancelled in the books
takes no posting of what was made all the same.
"""

__all__ = ["begin"]

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial

from andon.sandbox.lives.plant_b import once_it_answers
from andon.sandbox.system import System
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.world import Steps, World

_EVERY = timedelta(minutes=60)
_TOGETHER = 4
"""So many keep the line busy for a while: the last may still be changed, the first may not."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One planner at a green screen."""
    erp = systems.get("erp-b")
    if isinstance(erp, ErpB):
        world.lives(_thinks(world, erp))


def _thinks(world: World, erp: ErpB) -> Steps:
    chance = world.chance("planner-b/changes")
    while True:
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        wanted: dict[str, int] = {}

        def release(pieces: int, wanted: dict[str, int] = wanted) -> None:
            wanted[erp.release("VALVE", pieces)] = pieces

        for _ in range(_TOGETHER):
            yield from once_it_answers(world, partial(release, chance.randint(15, 30)))
        yield world.wait(timedelta(minutes=chance.uniform(1, 4)))
        changed, unwanted = chance.sample(list(wanted), 2)
        another = wanted[changed] + chance.choice((-5, 2, 5))
        for decision in (
            partial(erp.change, changed, quantity=another), partial(erp.cancel, unwanted),
        ):  # fmt: skip
            with suppress(ValueError):  # its postings are there
                yield from once_it_answers(world, decision)
