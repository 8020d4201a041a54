"""Planners of plant A change their minds: more of an order, or nothing of it any more."""

__all__ = ["begin"]

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from andon.connectors.odata.simulated.books import RefusedCallError
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.world import Steps, World

_EVERY = timedelta(minutes=45)
_LOOK_AT = 4
"""They think about the youngest orders only: the others are as good as made."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One planner at a screen of the ERP."""
    erp = systems.get("erp")
    if isinstance(erp, Erp):
        world.lives(_thinks(world, erp))


def _thinks(world: World, erp: Erp) -> Steps:
    chance = world.chance("planner/changes")
    while True:
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        number, more = chance.choice((*_open(erp), "")), chance.choice((1, 2, 3, None))
        if not number:
            continue
        with suppress(RefusedCallError):  # somebody else has it open on a screen
            if more is None:
                erp.company.cancel(number)
            else:
                now = erp.company.order(number)["TotalQuantity"]
                erp.company.resize(number, now + more)


def _open(erp: Erp) -> Sequence[str]:
    """Orders that may still be changed, oldest first."""
    rows = erp.company.books.rows("A_ProductionOrder_2")
    return [
        number
        for (number,), row in list(rows.items())[-_LOOK_AT:]
        if row["OrderIsReleased"]
        and not (row["OrderIsTechnicallyCompleted"] or row["OrderIsMarkedForDeletion"])
    ]
