"""Plant A: a planner who releases orders, and lines that make them."""

__all__ = ["LINES", "begin", "open_stock"]

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from andon.sandbox.lives.consuming import consume
from andon.sandbox.system import System
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA, Order
from andon.sandbox.truth import Arrived, Finished, Made, Started
from andon.sandbox.world import Steps, World

LINES = ("LINE1", "LINE2")
STORE = "A.STORE"
"""Where components lie and output is put, before a warehouse takes it."""
_EVERY = timedelta(minutes=6)
_ONE_PIECE = timedelta(seconds=20)
_LOOKS = timedelta(seconds=15)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The planner and the lines."""
    erp, mes = systems.get("erp"), systems.get("mes-a")
    if not isinstance(erp, Erp) or not isinstance(mes, MesA):
        return
    open_stock(world)
    world.lives(_plans(world, erp))
    for line in LINES:
        world.lives(_works(world, mes, line))


def open_stock(world: World) -> None:
    """What was there before anybody looked."""
    for material, lots, each in (("HOUSING", 40, 250), ("SEAL", 40, 500)):
        for n in range(1, lots + 1):
            lot = f"{material[0]}{n:05}"
            world.truth.born(lot, material, sound=True)
            world.truth.happens(
                Arrived(
                    at=world.now(),
                    lot=lot,
                    material=material,
                    quantity=Decimal(each),
                    place=STORE,
                    because="opening",
                )
            )


def _plans(world: World, erp: Erp) -> Steps:
    chance = world.chance("planner")
    while True:
        erp.company.release("PUMP", chance.randint(4, 12))
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)


def _works(world: World, mes: MesA, line: str) -> Steps:
    while True:
        order = None if line in world.truth.broken else mes.floor.next()
        if order is None:
            yield world.wait(_LOOKS)
        else:
            yield from _makes(world, mes, order, line)


def _makes(world: World, mes: MesA, order: Order, line: str) -> Steps:
    name = f"{order.number}-{order.again}" if order.again else order.number
    chance, before = world.chance(f"{line}/{name}"), order.begun
    began = world.now()
    world.truth.happens(Started(at=began, order=order.number, machine=line))
    yield from _assembles(world, order, line)
    pieces = Decimal(order.begun - before)
    for part, share in mes.items.needs(order.item, order.revision).items():
        consume(
            world,
            mes.refuses,
            order=order.number,
            operation="0010",
            material=part,
            needed=share * pieces,
            place=STORE,
        )
    assembled = world.now()
    world.truth.happens(
        Made(
            at=assembled,
            order=order.number,
            operation="0010",
            machine=line,
            began=began,
            material=order.item,
            good=pieces,
            scrap=Decimal(0),
        )
    )
    yield from _runs(world, line, _ONE_PIECE * float(pieces) * 0.5 / world.pace)
    scrap = Decimal(chance.choices((0, 1), (9, 1))[0] if pieces > 1 else 0)
    lot, good = f"A{name[len(order.number) - 7 :]}", pieces - scrap
    world.truth.born(lot, order.item, sound=chance.random() > 0.1)
    world.truth.happens(
        Made(
            at=world.now(),
            order=order.number,
            operation="0020",
            machine=line,
            began=assembled,
            material=order.item,
            good=good,
            scrap=scrap,
            lot=lot,
            place=STORE,
        )
    )
    world.truth.happens(
        Finished(
            at=world.now(),
            order=order.number,
            material=order.item,
            lot=lot,
            good=good,
            scrap=scrap,
        )
    )


def _assembles(world: World, order: Order, line: str) -> Steps:
    """Piece by piece, as many as are wanted by then."""
    while order.begun < order.quantity and order.status == "running":
        order.begun += 1
        yield from _runs(world, line, _ONE_PIECE / world.pace)


def _runs(world: World, line: str, span: timedelta) -> Steps:
    """So much work of the line, which stands while it is broken."""
    while span > timedelta():
        step = min(span, _LOOKS)
        yield world.wait(step)
        if line not in world.truth.broken:
            span -= step
