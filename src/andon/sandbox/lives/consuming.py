"""Consuming: how a line takes what an order needs from the store beside it."""

__all__ = ["consume"]

from collections.abc import Callable
from decimal import Decimal

from andon.sandbox.truth import Consumed
from andon.sandbox.world import World


def consume(
    world: World,
    refuses: Callable[[str], str | None],
    *,
    order: str,
    operation: str,
    material: str,
    needed: Decimal,
    place: str,
) -> None:
    """The oldest lot first; one that the terminal refuses is left alone."""
    for lot, there in list(world.truth.at(place, material)):
        if refuses(lot.lot) is not None:
            continue
        amount = min(there, needed)
        world.truth.happens(
            Consumed(
                at=world.now(),
                order=order,
                operation=operation,
                lot=lot.lot,
                material=material,
                quantity=amount,
                place=place,
            )
        )
        needed -= amount
        if not needed:
            return
