"""Calls at an offered rate, and what a hub adds to the time of the target behind it."""

__all__ = ["Called", "Figures", "offered", "reckoned"]

import asyncio
import time

import msgspec

from bench.ledger import Effects
from bench.reckoning import percentile
from bench.wire import UNANSWERED, Poster


class Called(msgspec.Struct, frozen=True):
    """One call: how long after it was due it was answered, and with what; 0 is no answer."""

    key: str
    ms: float
    status: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One capability at one rate."""

    capability: str
    rate: float
    calls: int
    target_p50_ms: float
    target_p99_ms: float
    p50_ms: float
    p99_ms: float
    unfinished: int
    """Calls that were not answered with a document number."""
    lost: int
    """Answered with one, and without an effect."""
    doubled: int

    @property
    def added_ms(self) -> float:
        """What Andon adds to the target's own time, at the slowest hundredth of both."""
        return self.p99_ms - self.target_p99_ms

    @property
    def kept(self) -> bool:
        """Whether nothing went wrong, however long it took."""
        return not (self.unfinished or self.lost or self.doubled)


async def offered(poster: Poster, calls: list[tuple[str, bytes]], rate: float) -> list[Called]:
    """Every call at its time, whether or not the ones before it are answered."""
    begin = time.monotonic() + 0.05

    async def one(key: str, body: bytes, due: float) -> Called:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        try:
            status = await poster.post(key, body)
        except UNANSWERED:
            status = 0
        return Called(key, (time.monotonic() - due) * 1000, status)

    tasks = [one(key, body, begin + place / rate) for place, (key, body) in enumerate(calls)]
    found = await asyncio.gather(*tasks)
    await poster.close()
    return found


def reckoned(
    name: str,
    rate: float,
    direct: list[Called],
    through: list[Called],
    effects: dict[str, Effects],
) -> Figures:
    """The figures of one capability; `effects` by the key that each call bore."""
    target = sorted(call.ms for call in direct)
    waits = sorted(call.ms for call in through)
    done = [call for call in through if call.status == 201]
    return Figures(
        capability=name,
        rate=rate,
        calls=len(through),
        target_p50_ms=percentile(target, 0.50),
        target_p99_ms=percentile(target, 0.99),
        p50_ms=percentile(waits, 0.50),
        p99_ms=percentile(waits, 0.99),
        unfinished=len(through) - len(done),
        lost=sum(call.key not in effects for call in done),
        doubled=sum(max(0, effect.effects - 1) for effect in effects.values()),
    )
