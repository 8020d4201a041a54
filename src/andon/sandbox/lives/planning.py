"""Planners of plant A change their minds: more of an order, nothing of it any more, or the pieces
that were spoiled made yet."""

__all__ = ["begin"]

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from andon.connectors.odata.simulated.books import RefusedCallError
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.world import Steps, World

_EVERY = timedelta(minutes=45)
_MISSING_EVERY = timedelta(minutes=90)
_LOOK_AT = 4
"""They think about the youngest orders only: the others are as good as made."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One planner at a screen of the ERP, who calls the floor where pieces are missing."""
    erp, mes = systems.get("erp"), systems.get("mes-a")
    if isinstance(erp, Erp):
        world.lives(_thinks(world, erp))
        if isinstance(mes, MesA):
            world.lives(_counts(world, erp, mes))


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


def _counts(world: World, erp: Erp, mes: MesA) -> Steps:
    chance = world.chance("planner/missing")
    while True:
        yield world.wait(_MISSING_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        rows = erp.company.books.rows("A_ProductionOrder_2")
        number = next(
            (
                order.number
                for order in reversed(mes.floor.orders.values())
                if order.status == "done"
                and order.good < order.begun
                and rows[order.number,]["OrderIsTechnicallyCompleted"]
            ),
            None,
        )
        if number is not None:
            with suppress(RefusedCallError):
                erp.company.revoke(number)
                mes.reopen(number)
