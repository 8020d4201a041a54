"""Purchasing: a buyer who keeps the store filled, a supplier's trucks, and a clerk on the dock."""

__all__ = ["begin"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from andon.connectors.odata.simulated.movement_types import UNRESTRICTED
from andon.sandbox.lives.production import STORE
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import Counted, Receiving
from andon.sandbox.systems.supplier_edi import Ordered, Shipped, SupplierEdi
from andon.sandbox.truth import Arrived
from andon.sandbox.world import Steps, World

_SUPPLIER = "17300001"
_KEPT = {"HOUSING": Decimal(10_050), "SEAL": Decimal(20_100)}
"""The buyer orders what the books lack of it, and some more."""
_LOOKS = timedelta(minutes=12)
_PACKS = timedelta(minutes=1)
_MOST_ON_A_PALLET = Decimal(60)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The buyer and the supplier's dispatcher; each truck is then a life of its own."""
    erp, supplier, dock = (
        systems.get("erp"), systems.get("supplier-edi"), systems.get("receiving"),
    )  # fmt: skip
    if not isinstance(erp, Erp) or not isinstance(supplier, SupplierEdi):
        return
    if isinstance(dock, Receiving):
        world.lives(_buys(world, erp))
        world.lives(_sends(world, erp, supplier, dock))


def _buys(world: World, erp: Erp) -> Steps:
    chance = world.chance("buyer")
    while True:
        for material, kept in _KEPT.items():
            lack = kept - _in_books(erp, material) - erp.company.purchases.open(material)
            if lack > 0:
                amount = lack + chance.randint(1, 40)
                erp.company.purchases.place(_SUPPLIER, [(material, amount)])
        yield world.wait(_LOOKS * chance.uniform(0.5, 1.5))


def _in_books(erp: Erp, material: str) -> Decimal:
    """What a buyer sees on the screen."""
    lies = erp.company.movements.stocks.all()
    mine = [n for at, n in lies if at.material == material and at.stock_type == UNRESTRICTED]
    return sum(mine, Decimal(0))


def _sends(world: World, erp: Erp, supplier: SupplierEdi, dock: Receiving) -> Steps:
    trucks = 0
    while True:
        while supplier.program.orders:
            trucks += 1
            order = supplier.program.orders.popleft()
            world.lives(_driven(world, erp, supplier, dock, order, f"S{trucks:06}"))
        yield world.wait(_PACKS)


def _driven(
    world: World, erp: Erp, supplier: SupplierEdi, dock: Receiving, order: Ordered, shipment: str
) -> Steps:
    """What is packed is announced; now and then a pallet holds less than its label says."""
    chance = world.chance(f"truck/{shipment}")
    yield world.wait(timedelta(minutes=chance.randint(2, 6)))
    packed: list[tuple[str, str, Decimal]] = []
    for material, amount in order.items:
        while amount > 0:
            lot, pallet = f"{shipment}-{len(packed)}", min(amount, _MOST_ON_A_PALLET)
            packed.append((material, lot, pallet))
            amount -= pallet
    supplier.ship(Shipped(shipment, order.number, packed))
    yield world.wait(timedelta(minutes=chance.randint(6, 12)))
    counted: list[Counted] = []
    for material, lot, quantity in packed:
        short = chance.choices((0, 1), (4, 1))[0] if quantity > 1 else 0
        line = erp.company.purchases.line_of(order.number, material)
        world.truth.born(lot, material, sound=True)
        there = quantity - short
        arrived = Arrived(
            at=world.now(), lot=lot, material=material, quantity=there, place=STORE,
            because=f"{order.number}/{line}",
        )  # fmt: skip
        world.truth.happens(arrived)
        counted.append(Counted(line, material, lot, there))
    dock.close(order.number, shipment, counted)
