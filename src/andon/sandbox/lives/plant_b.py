"""Plant B: a planner at a green screen, one line, and the ERP's batch every two hours."""

__all__ = ["begin", "once_it_answers"]

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from andon.connectors.b2mml.floor import Wanted
from andon.sandbox.lives.consuming import consume
from andon.sandbox.system import System
from andon.sandbox.systems.erp_b import BATCH, ErpB
from andon.sandbox.systems.machines_b import LINE
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.truth import Arrived, Finished, Made, Started
from andon.sandbox.world import Steps, World

STORE = "B.STORE"
_EVERY = timedelta(minutes=11)
_ONE_PIECE = timedelta(seconds=12)
_LOOKS = timedelta(seconds=20)
_SHARE = Decimal("0.5")
"""Of a seal that one valve takes: they are cut in half."""


def begin(world: World, systems: Mapping[str, System]) -> None:
    """The planner, the line, the batch."""
    erp, mes = systems.get("erp-b"), systems.get("mes-b")
    if not isinstance(erp, ErpB) or not isinstance(mes, MesB):
        return
    for n in range(1, 41):
        _arrives(world, f"BS{n:05}")
    world.lives(_plans(world, erp))
    world.lives(_works(world, mes))
    world.lives(_batches(world, erp))


def _arrives(world: World, lot: str) -> None:
    world.truth.born(lot, "SEAL", sound=True)
    world.truth.happens(
        Arrived(
            at=world.now(),
            lot=lot,
            material="SEAL",
            quantity=Decimal(300),
            place=STORE,
            because="opening",
        )
    )


def _plans(world: World, erp: ErpB) -> Steps:
    chance = world.chance("planner-b")
    while True:
        pieces = chance.randint(5, 20)
        yield from once_it_answers(world, lambda pieces=pieces: erp.release("VALVE", pieces))
        yield world.wait(_EVERY * chance.uniform(0.5, 1.5) / world.pace)


def _batches(world: World, erp: ErpB) -> Steps:
    while True:
        yield world.wait(BATCH)
        yield from once_it_answers(world, erp.batch)


def once_it_answers(world: World, work: Callable[[], object]) -> Steps:
    """At its screen, as soon as the database behind it is up."""
    while True:
        try:
            work()
        except ConnectionError:
            yield world.wait(_LOOKS)
        else:
            return


def _works(world: World, mes: MesB) -> Steps:
    while True:
        order = mes.next()
        if order is None:
            yield world.wait(_LOOKS)
        else:
            yield from _makes(world, mes, order)


def _makes(world: World, mes: MesB, order: Wanted) -> Steps:
    chance = world.chance(f"{LINE}/{order.number}")
    began = world.now()
    world.truth.happens(Started(at=began, order=order.number, machine=LINE))
    yield world.wait(_ONE_PIECE * float(order.quantity) / world.pace)
    consume(
        world,
        mes.refuses,
        order=order.number,
        operation="MAKE",
        material="SEAL",
        needed=order.quantity * _SHARE,
        place=STORE,
    )
    scrap = Decimal(chance.choices((0, 1), (9, 1))[0])
    made = f"V{order.number}"
    world.truth.born(made, order.item, sound=chance.random() > 0.05)
    world.truth.happens(
        Made(
            at=world.now(),
            order=order.number,
            operation="MAKE",
            machine=LINE,
            began=began,
            material=order.item,
            good=order.quantity - scrap,
            scrap=scrap,
            lot=made,
            place=STORE,
        )
    )
    world.truth.happens(
        Finished(
            at=world.now(),
            order=order.number,
            material=order.item,
            lot=made,
            good=order.quantity - scrap,
            scrap=scrap,
        )
    )
