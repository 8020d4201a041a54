"""Returning: a clerk on the dock who gives drivers what is on the list of what goes back."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from andon.sandbox.system import System
from andon.sandbox.systems.receiving import ASIDE, Receiving, Return
from andon.sandbox.truth import Returned
from andon.sandbox.world import Steps, World

_LOOKS = timedelta(minutes=1)
_A_DRIVER_COMES = timedelta(minutes=10)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """One clerk."""
    dock = systems.get("receiving")
    if isinstance(dock, Receiving):
        world.lives(_gives_back(world, dock))


def _gives_back(world: World, dock: Receiving) -> Steps:
    chance = world.chance("returns")
    while True:
        for one in dock.returns.open():
            yield world.wait(_A_DRIVER_COMES * chance.uniform(0.5, 1.5) / world.pace)
            _loads(world, dock, one)
        yield world.wait(_LOOKS / world.pace)


def _loads(world: World, dock: Receiving, asked: Return) -> None:
    """What stands there; what somebody has taken meanwhile does not go."""
    loaded: dict[str, Decimal] = {}
    for one in asked.lots:
        there = min(one.quantity, world.truth.amount(one.lot, ASIDE))
        if there:
            world.truth.happens(
                Returned(
                    at=world.now(), lot=one.lot, material=one.item, quantity=there, place=ASIDE,
                    because=f"{asked.order}/{one.line}",
                )
            )  # fmt: skip
            loaded[one.lot] = there
    dock.gone(asked.id, loaded)
