"""Bad days of a system that speaks HTTP: set from outside, counted when they strike."""

__all__ = ["Faults", "Striking"]

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Literal

from aiohttp import web

Striking = Literal["lose", "late", "fail", "throttle", "delay"]
Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class Faults:
    """How often each fault still strikes, only calls with an effect, oldest order first.

    `lose`: the effect is done and its answer never arrives. `late`: the connection breaks, and
    only then is the request carried out. `fail`: 503, nothing done. `throttle`: 429 with
    Retry-After, nothing done. `delay`: the request waits before it is done.
    """

    def __init__(self) -> None:
        self.due: Counter[Striking] = Counter()
        self.struck: Counter[Striking] = Counter()
        """What really happened, so that a lab can tell it from what was only asked for."""
        self.delay = 0.3
        """Seconds that a delayed request waits."""
        self.effects = 0
        """Calls that were carried out, whether or not somebody heard of it."""

    def add(self, fault: Striking, times: int = 1) -> None:
        """Strikes the next calls with an effect."""
        self.due[fault] += times

    def _strikes(self, fault: Striking) -> bool:
        if self.due[fault] <= 0:
            return False
        self.due[fault] -= 1
        self.struck[fault] += 1
        return True

    async def answer(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        """The system's own answer, unless a fault strikes."""
        if request.method in ("GET", "HEAD"):
            return await answer(request)
        if self._strikes("throttle"):
            return web.Response(status=429, headers={"Retry-After": "1"})
        if self._strikes("fail"):
            return web.Response(status=503, text="Service temporarily unavailable")
        if self._strikes("late"):
            await request.read()
            _cut(request)
            await asyncio.sleep(self.delay)
        elif self._strikes("delay"):
            await asyncio.sleep(self.delay)
        said = await answer(request)
        if said.status < 300:
            self.effects += 1
            if self._strikes("lose"):
                _cut(request)
        return said


def _cut(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()
