"""Purchasing: a buyer who keeps the store filled, suppliers' trucks, and clerks on the dock."""

__all__ = ["begin", "dispatch"]

from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from andon.connectors.odata.simulated.movement_types import UNRESTRICTED
from andon.sandbox.lives.production import STORE
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import ASIDE, Counted, Receiving
from andon.sandbox.systems.supplier_edi import Ordered, Shipped, SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.truth import Arrived
from andon.sandbox.world import Steps, World

_MORE = {"HOUSING": Decimal(50), "SEAL": Decimal(100)}
"""So much more than there was in the beginning the buyer keeps; what the books lack of it is
ordered, and some more."""
_LOOKS = timedelta(minutes=12)
_WANTED_IN = timedelta(days=2)
_PACKS = timedelta(minutes=1)
_MOST_ON_A_PALLET = Decimal(60)
_MINUTE = timedelta(minutes=1)


class _Seller(NamedTuple):
    """What a supplier's people go by: who buys knows it by this number."""

    number: str
    orders: deque[Ordered]
    ship: Callable[[Shipped], None]
    urgent: Callable[[str], bool]


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The buyer, and the suppliers' people."""
    erp, sellers = systems.get("erp"), _sellers(systems)
    if isinstance(erp, Erp) and isinstance(systems.get("receiving"), Receiving) and sellers:
        world.lives(_buys(world, erp, [one.number for one in sellers]))
    dispatch(world, systems)


def dispatch(world: World, systems: Mapping[str, System]) -> None:
    """The dispatcher of each supplier; each truck is then a life of its own."""
    erp, dock = systems.get("erp"), systems.get("receiving")
    if isinstance(erp, Erp) and isinstance(dock, Receiving):
        for one in _sellers(systems):
            world.lives(_sends(world, erp, dock, one))


def _sellers(systems: Mapping[str, System]) -> list[_Seller]:
    mailbox, portal = systems.get("supplier-edi"), systems.get("supplier-portal")
    sellers: list[_Seller] = []
    if isinstance(mailbox, SupplierEdi):
        sellers += (
            _Seller(number, office.orders, partial(mailbox.ship, office), office.urgent)
            for number, office in mailbox.offices.items()
        )
    if isinstance(portal, SupplierPortal):
        sellers.append(_Seller(portal.number, portal.orders, portal.ship, portal.urgent))
    return sellers


def _buys(world: World, erp: Erp, suppliers: list[str]) -> Steps:
    chance = world.chance("buyer")
    kept_of = {material: _in_books(erp, material) + more for material, more in _MORE.items()}
    while True:
        for material, kept in kept_of.items():
            lack = kept - _in_books(erp, material) - erp.company.purchases.open(material)
            if lack > 0:
                amount = lack + chance.randint(1, 40)
                wanted = (world.now() + _WANTED_IN).date()
                erp.company.purchases.place(chance.choice(suppliers), [(material, amount)], wanted)
        yield world.wait(_LOOKS * chance.uniform(0.5, 1.5) / world.pace)


def _in_books(erp: Erp, material: str) -> Decimal:
    """What a buyer sees on the screen."""
    lies = erp.company.movements.stocks.all()
    mine = [n for at, n in lies if at.material == material and at.stock_type == UNRESTRICTED]
    return sum(mine, Decimal(0))


def _sends(world: World, erp: Erp, dock: Receiving, seller: _Seller) -> Steps:
    trucks = 0
    while True:
        while seller.orders:
            trucks += 1
            shipment = f"S{seller.number[-1]}{trucks:05}"
            order = seller.orders.popleft()
            world.lives(_driven(world, erp, dock, seller, order, shipment))
        yield world.wait(_PACKS / world.pace)


def _driven(
    world: World, erp: Erp, dock: Receiving, seller: _Seller, order: Ordered, shipment: str
) -> Steps:
    """What is packed is announced, and leaves at once where it is wanted sooner; now and then a
    pallet holds less than its label says, or a piece of it is broken and stands aside."""
    chance = world.chance(f"truck/{shipment}")
    for _ in range(chance.randint(2, 6)):
        if seller.urgent(order.number):
            break
        yield world.wait(_MINUTE / world.pace)
    packed: list[tuple[str, str, Decimal]] = []
    for material, amount in order.items:
        while amount > 0:
            lot, pallet = f"{shipment}-{len(packed)}", min(amount, _MOST_ON_A_PALLET)
            packed.append((material, lot, pallet))
            amount -= pallet
    seller.ship(Shipped(shipment, order.number, packed, order.replaces))
    yield world.wait(timedelta(minutes=chance.randint(6, 12)) / world.pace)
    counted: list[Counted] = []
    for material, lot, quantity in packed:
        short = chance.choices((0, 1), (6, 1))[0] if quantity > 1 else 0
        damaged = chance.choices((0, 1), (10, 1))[0] if quantity > 2 else 0
        line = erp.company.purchases.line_of(order.number, material)
        world.truth.born(lot, material, sound=True)
        there = quantity - short - damaged
        for place, amount in ((STORE, there), (ASIDE, Decimal(damaged))):
            if amount:
                arrived = Arrived(
                    at=world.now(), lot=lot, material=material, quantity=amount, place=place,
                    because=f"{order.number}/{line}",
                )  # fmt: skip
                world.truth.happens(arrived)
        counted.append(Counted(line, material, lot, there, Decimal(damaged)))
    dock.close(order.number, shipment, counted, replaces=order.replaces)
