"""One call to a system and what its answer means. It decides; what follows is Deliver's."""

__all__ = ["Again", "Aside", "Away", "Call", "Done", "Held", "No", "NotNow", "Verdict"]

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec

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
from andon.engine.parcel import Moved, Parcel, State
from andon.engine.plan import Wired

_LONGEST_PAUSE = timedelta(minutes=1)


class Done(msgspec.Struct, frozen=True):
    """The system did it."""

    receipt: Receipt
    ms: float
    found: bool = False


class No(msgspec.Struct, frozen=True):
    """It will not be done. `reached` says whether the system itself answered."""

    error: RefusedError
    reached: bool


class Again(msgspec.Struct, frozen=True):
    """Another call or look after a pause."""

    state: State
    text: str
    pause: timedelta
    reached: bool = False


class Aside(msgspec.Struct, frozen=True):
    """A person must decide."""

    code: str
    acts: str
    text: str
    reached: bool = False


class Away(msgspec.Struct, frozen=True):
    """Nobody was there."""

    text: str


class Held(msgspec.Struct, frozen=True):
    """The whole connection needs an operator."""

    text: str


class NotNow(msgspec.Struct, frozen=True):
    """The lease is short: whoever holds the lane next will call."""


Verdict = Done | No | Again | Aside | Away | Held | NotNow


class Call:
    """Calls of one connection, one parcel at a time."""

    def __init__(
        self,
        wired: Wired,
        *,
        clock: Clock,
        saved: Callable[[Moved], Awaitable[None]],
        may_call: Callable[[float], bool],
        local: Callable[[Parcel], Awaitable[str]],
        stops: Callable[[Command], Awaitable[str | None]],
    ) -> None:
        assert isinstance(wired.connector, Sink)
        self._sink = wired.connector
        self._settings = wired.settings
        self._clock = clock
        self._saved = saved
        self._may_call = may_call
        self._local = local
        self._stops = stops
        self._timeout = wired.settings.timeout.total_seconds()

    async def __call__(self, parcel: Parcel) -> Verdict:
        """Sends it; an unknown outcome is found out first, unless the target knows our key and
        nothing has come that would stop it now: then the same call finds out."""
        if not self._may_call(self._timeout):
            return NotNow()
        if parcel.state == "unknown" and (
            parcel.outbound.proof != "keyed" or await self._stops(parcel.command) is not None
        ):
            return await self._look(parcel)
        return await self._send(parcel)

    async def _request(self, parcel: Parcel) -> Request:
        local = await self._local(parcel) if parcel.outbound.local else ""
        return parcel.outbound.writes(parcel.command, Known(self._settings, local=local))

    async def _send(self, parcel: Parcel) -> Verdict:
        request = await self._request(parcel)
        finds_out = parcel.state == "unknown"
        if parcel.outbound.proof != "keyed" or parcel.command.lots():
            await self._saved(Moved(parcel, "sending"))
            if not self._may_call(self._timeout):
                return NotNow()
        # a hold may have come since it was recorded; what may have happened is only found out
        stopped = None if finds_out else await self._stops(parcel.command)
        if stopped is not None:
            return No(DeniedError(stopped), reached=False)
        parcel.sent_at = self._clock.now()
        parcel.attempts += 1
        began = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout):
                receipt: Receipt = await self._sink.send(request, key=parcel.key)
        except TimeoutError:
            return self._unknown(parcel, f"no answer within {self._timeout:g} s")
        except AndonError as error:
            return self._failed(parcel, error)
        return Done(receipt, (time.perf_counter() - began) * 1000)

    async def _look(self, parcel: Parcel) -> Verdict:
        """An unknown outcome is found out.
        Absent counts after `settles_within` and a second look."""
        if parcel.outbound.proof == "none":
            return Aside("outcome-unknown", "operator", "nobody can tell whether it happened")
        request = await self._request(parcel)
        try:
            async with asyncio.timeout(self._timeout):
                receipt = await self._sink.find(request, key=parcel.key)
        except (TimeoutError, TransientError, OutcomeUnknownError) as error:
            if parcel.outbound.proof == "keyed" and isinstance(error, OutcomeUnknownError):
                # only the same call could tell, and it may not pass
                return Aside("outcome-unknown", "operator", str(error), reached=True)
            return Again("unknown", f"cannot look yet: {error}", self._settings.backoff * 4)
        except AttentionError as error:
            return _held(parcel, error)
        except RefusedError as error:  # the system has refused it meanwhile
            return No(error, reached=True)
        if receipt is not None:
            return Done(receipt, 0.0, found=True)
        return self._absent(parcel)

    def _absent(self, parcel: Parcel) -> Verdict:
        left = self._settles_in(parcel)
        parcel.looks += 1
        if parcel.looks < 2 or left > timedelta():
            pause = max(left, self._settings.backoff)
            return Again("unknown", "not found yet; it may still be on its way", pause)
        parcel.looks, parcel.unknown_since = 0, None
        if parcel.attempts >= self._settings.attempts:
            return Aside("attempts-used-up", "operator", "it did not happen, time and again")
        text = "looked twice after it had settled: not there"
        return Again("pending", text, self._pause(parcel))

    def _settles_in(self, parcel: Parcel) -> timedelta:
        """How long it may still be on its way. The target's own requests settle in real time,
        however fast business time goes. A worker that is gone noted until when it would not look
        again: who dies more often than a target settles still comes to an end."""
        if parcel.unknown_since is None and parcel.looks and parcel.due_at is not None:
            return self._clock.left(parcel.due_at)
        now = timedelta(seconds=time.monotonic())
        parcel.unknown_since = now if parcel.unknown_since is None else parcel.unknown_since
        return parcel.unknown_since + self._settings.settles_within - now

    def _failed(self, parcel: Parcel, error: AndonError) -> Verdict:
        match error:
            case OutcomeUnknownError():
                return self._unknown(parcel, str(error))
            case UnavailableError(reached=False):
                parcel.attempts -= 1  # nobody was there: that is no attempt of this command
                return Away(str(error))
            case ThrottledError(after=after):
                pause = timedelta(seconds=after) if after else self._pause(parcel)
                return Again("waiting", str(error), pause)
            case TransientError():
                if parcel.attempts >= self._settings.attempts:
                    return Aside("attempts-used-up", "operator", str(error), reached=True)
                return Again("waiting", str(error), self._pause(parcel), reached=True)
            case AttentionError():
                return _held(parcel, error)
            case RefusedError():
                return No(error, reached=True)
            case _:
                return Aside("delivery-defect", "developer", str(error))

    def _unknown(self, parcel: Parcel, text: str) -> Verdict:
        if parcel.outbound.proof == "keyed":  # the target dedupes: the same key again finds out
            if parcel.attempts >= self._settings.attempts:
                return Aside("outcome-unknown", "resolver", text)
            return Again("unknown", text, self._pause(parcel))
        parcel.unknown_since = timedelta(seconds=time.monotonic())
        parcel.looks = 0
        return Again("unknown", text, self._settings.backoff)

    def _pause(self, parcel: Parcel) -> timedelta:
        doubled = self._settings.backoff * 2 ** max(0, min(parcel.attempts - 1, 16))
        return min(doubled, _LONGEST_PAUSE)


def _held(parcel: Parcel, error: AttentionError) -> Held:
    parcel.attempts = max(0, parcel.attempts - 1)
    return Held(str(error))
