"""Sending: one effect per key, and every outcome known, found out or said to be unknown."""

__all__ = ["SENDING", "absent", "away", "find", "lost_answer", "refusal", "send", "twice"]

import asyncio
import time
from typing import Any, cast

from andon.core.connector import Receipt, Request, Sink
from andon.core.counterpart import Counterpart, Takes
from andon.core.errors import (
    AndonError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
    UnavailableError,
)
from andon.testing.conformance.check import check, promise
from andon.testing.conformance.trial import Trial


def _refuses(counterpart: Counterpart) -> str:
    takes = cast("Takes", counterpart)
    return "" if takes.refused() is not None else "it refuses nothing"


@check(Sink, counterpart=Takes)
async def send(trial: Trial) -> None:
    """A request that is sent is done once, and answered by a receipt."""
    async with trial.connected() as sink:
        name = trial.effect()
        receipt = await sink.send(trial.takes.request(name), key=name)
        promise(isinstance(receipt, Receipt), f"the answer is {receipt!r}, no receipt")
    await _happened(trial, name, 1)


@check(Sink, counterpart=Takes)
async def twice(trial: Trial) -> None:
    """Sent twice with one key it acts once; where the system does not see to that, it is found."""
    async with trial.connected() as sink:
        name = trial.effect()
        request = trial.takes.request(name)
        first = await sink.send(request, key=name)
        if trial.takes.dedupes:
            again = await sink.send(request, key=name)
        else:
            again = await _found(trial, sink, request, name)
            promise(again is not None, "what was done is not found, and would be done again")
        promise(
            again is not None and again.reference == first.reference,
            f"the first answer was {first}, the second {again}",
        )
    await _happened(trial, name, 1)


@check(Sink, counterpart=Takes)
async def lost_answer(trial: Trial) -> None:
    """An answer that is lost is an OutcomeUnknownError: neither done nor failed."""
    async with trial.connected() as sink:
        name = trial.effect()
        await trial.takes.lose_answer()
        error = await _error_of(sink, trial.takes.request(name), name)
        promise(
            isinstance(error, OutcomeUnknownError),
            f"a lost answer is {type(error).__name__} ({error}), not OutcomeUnknownError",
        )
    await _happened(trial, name, 1)


@check(Sink, counterpart=Takes)
async def find(trial: Trial) -> None:
    """What was done without an answer is found afterwards, also by another connector."""
    name = trial.effect()
    async with trial.connected() as sink:
        await trial.takes.lose_answer()
        error = await _error_of(sink, trial.takes.request(name), name)
        promise(error is not None, "the answer was not lost")
    async with trial.connected() as sink:
        promise(
            await _found(trial, sink, trial.takes.request(name), name), "what was done is not found"
        )


@check(Sink, counterpart=Takes)
async def absent(trial: Trial) -> None:
    """What was never sent is not found."""
    async with trial.connected() as sink:
        name = trial.effect()
        found = await sink.find(trial.takes.request(name), key=name)
        promise(found is None, f"never sent, and yet found: {found}")


@check(Sink, counterpart=Takes, fits=_refuses)
async def refusal(trial: Trial) -> None:
    """What the system refuses is a RejectedError in its own words, and has no effect."""
    before = await trial.takes.effects()
    request = trial.takes.refused()
    async with trial.connected() as sink:
        error = await _error_of(sink, cast("Request", request), trial.effect())
    promise(
        isinstance(error, RejectedError),
        f"a refusal is {type(error).__name__} ({error}), not RejectedError",
    )
    words = trial.takes.refusal_words
    promise(str(error).strip(), "the refusal says nothing")
    promise(words in str(error), f"the system said {words!r}, the error says {error}")
    promise(await trial.takes.effects() == before, "what was refused had an effect")


@check(Sink, counterpart=Takes)
async def away(trial: Trial) -> None:
    """Away before sending is an UnavailableError without effect; once back, sending works again."""
    async with trial.connected() as sink:
        warm, name = trial.effect(), trial.effect()
        await sink.send(trial.takes.request(warm), key=warm)
        async with trial.away():
            error = await _error_of(sink, trial.takes.request(name), name)
        promise(
            isinstance(error, UnavailableError),
            f"away is {type(error).__name__} ({error}), not UnavailableError",
        )
        await _happened(trial, name, 0)
        await _goes_again(trial, sink, name)
    await _happened(trial, name, 1)


async def _goes_again(trial: Trial, sink: Sink[Any], name: str) -> None:
    ends = time.monotonic() + trial.patience
    while True:
        try:
            await sink.send(trial.takes.request(name), key=name)
            return
        except TransientError as error:
            promise(time.monotonic() < ends, f"it came back, sending still says {error}")
            await asyncio.sleep(0.1)


async def _error_of(sink: Sink[Any], request: Request, key: str) -> AndonError | None:
    try:
        await asyncio.wait_for(sink.send(request, key=key), 40)
    except AndonError as error:
        return error
    return None


async def _found(trial: Trial, sink: Sink[Any], request: Request, key: str) -> Receipt | None:
    """What is found once the system had a moment to index it."""
    ends = time.monotonic() + trial.patience / 4
    while True:
        found = await sink.find(request, key=key)
        if found is not None or time.monotonic() > ends:
            return found
        await asyncio.sleep(0.1)


async def _happened(trial: Trial, name: str, times: int) -> None:
    ends = time.monotonic() + trial.patience / 4
    while (count := list(await trial.takes.effects()).count(name)) < times:
        if time.monotonic() > ends:
            break
        await asyncio.sleep(0.05)
    promise(count == times, f"{name} took effect {count} times, not {times}")


SENDING = (send, twice, lost_answer, find, absent, refusal, away)
