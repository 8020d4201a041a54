"""Bad days of a system that speaks HTTP: set from outside, counted when they strike."""

__all__ = ["Faults", "Striking", "struck_by"]

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Literal, TypeVar

from aiohttp import web

Striking = Literal["lose", "late", "fail", "throttle", "delay"]
_Fault = TypeVar("_Fault", bound=str)
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

    async def answer(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        """The system's own answer, unless a fault strikes."""
        if request.method in ("GET", "HEAD") or request.path.endswith("/token"):
            return await answer(request)  # who signs in has done nothing yet

        def strikes(fault: Striking) -> bool:
            return struck_by(self.due, self.struck, fault)

        if strikes("throttle"):
            return web.Response(status=429, headers={"Retry-After": "1"})
        if strikes("fail"):
            return web.Response(status=503, text="Service temporarily unavailable")
        if strikes("late"):
            await request.read()
            _cut(request)
            await asyncio.sleep(self.delay)
        elif strikes("delay"):
            await asyncio.sleep(self.delay)
        said = await answer(request)
        if said.status < 300:
            self.effects += 1
            if strikes("lose"):
                _cut(request)
        return said


def _cut(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.abort()


def struck_by(
    due: MutableMapping[_Fault, int], struck: MutableMapping[_Fault, int], fault: _Fault
) -> bool:
    """Whether the fault strikes now: then one less is due, and one more is counted."""
    if due.get(fault, 0) <= 0:
        return False
    due[fault] -= 1
    struck[fault] = struck.get(fault, 0) + 1
    return True
