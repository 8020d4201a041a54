"""Insisting: what a system refuses is a person's question, and is sent again if they say so."""

__all__ = ["insist"]

from collections.abc import Awaitable, Callable
from datetime import timedelta

from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Command
from andon.core.workflow import Ask, Run


async def insist(
    run: Run,
    command: Command,
    *,
    team: str,
    says: Callable[[RejectedError], str],
    again: str,
    by_hand: str,
    every: timedelta | None = None,
    mends: Callable[[RejectedError], Awaitable[bool]] | None = None,
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
