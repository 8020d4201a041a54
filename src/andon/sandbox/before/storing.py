"""Storing: a clerk of the warehouse types what stands at the lines, and the deliveries of a list
that is printed every half hour."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta

from andon.sandbox.before.desk import Desk, every
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.wms import PRODUCTION, Wms
from andon.sandbox.truth import Fact, Made
from andon.sandbox.world import World

_WALKS = timedelta(minutes=15)
_PRINTS = timedelta(minutes=30)


def begin(world: World, systems: Mapping[str, System], desk: Desk) -> None:
    """One clerk; a pallet with its slip waits until they come by."""
    erp, wms = systems.get("erp"), systems.get("wms")
    if not isinstance(erp, Erp) or not isinstance(wms, Wms):
        return
    pallets: list[Made] = []

    def stands(fact: Fact) -> None:
        if isinstance(fact, Made) and fact.place == PRODUCTION and fact.good:
            pallets.append(fact)

    def stores() -> None:
        for made in pallets:
            wms.give("put-away", made.lot, made.material, made.good)
        desk.typed["put-away"] += len(pallets)
        pallets.clear()

    printed: set[str] = set()

    def picks() -> None:
        for (number, _), row in erp.company.books.rows("A_OutbDeliveryItem").items():
            if number not in printed:
                printed.add(number)
                amount, order = row["ActualDeliveryQuantity"], row["ReferenceSDDocument"]
                wms.give("pick", row["Batch"], row["Material"], amount, number, order)
                desk.typed["pick"] += 1

    world.truth.tell(stands)
    world.lives(every(world, _WALKS, stores))
    world.lives(every(world, _PRINTS, picks))
