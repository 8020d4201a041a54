"""Sales: customers who order, in their portal or by telephone, and ask where their goods are."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from random import Random

from andon.sandbox.system import System
from andon.sandbox.systems.crm import Crm
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.portal import Portal
from andon.sandbox.world import Steps, World

_SOLD = "PUMP"
_BY_TELEPHONE = ("17100001", "17100003")
_EVERY = timedelta(minutes=4)
_MOST = 4
_DAYS = (-1, 0, 0, 1)
"""Until which day, from today, goods are wanted. Some orders are entered when their day is over:
they came by mail on Sunday."""
_WAITS = timedelta(minutes=60)
_ANSWERS = timedelta(minutes=30)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """All customers; one of them has a portal."""
    erp, portal, crm = systems.get("erp"), systems.get("portal"), systems.get("crm")
    if isinstance(erp, Erp):
        world.lives(_order(world, erp, portal if isinstance(portal, Portal) else None))
        if isinstance(crm, Crm):
            world.lives(_ask(world, erp, crm))


def _order(world: World, erp: Erp, portal: Portal | None) -> Steps:
    chance = world.chance("customers")
    while True:
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)
        wanted = world.now().replace(microsecond=0) + timedelta(days=chance.choice(_DAYS))
        amount = Decimal(chance.randint(1, _MOST))
        if portal is not None and chance.random() < 0.4:
            portal.order(_SOLD, amount, wanted)
        else:
            erp.company.sales.place(chance.choice(_BY_TELEPHONE), _SOLD, amount, wanted.date())


def _ask(world: World, erp: Erp, crm: Crm) -> Steps:
    """Somebody who waits calls, and customer service writes it down."""
    chance = world.chance("callers")
    while True:
        yield world.wait(_WAITS * chance.uniform(0.5, 1.5) / world.pace)
        waiting = [row["SalesOrder"] for row in erp.company.sales.open()]
        if waiting:
            case = crm.complain(chance.choice(waiting), "Where is my order?")
            world.lives(_calls_back(world, crm, case, chance))


def _calls_back(world: World, crm: Crm, case: str, chance: Random) -> Steps:
    yield world.wait(_ANSWERS * chance.uniform(0.5, 1.5))
    crm.close(case)
