"""Subcontracting: a buyer who has shafts plated, a clerk on the dock who gives them to drivers, and
the people who plate them."""

__all__ = ["PLATED", "arrive", "begin", "open_shafts", "plate", "provide", "send_back"]

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from andon.sandbox.lives.production import STORE
from andon.sandbox.system import System
from andon.sandbox.systems.contract_manufacturer import WORKSHOP, ContractManufacturer
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.receiving import Counted, Provision, Receiving
from andon.sandbox.systems.receiving import Provided as Loaded
from andon.sandbox.systems.supplier_edi import Shipped
from andon.sandbox.truth import Arrived, Processed, Provided
from andon.sandbox.world import Steps, World

PLATED = "SHAFT-ZN"
_LOTS, _EACH = 20, 200
_EVERY = timedelta(minutes=40)
_WANTED_IN = timedelta(days=2)
_LOOKS = timedelta(minutes=1)
_A_DRIVER_COMES = timedelta(minutes=8)
_ON_THE_ROAD = timedelta(minutes=15)
_PLATES = timedelta(minutes=20)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The buyer, and the clerk; what goes to the manufacturer is then a life of its own."""
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
    world.lives(_provides(world, dock, shop, mes if isinstance(mes, MesA) else None))


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
        erp.company.purchases.subcontract(shop.number, [(PLATED, amount)], wanted)
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)


def _provides(world: World, dock: Receiving, shop: ContractManufacturer, mes: MesA | None) -> Steps:
    chance = world.chance("provisions")
    while True:
        for one in dock.provisions.open():
            yield world.wait(_A_DRIVER_COMES * chance.uniform(0.5, 1.5) / world.pace)
            if loaded := provide(world, dock, mes, one):
                world.lives(_plates(world, dock, shop, one.order, loaded))
        yield world.wait(_LOOKS / world.pace)


def provide(world: World, dock: Receiving, mes: MesA | None, asked: Provision) -> Sequence[Loaded]:
    """What has left: the oldest lots first; one that the terminal at the store refuses is left
    alone. Nothing goes before all of it is there."""
    loaded: list[Loaded] = []
    for need in asked.needed:
        left = need.quantity
        for lot, there in world.truth.at(STORE, need.item):
            if left and (mes is None or mes.refuses(lot.lot) is None):
                loaded.append(Loaded(need.line, need.item, min(there, left), lot.lot))
                left -= min(there, left)
        if left:
            return ()
    for one in loaded:
        world.truth.happens(
            Provided(
                at=world.now(), lot=one.lot, material=one.item, quantity=one.quantity,
                origin=STORE, place=WORKSHOP, because=f"{asked.order}/{one.line}",
            )
        )  # fmt: skip
    dock.provided(asked.id, loaded)
    return loaded


def _plates(
    world: World,
    dock: Receiving,
    shop: ContractManufacturer,
    order: str,
    lots: Sequence[Loaded],
) -> Steps:
    """Lot by lot, as soon as they know for which order; one that is held waits. Now and then a
    shaft is spoiled."""
    chance = world.chance(f"plating/{order}")
    yield world.wait(_ON_THE_ROAD / world.pace)
    shop.take_in(order, lots)
    made: list[Loaded] = []
    for lot in lots:
        while order not in shop.found or shop.stops(order, lot.lot):
            yield world.wait(_LOOKS / world.pace)
        shop.begin(order, lot)
        yield world.wait(_PLATES * chance.uniform(0.5, 1.5) / world.pace)
        spoiled = chance.choices((0, 1), (6, 1))[0] if lot.quantity > 1 else 0
        made.append(plate(world, shop, order, lot, spoiled=spoiled))
    send_back(shop, order, made)
    yield world.wait(_ON_THE_ROAD / world.pace)
    arrive(world, dock, order, made)


def plate(
    world: World, shop: ContractManufacturer, order: str, lot: Loaded, *, spoiled: int = 0
) -> Loaded:
    """What is good of a lot becomes one of its own."""
    made, good = f"P{order[-5:]}-{lot.lot[-2:]}", lot.quantity - spoiled
    world.truth.born(made, PLATED, sound=True)
    world.truth.happens(
        Processed(
            at=world.now(), lot=lot.lot, material=lot.item, quantity=good, scrap=Decimal(spoiled),
            place=WORKSHOP, made=made, because=f"{order}/{lot.line}",
        )
    )  # fmt: skip
    if spoiled:
        gone = Loaded(lot.line, lot.item, Decimal(spoiled), lot.lot)
        shop.spoil(order, gone, "burnt in the bath")
    shop.finish(order, Loaded(lot.line, lot.item, good, lot.lot), made, PLATED)
    return Loaded(lot.line, PLATED, good, made)


def send_back(shop: ContractManufacturer, order: str, made: Sequence[Loaded]) -> None:
    """A truck leaves with all that was made for an order."""
    packed = [(lot.item, lot.lot, lot.quantity) for lot in made]
    shop.ship(Shipped(f"S4{order[-5:]}", order, packed))


def arrive(world: World, dock: Receiving, order: str, made: Sequence[Loaded]) -> None:
    """It stands on the dock, and a clerk counts it."""
    for lot in made:
        world.truth.happens(
            Arrived(
                at=world.now(), lot=lot.lot, material=lot.item, quantity=lot.quantity,
                place=STORE, because=f"{order}/{lot.line}",
            )
        )  # fmt: skip
    counted = [Counted(lot.line, lot.item, lot.lot, lot.quantity) for lot in made]
    dock.close(order, f"S4{order[-5:]}", counted)
