"""Subcontracting: a buyer who has shafts plated, a clerk on the dock who gives them to drivers."""

__all__ = ["begin", "open_shafts", "provide"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from andon.sandbox.lives.production import STORE
from andon.sandbox.system import System
from andon.sandbox.systems.contract_manufacturer import WORKSHOP, ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.receiving import Provided as Loaded
from andon.sandbox.systems.receiving import Provision, Receiving
from andon.sandbox.truth import Arrived, Provided
from andon.sandbox.world import Steps, World

_LOTS, _EACH = 20, 200
_EVERY = timedelta(minutes=40)
_WANTED_IN = timedelta(days=2)
_LOOKS = timedelta(minutes=1)
_A_DRIVER_COMES = timedelta(minutes=8)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The buyer, and the clerk."""
    erp, dock, shop = (
        systems.get("erp"), systems.get("receiving"), systems.get("contract-manufacturer"),
    )  # fmt: skip
    if (
        not isinstance(erp, Erp)
        or not isinstance(dock, Receiving)
        or not isinstance(shop, ContractManufacturer)
    ):
        return
    open_shafts(world)
    mes = systems.get("mes-a")
    world.lives(_orders(world, erp, shop))
    world.lives(_provides(world, dock, mes if isinstance(mes, MesA) else None))


def open_shafts(world: World) -> None:
    """What was there before anybody looked."""
    for n in range(1, _LOTS + 1):
        lot = f"F{n:05}"
        world.truth.born(lot, "SHAFT", sound=True)
        world.truth.happens(
            Arrived(
                at=world.now(), lot=lot, material="SHAFT", quantity=Decimal(_EACH), place=STORE,
                because="opening",
            )
        )  # fmt: skip


def _orders(world: World, erp: Erp, shop: ContractManufacturer) -> Steps:
    chance = world.chance("buyer of services")
    while True:
        amount, wanted = Decimal(chance.randint(5, 20)), (world.now() + _WANTED_IN).date()
        erp.company.purchases.subcontract(shop.number, [("SHAFT-ZN", amount)], wanted)
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)


def _provides(world: World, dock: Receiving, mes: MesA | None) -> Steps:
    chance = world.chance("provisions")
    while True:
        for one in dock.provisions.open():
            yield world.wait(_A_DRIVER_COMES * chance.uniform(0.5, 1.5) / world.pace)
            provide(world, dock, mes, one)
        yield world.wait(_LOOKS / world.pace)


def provide(world: World, dock: Receiving, mes: MesA | None, asked: Provision) -> None:
    """The oldest lots first; one that the terminal at the store refuses is left alone. Nothing goes
    before all of it is there."""
    loaded: list[Loaded] = []
    for need in asked.needed:
        left = need.quantity
        for lot, there in world.truth.at(STORE, need.item):
            if left and (mes is None or mes.refuses(lot.lot) is None):
                loaded.append(Loaded(need.line, need.item, min(there, left), lot.lot))
                left -= min(there, left)
        if left:
            return
    for one in loaded:
        world.truth.happens(
            Provided(
                at=world.now(), lot=one.lot, material=one.item, quantity=one.quantity,
                origin=STORE, place=WORKSHOP, because=f"{asked.order}/{one.line}",
            )
        )  # fmt: skip
    dock.provided(asked.id, loaded)
