"""Who acts in the company; one more area is a module here and a line in `AREAS`."""

__all__ = ["AREAS", "Systems", "begin"]

from collections.abc import Callable, Mapping
from typing import Protocol

from andon.sandbox.lives import (
    counting,
    engineering,
    maintenance,
    planning,
    plant_b,
    production,
    purchasing,
    quality,
    returning,
    sales,
    service,
    shipping,
    subcontracting,
    warehouse,
)
from andon.sandbox.system import System
from andon.sandbox.world import World


class Systems(Protocol):
    """Who lives in a company sees its world, and sits before its screens."""

    @property
    def world(self) -> World:
        """Time, chance, truth."""
        ...

    @property
    def systems(self) -> Mapping[str, System]:
        """By name."""
        ...


AREAS: tuple[Callable[[World, Mapping[str, System]], None], ...] = (
    production.begin,
    maintenance.begin,
    warehouse.begin,
    counting.begin,
    quality.begin,
    sales.begin,
    shipping.begin,
    plant_b.begin,
    engineering.begin,
    purchasing.begin,
    returning.begin,
    service.begin,
    planning.begin,
    subcontracting.begin,
)
"""Each begins the lives of its people and machines, as far as the systems they need are there."""


def begin(company: Systems) -> None:
    """Everybody begins to act."""
    for area in AREAS:
        area(company.world, company.systems)
