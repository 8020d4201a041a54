"""Delivery: per subject in order, many subjects at once, and never a blind repeat."""

__all__ = ["Deliver"]

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from datetime import timedelta

from andon.core.connector import Receipt, Request, Sink
from andon.core.errors import (
    AndonError,
    AttentionError,
    DeniedError,
    OutcomeUnknownError,
    RefusedError,
    ThrottledError,
    TransientError,
    UnavailableError,
)
from andon.core.mapping import Known
from andon.core.message import Command
from andon.engine.clock import Clock
from andon.engine.health import Health
from andon.engine.parcel import Asked, Delivered, Moved, Outcome, Parcel, Refused
from andon.engine.plan import Wired

_ASIDE = ("parked", "awaiting")
_LONGEST_PAUSE = timedelta(minutes=1)


def _nothing(_: Command) -> None:
    return None


class Deliver:
    """The calls of one worker to one connection.

    Per order key only the first parcel is in flight; hold, stop and cancel overtake. `report`
    takes every outcome; `saved` commits a change of state before a call relies on it.
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
        stops: Callable[[Command], str | None] = _nothing,
    ) -> None:
        self.wired = wired
        self._sink = wired.connector
        self._clock = clock
        self._health = health
        self._report = report
        self._saved = saved
        self._may_call = may_call
        self._local = local
        self._stops = stops
        self._queues: dict[str, deque[Parcel]] = {}
        self._ready: deque[Parcel] = deque()
        self._busy = 0
        self._calls: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._probe: asyncio.TimerHandle | None = None
        self._timeout = wired.settings.timeout.total_seconds()
        self.paused = False
        self.leaving: set[int] = set()
        """Lanes that go to another worker: no new call begins for them."""

    @property
    def waiting(self) -> int:
        """Parcels that have not come to an end."""
        return sum(map(len, self._queues.values()))

    def put(self, parcel: Parcel) -> None:
        """Takes a parcel; it leaves when every earlier one of its order key is done."""
        key = _queue_key(parcel)
        queue = self._queues.get(key)
        if queue is None:
            queue = self._queues[key] = deque()
        queue.append(parcel)
        if len(queue) == 1:
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
        for key in [key for key, queue in self._queues.items() if queue[0].lane in lanes]:
            del self._queues[key]

    async def close(self) -> None:
        """Stops within a second; calls in flight end as what they are: unknown."""
        self.paused = True
        for timer in [*self._timers, *filter(None, [self._probe])]:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, parcel: Parcel) -> None:
        if parcel.state in _ASIDE:
            return  # it stands at the head of its order key until a person decides
        pause = 0.0
        if parcel.due_at is not None:
            pause = (parcel.due_at - self._clock.now()).total_seconds()
        if pause > 0:
            self._later(pause, parcel)
        else:
            self._ready.append(parcel)
            self._spread()

    def _later(self, pause: float, parcel: Parcel) -> None:
        def due() -> None:
            self._timers.discard(timer)
            self._ready.append(parcel)
            self._spread()

        timer = asyncio.get_running_loop().call_later(pause, due)
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
                await self._one(self._ready.popleft())
                if self._health.unreachable:
                    return
        finally:
            self._busy -= 1

    async def _one(self, parcel: Parcel) -> None:
        queue = self._queues.get(_queue_key(parcel))
        if not queue or queue[0] is not parcel or parcel.lane in self.leaving:
            return  # dropped meanwhile, or its lane goes to another worker
        if not self._may_call(self._timeout):
            self._later(0.2, parcel)  # the lease is short: whoever holds the lane next will send it
            return
        self._calls[parcel.lane] += 1
        try:
            if parcel.state == "unknown" and parcel.outbound.proof != "keyed":
                await self._look(parcel)
            else:
                await self._send(parcel)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._park(parcel, "delivery-defect", "developer", f"{type(error).__name__}: {error}")
        finally:
            self._calls[parcel.lane] -= 1

    async def _request(self, parcel: Parcel) -> Request:
        local = await self._local(parcel) if parcel.outbound.local else ""
        return parcel.outbound.writes(parcel.command, Known(self.wired.settings, local=local))

    async def _send(self, parcel: Parcel) -> None:
        request = await self._request(parcel)
        if parcel.outbound.proof != "keyed":
            await self._saved(Moved(parcel, "sending"))
            if not self._may_call(self._timeout):
                self._later(0.2, parcel)
                return
        # a hold may have come since it was recorded; what may have happened is only found out
        if parcel.state != "unknown" and (stopped := self._stops(parcel.command)) is not None:
            self._report(Refused(parcel, DeniedError(stopped)))
            self._next(parcel)
            return
        parcel.sent_at = self._clock.now()
        parcel.attempts += 1
        began = time.perf_counter()
        try:
            sink = self._sink
            assert isinstance(sink, Sink)
            async with asyncio.timeout(self._timeout):
                receipt: Receipt = await sink.send(request, key=parcel.key)
        except TimeoutError:
            self._unknown(parcel, f"no answer within {self._timeout:g} s")
        except AndonError as error:
            self._failed(parcel, error)
        else:
            self._delivered(parcel, receipt, (time.perf_counter() - began) * 1000)

    async def _look(self, parcel: Parcel) -> None:
        """An unknown outcome is found out.
        Absent counts after `settles_within` and a second look."""
        if parcel.outbound.proof == "none":
            self._park(parcel, "outcome-unknown", "operator", "nobody can tell whether it happened")
            return
        request = await self._request(parcel)
        try:
            sink = self._sink
            assert isinstance(sink, Sink)
            async with asyncio.timeout(self._timeout):
                receipt = await sink.find(request, key=parcel.key)
        except (TimeoutError, TransientError, OutcomeUnknownError) as error:
            self._again(
                parcel, "unknown", f"cannot look yet: {error}", self.wired.settings.backoff * 4
            )
            return
        except AttentionError as error:
            self._attention(parcel, error)
            return
        except RefusedError as error:
            self._seen()
            self._report(Refused(parcel, error))
            self._next(parcel)
            return
        if receipt is not None:
            self._delivered(parcel, receipt, 0.0, found=True)
            return
        parcel.looks += 1
        now = self._clock.now()
        since = parcel.unknown_since or now
        parcel.unknown_since = since
        settles = self.wired.settings.settles_within
        if parcel.looks >= 2 and now >= since + settles:
            parcel.looks, parcel.unknown_since = 0, None
            if parcel.attempts >= self.wired.settings.attempts:
                self._park(
                    parcel, "attempts-used-up", "operator", "it did not happen, time and again"
                )
            else:
                self._again(parcel, "pending", "looked twice after it had settled: not there")
        else:
            pause = max(since + settles - now, self.wired.settings.backoff)
            self._again(parcel, "unknown", "not found yet; it may still be on its way", pause)

    def _failed(self, parcel: Parcel, error: AndonError) -> None:
        match error:
            case OutcomeUnknownError():
                self._unknown(parcel, str(error))
            case UnavailableError(reached=False):
                parcel.attempts -= 1  # nobody was there: that is no attempt of this command
                self._nobody_there(parcel, str(error))
            case ThrottledError(after=after):
                pause = timedelta(seconds=after) if after else self._pause(parcel)
                self._again(parcel, "waiting", str(error), pause)
            case TransientError():
                self._seen()
                if parcel.attempts >= self.wired.settings.attempts:
                    self._park(parcel, "attempts-used-up", "operator", str(error))
                else:
                    self._again(parcel, "waiting", str(error))
            case AttentionError():
                self._attention(parcel, error)
            case RefusedError():
                self._seen()
                self._report(Refused(parcel, error))
                self._next(parcel)
            case _:
                self._park(parcel, "delivery-defect", "developer", str(error))

    def _nobody_there(self, parcel: Parcel, text: str) -> None:
        """Waits with all others for the one that asks again;
        many failures at once are one outage."""
        if self._probe is None:
            pause = self._health.lost(text)
            loop = asyncio.get_running_loop()
            self._probe = loop.call_later(pause.total_seconds(), self._ask_again)
        parcel.state, parcel.due_at = "waiting", None
        self._report(Moved(parcel, "waiting", text))
        self._ready.append(parcel)

    def _ask_again(self) -> None:
        self._probe = None
        self._spread()

    def _seen(self) -> None:
        if self._health.seen():
            if self._probe is not None:
                self._probe.cancel()
                self._probe = None
            asyncio.get_running_loop().call_soon(self._spread)

    def _unknown(self, parcel: Parcel, text: str) -> None:
        if parcel.outbound.proof == "keyed":  # the target dedupes: the same key again finds out
            if parcel.attempts >= self.wired.settings.attempts:
                self._park(parcel, "outcome-unknown", "resolver", text)
            else:
                self._again(parcel, "unknown", text)
            return
        parcel.unknown_since = self._clock.now()
        parcel.looks = 0
        self._again(parcel, "unknown", text, self.wired.settings.backoff)

    def _attention(self, parcel: Parcel, error: AndonError) -> None:
        parcel.attempts = max(0, parcel.attempts - 1)
        self.paused = True
        self._health.needs_operator(str(error))
        self._report(Moved(parcel, "pending", str(error)))
        self._ready.appendleft(parcel)

    def _delivered(
        self, parcel: Parcel, receipt: Receipt, ms: float, *, found: bool = False
    ) -> None:
        self._seen()
        self._report(Delivered(parcel, receipt, ms, found))
        self._next(parcel)

    def _pause(self, parcel: Parcel) -> timedelta:
        doubled = self.wired.settings.backoff * 2 ** max(0, min(parcel.attempts - 1, 16))
        return min(doubled, _LONGEST_PAUSE)

    def _again(
        self, parcel: Parcel, state: str, error: str, pause: timedelta | None = None
    ) -> None:
        pause = self._pause(parcel) if pause is None else pause
        parcel.state = state  # pyright: ignore[reportAttributeAccessIssue]
        parcel.due_at = self._clock.now() + pause
        self._report(Moved(parcel, parcel.state, error))
        self._later(pause.total_seconds(), parcel)

    def _park(self, parcel: Parcel, code: str, acts: str, text: str) -> None:
        """A parked command blocks its own order key, nothing else, until a person decides."""
        parcel.state = "parked"
        self._report(Asked(parcel, code, acts, text))

    def unpark(self, parcel_key: str) -> None:
        """A person said: try again, or approved it; the database knows."""
        # only one set aside: an answer that is read twice must not start a second call
        for queue, parcel in self._set_aside(parcel_key):
            parcel.state, parcel.attempts, parcel.due_at = "pending", 0, None
            if queue[0] is parcel:
                self._start(parcel)

    def drop(self, parcel_key: str) -> Parcel | None:
        """A person said: leave it. The next of its order key goes on."""
        for queue, parcel in self._set_aside(parcel_key):
            if queue[0] is parcel:
                self._next(parcel)
            else:
                queue.remove(parcel)
            return parcel
        return None

    def _set_aside(self, parcel_key: str) -> list[tuple[deque[Parcel], Parcel]]:
        return [
            (queue, parcel)
            for queue in self._queues.values()
            for parcel in queue
            if parcel.key == parcel_key and parcel.state in _ASIDE
        ]

    def _next(self, parcel: Parcel) -> None:
        key = _queue_key(parcel)
        queue = self._queues[key]
        queue.popleft()
        if queue:
            self._start(queue[0])
        else:
            del self._queues[key]


def _queue_key(parcel: Parcel) -> str:
    """Hold, stop and cancel have a queue of their own: that is how they overtake."""
    return f"!{parcel.key}" if parcel.command.OVERTAKES else parcel.order_key
