"""Insisting: what a system refuses is a person's question, and is sent again if they say so."""

__all__ = ["Mends", "insist", "mended_by"]

from collections.abc import Awaitable, Callable
from datetime import timedelta

from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError
from andon.core.message import Command
from andon.core.workflow import Ask, Run

Mends = Callable[[RejectedError], Awaitable[bool]]
"""Whether it has removed the cause of a refusal."""
_IN_A_ROW = 10
"""So often somebody else is believed to have undone it."""


async def insist(
    run: Run,
    command: Command,
    *,
    team: str,
    says: Callable[[RejectedError], str],
    again: str,
    by_hand: str,
    every: timedelta | None = None,
    mends: Mends | None = None,
) -> Receipt | None:
    """The receipt of the command; None where the team answers `by_hand` that it needs no more.

    `says` makes their question out of a refusal; the other answer, `again`, sends it again. With
    `every` that is done by itself too, so often, as long as the question stands. `mends` may
    remove the cause: where it says that it did, it is sent again before anybody is asked.
    """
    asked: Ask | None = None
    while True:
        try:
            receipt = await run.send(command)
        except RejectedError as error:
            if mends is not None and await mends(error):
                continue
            asked = asked or run.ask(team, says(error), again, by_hand)
            if every is None:
                answer = await asked
            else:
                place, answer = await run.first(asked, run.sleep(every))
                if place == 1:
                    continue
            asked = None
            if answer == by_hand:
                return None
        else:
            if asked is not None:
                await run.withdraw(asked)
            return receipt


def mended_by(run: Run, remedy: Command, *, code: str, pause: timedelta | None = None) -> Mends:
    """A refusal of this code is mended by another command. What it mends somebody else may undo at
    once: with a `pause` it is sent again after that, a few times in a row; without one, it is left
    to whoever asks for the pause."""
    sent = 0

    async def mends(error: RejectedError) -> bool:
        nonlocal sent
        mendable = error.code == code and sent <= (0 if pause is None else _IN_A_ROW)
        if mendable and sent and pause is not None:
            await run.sleep(pause)
        sent = sent + 1 if mendable and await _done(run, remedy) else 0
        return sent > 0

    return mends


async def _done(run: Run, remedy: Command) -> bool:
    """Refused, or without a route, it was not the cause: the first refusal says what is."""
    try:
        await run.send(remedy)
    except (DeniedError, RejectedError):
        return False
    return True
