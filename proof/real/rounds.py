"""One round on the real systems: answers held after their commit, kill -9, restart."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec

from proof.killing import KILLS, Kill, end, needs_a_restart
from proof.proxy import held_at_kill
from proof.real.calls import CALLS
from proof.real.people import Ordered, People
from proof.real.plant import Plant
from proof.waiting import until

__all__ = ["ORDERS", "Played", "Shot", "play", "shots"]

ORDERS = 5
"""Orders planned in a round."""
_MORE_WITHIN = 0.3
_LAST_CALL = "CompleteProduction"


class Shot(msgspec.Struct, frozen=True):
    """What a round aims at: which call's answer is held when which processes are killed."""

    number: int
    kill: Kill
    call: str


class Played(msgspec.Struct, frozen=True):
    """What happened in a round; what became of its orders is seen when they have come to rest."""

    shot: Shot
    killed: int
    held: tuple[str, ...]
    """Calls whose answers were held after their commit at the kill, read from the proxy's log."""
    ordered: tuple[Ordered, ...]
    down: tuple[datetime, datetime]
    """From two seconds before the kill to the first new completion."""
    effect_s: float
    """From the restart to the first new commit at the ERP."""
    recovery_s: float
    """From the restart (or the kill, where Andon restarts itself) to the first order that the ERP
    books as done by a call made after it."""


def shots(count: int) -> list[Shot]:
    """Every kind of kill in turn; fifty rounds pair each with every call once."""
    return [
        Shot(n + 1, KILLS[n % 5], CALLS[(n // 5 + 2 * (n % 5)) % len(CALLS)]) for n in range(count)
    ]


async def play(shot: Shot, plant: Plant, people: People) -> Played:
    """Plays one round on a running plant and leaves it running, with orders under way."""
    plant.proxy.hold(shot.call)
    planning = asyncio.create_task(asyncio.to_thread(people.plan, ORDERS))
    try:
        killed, since, began = await _kill(shot, plant)
        await until(lambda: _first(plant, began, _LAST_CALL) is not None, "completed", every=0.005)
        to = datetime.now(UTC)
    finally:
        ordered = await planning
    return Played(
        shot,
        killed,
        tuple(call.name for call in held_at_kill(plant.proxy.log, shot.number)),
        tuple(ordered),
        (since, to),
        round(_since(plant, began, None), 2),
        round(_since(plant, began, _LAST_CALL), 2),
    )


async def _kill(shot: Shot, plant: Plant) -> tuple[int, datetime, float]:
    """How many processes, two seconds before, and when the restart began."""
    proxy = plant.proxy
    await until(lambda: proxy.held > 0, f"an answer to {shot.call} held", every=0.002)
    await _more_held(plant)
    since = datetime.now(UTC) - timedelta(seconds=2)
    proxy.note("kill", f"round {shot.number}")
    killed = await asyncio.to_thread(end, plant.hub, shot.kill)
    began = time.monotonic()
    if needs_a_restart(shot.kill):
        began = await asyncio.to_thread(plant.hub.start) / 1e9
    proxy.release()
    return killed, since, began


async def _more_held(plant: Plant) -> None:
    """Other orders' calls join the first for a moment, so that a kill finds several."""
    with suppress(TimeoutError):
        await until(lambda: plant.proxy.held >= 3, "three", within=_MORE_WITHIN, every=0.002)


def _first(plant: Plant, after: float, name: str | None) -> float | None:
    """When the first call that was made after this instant was committed."""
    return next(
        (
            call.at
            for call in plant.proxy.committed
            if call.asked_at > after and name in (None, call.name)
        ),
        None,
    )


def _since(plant: Plant, began: float, name: str | None) -> float:
    at = _first(plant, began, name)
    assert at is not None
    return at - began
