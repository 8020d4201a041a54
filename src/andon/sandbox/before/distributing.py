"""Distributing: a planner prints the list of orders each hour, and the floor's clerk types it."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta

from andon.connectors.odata.simulated.books import Row
from andon.sandbox.before.desk import Desk, every
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA, Order
from andon.sandbox.world import World

_EVERY = timedelta(hours=1)


def begin(world: World, systems: Mapping[str, System], desk: Desk) -> None:
    """One list, one clerk."""
    erp, mes = systems.get("erp"), systems.get("mes-a")
    if isinstance(erp, Erp) and isinstance(mes, MesA):
        world.lives(every(world, _EVERY, lambda: _types(erp, mes, desk)))


def _types(erp: Erp, mes: MesA, desk: Desk) -> None:
    for (number,), row in erp.company.books.rows("A_ProductionOrder_2").items():
        if not row["OrderIsReleased"] or row["OrderIsTechnicallyCompleted"]:
            continue
        try:
            desk.typed["production order"] += _typed(mes, number, row)
        except ValueError:  # too late for that, says the terminal
            mes.floor.refused.add(number)


def _typed(mes: MesA, number: str, row: Row) -> bool:
    """Whether there was anything to type."""
    known, cancelled = mes.floor.orders.get(number), bool(row["OrderIsMarkedForDeletion"])
    if known is None:
        if cancelled:
            return False
        revision = mes.items.effective(row["Material"], mes.now())
        return mes.floor.queue(
            Order(
                number=number,
                item=row["Material"],
                quantity=row["TotalQuantity"],
                revision=revision,
            )
        )
    if number in mes.floor.refused or known.status in ("stopping", "cancelled"):
        return False
    if cancelled:
        mes.floor.cancel(number)
        return True
    if known.quantity != row["TotalQuantity"]:
        mes.floor.change(number, row["TotalQuantity"], known.due)
        return True
    return False
