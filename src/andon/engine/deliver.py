"""Delivery: per subject in order, many subjects at once, and never a blind repeat."""

__all__ = ["Deliver"]

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

from andon.core.message import Command
from andon.engine.call import Again, Aside, Away, Call, Done, Held, No, NotNow, Verdict
from andon.engine.clock import Clock
from andon.engine.health import Health
from andon.engine.parcel import Asked, Delivered, Moved, Outcome, Parcel, Refused
from andon.engine.plan import Wired
from andon.engine.queues import ASIDE, Queues, Ready

_ANOTHER_HOLDER = timedelta(seconds=0.2)


async def _nothing(_: Command) -> None:
    return None


class Deliver:
    """The calls of one worker to one connection.

    Per order key only the first parcel is in flight; hold, stop and cancel overtake. What is urgent
    leaves before all that is ready. `report` takes every outcome; `saved` commits a change of state
    before a call relies on it.
    """

    def __init__(
        self,
        wired: Wired,
        *,
        clock: Clock,
        health: Health,
        report: Callable[[Outcome], None],
        saved: Callable[[Moved], Awaitable[None]],
        may_call: Callable[[float], bool],
        local: Callable[[Parcel], Awaitable[str]],
        stops: Callable[[Command], Awaitable[str | None]] = _nothing,
    ) -> None:
        self.wired = wired
        self._clock = clock
        self._health = health
        self._report = report
        self._call = Call(
            wired, clock=clock, saved=saved, may_call=may_call, local=local, stops=stops
        )
        self._queues = Queues()
        self._ready = Ready()
        self._busy = 0
        self._calls: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._probe: asyncio.TimerHandle | None = None
        self.paused = False
        self.leaving: set[int] = set()
        """Lanes that go to another worker: no new call begins for them."""

    @property
    def waiting(self) -> int:
        """Parcels that have not come to an end."""
        return len(self._queues)

    # -- what others ask ------------------------------------------------------------------------

    def put(self, parcel: Parcel) -> None:
        """Takes a parcel; it leaves when every earlier one of its order key is done."""
        if self._queues.put(parcel):
            self._start(parcel)

    def resume(self) -> None:
        """Goes on after a pause or an outage."""
        self.paused = False
        self._spread()

    def busy(self, lane: int) -> bool:
        """Whether a call for this lane is under way."""
        return self._calls[lane] > 0

    def forget(self, lanes: set[int]) -> None:
        """Lets go of parcels that another worker sends from now on."""
        self._queues.forget(lanes)

    async def close(self) -> None:
        """Stops within a second; calls in flight end as what they are: unknown."""
        self.paused = True
        for timer in [*self._timers, *filter(None, [self._probe])]:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def unpark(self, parcel_key: str) -> None:
        """A person said: try again, or approved it; the database knows."""
        # only one set aside: an answer that is read twice must not start a second call
        if (parcel := self._queues.set_aside(parcel_key)) is not None:
            parcel.state, parcel.attempts, parcel.due_at = "pending", 0, None
            if self._queues.heads(parcel):
                self._start(parcel)

    def drop(self, parcel_key: str) -> Parcel | None:
        """A person said: leave it. The next of its order key goes on."""
        if (parcel := self._queues.set_aside(parcel_key)) is not None:
            if self._queues.heads(parcel):
                self._next(parcel)
            else:
                self._queues.remove(parcel)
        return parcel

    # -- when a parcel's turn comes -------------------------------------------------------------

    def _start(self, parcel: Parcel) -> None:
        if parcel.state in ASIDE:
            return  # it stands at the head of its order key until a person decides
        pause = timedelta()
        if parcel.due_at is not None:
            pause = self._clock.left(parcel.due_at)
        if pause > timedelta():
            self._later(pause, parcel)
        else:
            self._ready.put(parcel)
            self._spread()

    def _later(self, pause: timedelta, parcel: Parcel) -> None:
        def due() -> None:
            self._timers.discard(timer)
            self._ready.put(parcel)
            self._spread()

        timer = asyncio.get_running_loop().call_later(pause.total_seconds(), due)
        self._timers.add(timer)

    def _spread(self) -> None:
        if self._probe is not None or self.paused:
            return  # nobody is there; one parcel will ask again in a moment, for all
        room = 1 if self._health.unreachable else self.wired.settings.concurrency
        for _ in range(min(room - self._busy, len(self._ready))):
            self._busy += 1
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        try:
            while self._ready and not self.paused and self._probe is None:
                await self._one(self._ready.take())
                if self._health.unreachable:
                    return
        finally:
            self._busy -= 1
            if self._ready and self._probe is None and self._health.unreachable:
                # the one that should have asked for all was stopped before it could
                asyncio.get_running_loop().call_soon(self._spread)

    async def _one(self, parcel: Parcel) -> None:
        if not self._queues.heads(parcel) or parcel.lane in self.leaving:
            return  # dropped meanwhile, or its lane goes to another worker
        self._calls[parcel.lane] += 1
        try:
            self._follow(parcel, await self._call(parcel))
        except Exception as error:
            self._follow(parcel, _defect(error))
        finally:
            self._calls[parcel.lane] -= 1

    # -- what follows from an answer ------------------------------------------------------------

    def _follow(self, parcel: Parcel, verdict: Verdict) -> None:
        if _from_the_system(verdict):
            self._seen()
        match verdict:
            case Done(receipt, ms, found):
                self._report(Delivered(parcel, receipt, ms, found))
                self._next(parcel)
            case No(error):
                self._report(Refused(parcel, error))
                self._next(parcel)
            case Again(state, text, pause):
                parcel.state, parcel.due_at = state, self._clock.after(pause)
                self._report(Moved(parcel, state, text))
                self._later(pause, parcel)
            case Aside(code, acts, text):
                # it blocks its own order key, nothing else, until a person decides
                parcel.state = "parked"
                self._report(Asked(parcel, code, acts, text))
            case Away(text):
                self._nobody_there(parcel, text)
            case Held(text):
                self.paused = True
                self._health.needs_operator(text)
                self._report(Moved(parcel, "pending", text))
                self._ready.put_back(parcel)
            case NotNow():
                self._later(_ANOTHER_HOLDER, parcel)

    def _nobody_there(self, parcel: Parcel, text: str) -> None:
        """Waits with all others for the one that asks again;
        many failures at once are one outage."""
        if self._probe is None:
            pause = self._health.lost(text)
            loop = asyncio.get_running_loop()
            self._probe = loop.call_later(pause.total_seconds(), self._ask_again)
        parcel.state, parcel.due_at = "waiting", None
        self._report(Moved(parcel, "waiting", text))
        self._ready.put(parcel)

    def _ask_again(self) -> None:
        self._probe = None
        self._spread()

    def _seen(self) -> None:
        if self._health.seen():
            if self._probe is not None:
                self._probe.cancel()
                self._probe = None
            asyncio.get_running_loop().call_soon(self._spread)

    def _next(self, parcel: Parcel) -> None:
        if (following := self._queues.pop(parcel)) is not None:
            self._start(following)


def _from_the_system(verdict: Verdict) -> bool:
    match verdict:
        case Done() | No(reached=True) | Again(reached=True) | Aside(reached=True):
            return True
        case No() | Again() | Aside() | Away() | Held() | NotNow():
            return False


def _defect(error: Exception) -> Aside:
    return Aside("delivery-defect", "developer", f"{type(error).__name__}: {error}")
