"""The warehouse: people who do what their terminals say."""

__all__ = ["begin"]

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal

from andon.sandbox.lives.counting import count
from andon.sandbox.system import System
from andon.sandbox.systems.wms import DOCK, PRODUCTION, SHELVES, Task, Wms
from andon.sandbox.truth import Moved
from andon.sandbox.world import Steps, World

_WORKERS = 3
_LOOKS = timedelta(seconds=20)
_CARRIES = timedelta(minutes=2)


def begin(world: World, systems: Mapping[str, System]) -> None:
    """Everybody with a scanner."""
    wms = systems.get("wms")
    if isinstance(wms, Wms):
        for n in range(_WORKERS):
            world.lives(_works(world, wms, f"carrier {n}"))


def _works(world: World, wms: Wms, name: str) -> Steps:
    chance = world.chance(name)
    while True:
        task = _takes(wms)
        if task is None:
            yield world.wait(_LOOKS)
            continue
        yield world.wait(_CARRIES * chance.uniform(0.5, 1.5) / world.pace)
        place = DOCK if task.kind == "pick" else SHELVES[chance.randint(1, len(SHELVES)) - 1]
        _carries(world, wms, task, place)


def _takes(wms: Wms) -> Task | None:
    """What can be done now, oldest first, and nobody else has in hand."""
    for task in wms.tasks.values():
        free = task.state == "open" and task.id not in wms.in_hand
        if free and wms.refuses(task) is None and _there(wms, task):
            wms.in_hand.add(task.id)
            return task
    return None


def _there(wms: Wms, task: Task) -> bool:
    """Whether all of it lies where it is to be taken from."""
    truth = wms.world.truth
    if task.kind == "put-away":
        return truth.amount(task.lot, PRODUCTION) >= task.quantity
    return sum(amount for _, amount in _shelves(wms, task.lot)) >= task.quantity


def _shelves(wms: Wms, lot: str) -> list[tuple[str, Decimal]]:
    return [
        (place, amount) for (one, place), amount in wms.bins.items() if one == lot and place != DOCK
    ]


def _carries(world: World, wms: Wms, task: Task, place: str) -> None:
    """A task that was stopped, or whose lot was locked meanwhile, is put back; one that wants more
    of a bin than there is waits, and the bin is counted."""
    wms.in_hand.discard(task.id)
    if task.state != "open" or wms.refuses(task) is not None or not _there(wms, task):
        return
    origins = (
        [(PRODUCTION, task.quantity)]
        if task.kind == "put-away"
        else sorted(_shelves(wms, task.lot))
    )
    taken = _taken(task.quantity, origins)
    short = [at for at, amount in taken if world.truth.amount(task.lot, at) < amount]
    if short:
        for origin in short:
            count(world, task.lot, origin)
        return
    for origin, amount in taken:
        world.truth.happens(
            Moved(
                at=world.now(), lot=task.lot, material=task.item, quantity=amount, origin=origin,
                place=place, because=task.id,
            )
        )  # fmt: skip
    wms.done(task, place)


def _taken(wanted: Decimal, origins: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    """How much from where, one place after the other."""
    found: list[tuple[str, Decimal]] = []
    for origin, there in origins:
        if (amount := min(there, wanted)) > 0:
            found.append((origin, amount))
            wanted -= amount
    return found
