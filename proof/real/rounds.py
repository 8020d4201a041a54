"""One round on the real systems: answers held after their commit, kill -9, restart."""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import msgspec

from proof.killing import KILLS, Kill, end, needs_a_restart
from proof.proxy import Call, held_at_kill
from proof.real.calls import CALLS
from proof.real.people import People
from proof.real.plant import Plant
from proof.waiting import until

__all__ = ["Played", "Shot", "play", "shots"]

_MORE_WITHIN = 0.3
LAST_CALL = "CompleteProduction"
_MORE = 2
"""Completions after the first before the next round begins."""


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
    first: int
    """How many orders had been released before."""
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
    """Plays one round on a plant at work and leaves it at work."""
    first = len(people.ordered)
    plant.proxy.hold(shot.call)
    killed, since, began = await _kill(shot, plant)
    await until(lambda: len(_calls(plant, began, LAST_CALL)) > 0, "completed", every=0.005)
    to = datetime.now(UTC)
    await until(lambda: len(_calls(plant, began, LAST_CALL)) > _MORE, "more of them", every=0.05)
    return Played(
        shot,
        killed,
        tuple(call.name for call in held_at_kill(plant.proxy.log, shot.number)),
        first,
        (since, to),
        round(_calls(plant, began, None)[0].at - began, 2),
        round(_calls(plant, began, LAST_CALL)[0].at - began, 2),
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


def _calls(plant: Plant, after: float, name: str | None) -> list[Call]:
    """The calls made after this instant that were committed."""
    return [
        call
        for call in plant.proxy.committed
        if call.asked_at > after and name in (None, call.name)
    ]
