"""One round: load, answers held after their commit, kill -9, restart, and the count."""

import asyncio
import time
from contextlib import suppress

import msgspec

from bench.hub import INBOX_SCOPE, Hub
from proof.books.ledger import Books
from proof.books.load import Load
from proof.killing import Kill, KilledHub, end, needs_a_restart
from proof.proxy import Proxy, held_at_kill
from proof.waiting import until

__all__ = ["Round", "inbox_key", "play"]

_HELD = 3
_EVERY = 0.005
"""Seconds between two looks; the books are in this process, so looking costs nothing."""
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
    number: int, kill: Kill, *, hub: KilledHub, key: str, proxy: Proxy, target: Books
) -> Round:
    """Plays one round on a running hub and leaves it running."""
    before = set(target.doubled())
    async with Load(hub.inbox, key, prefix=f"R{number}", per_s=_PER_S) as load:
        await until(lambda: len(_done(target, load)) >= 10, "load before the kill", every=_EVERY)
        proxy.hold()
        await until(lambda: proxy.held >= _HELD, "answers held", every=_EVERY)
        proxy.note("kill", f"round {number}")
        killed = await asyncio.to_thread(end, hub, kill)
        began = time.monotonic()
        if needs_a_restart(kill):
            began = await asyncio.to_thread(hub.start) / 1e9
        proxy.release()
        new = await _first_new(target, load, began)
        await load.finish()
    facts = set(load.accepted)
    with suppress(TimeoutError):  # what is missing is counted below
        await until(lambda: not target.missing(facts), "every accepted fact done", every=_EVERY)
    return Round(
        number=number,
        kill=kill,
        killed=killed,
        held=len(held_at_kill(proxy.log, number)),
        accepted=len(facts),
        lost=sorted(target.missing(facts)),
        doubled=sorted(set(target.doubled()) - before),
        recovery_s=round(new - began, 2),
    )


async def _first_new(target: Books, load: Load, after: float) -> float:
    """When the first fact that was posted after this instant was completed."""
    found: list[float] = []

    def one_is_there() -> bool:
        fresh = {fact for fact, at in load.begun.items() if at > after}
        found[:] = [e.at for e in target.booked() if e.system == "books" and e.fact in fresh]
        return bool(found)

    await until(one_is_there, "a completion after the restart", every=_EVERY)
    return min(found)


def _done(target: Books, load: Load) -> set[str]:
    return set(load.accepted) - target.missing(set(load.accepted))


def inbox_key(hub: Hub) -> str:
    """A key for the MES."""
    return hub.key(INBOX_SCOPE)
