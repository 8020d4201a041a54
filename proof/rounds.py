"""One round: load, answers held after their commit, kill -9, restart, and the count."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from bench.hub import INBOX_SCOPE, Hub
from proof.books import Target
from proof.killing import Kill, KilledHub, end
from proof.load import Load
from proof.proxy import Proxy, held_at_kill

__all__ = ["Round", "play"]

_HELD = 3
_WITHIN = 60.0
_PER_S = 60.0


class Round(msgspec.Struct, frozen=True):
    """What one round showed."""

    number: int
    kill: Kill
    killed: int
    held: int
    """Answers held after their commit at the moment of the kill, read from the proxy's log."""
    accepted: int
    lost: list[str]
    doubled: list[str]
    recovery_s: float
    """From the restart (or the kill, where Andon restarts itself) to the first new completion."""


async def play(
    number: int, kill: Kill, *, hub: KilledHub, key: str, proxy: Proxy, target: Target
) -> Round:
    """Plays one round on a running hub and leaves it running."""
    before = set(target.doubled())
    async with Load(hub.inbox, key, prefix=f"R{number}", per_s=_PER_S) as load:
        await _until(lambda: len(_done(target, load)) >= 10, "load before the kill")
        proxy.hold()
        await _until(lambda: proxy.held >= _HELD, "answers held")
        proxy.note("kill", f"round {number}")
        killed = await asyncio.to_thread(end, hub, kill)
        began = time.monotonic()
        if kill in ("all", "all and postgres", "supervisor"):
            began = await asyncio.to_thread(hub.start) / 1e9
        proxy.release()
        new = await _first_new(target, load, began)
        await load.finish()
    facts = set(load.accepted)
    with suppress(TimeoutError):  # what is missing is counted below
        await _until(lambda: not target.missing(facts), "every accepted fact done")
    return Round(
        number=number,
        kill=kill,
        killed=killed,
        held=held_at_kill(proxy.log, number),
        accepted=len(facts),
        lost=sorted(target.missing(facts)),
        doubled=sorted(set(target.doubled()) - before),
        recovery_s=round(new - began, 2),
    )


async def _first_new(target: Target, load: Load, after: float) -> float:
    """When the first fact that was posted after this instant was completed."""
    found: list[float] = []

    def one_is_there() -> bool:
        fresh = {fact for fact, at in load.begun.items() if at > after}
        found[:] = [e.at for e in target.booked() if e.system == "books" and e.fact in fresh]
        return bool(found)

    await _until(one_is_there, "a completion after the restart")
    return min(found)


def _done(target: Target, load: Load) -> set[str]:
    return set(load.accepted) - target.missing(set(load.accepted))


async def _until(true: Callable[[], bool], what: str) -> None:
    try:
        async with asyncio.timeout(_WITHIN):
            # the systems are in this process: looking costs nothing and tells nobody
            while not true():  # noqa: ASYNC110
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise TimeoutError(f"not within {_WITHIN:g} s: {what}") from None


def inbox_key(hub: Hub) -> str:
    """A key for the MES."""
    return hub.key(INBOX_SCOPE)
