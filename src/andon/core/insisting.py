"""Insisting: what a system refuses is a person's question, and is sent again if they say so."""

__all__ = ["insist"]

from collections.abc import Callable

from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Command
from andon.core.workflow import Run


async def insist(
    run: Run,
    command: Command,
    *,
    team: str,
    says: Callable[[RejectedError], str],
    again: str,
    by_hand: str,
) -> Receipt | None:
    """The receipt of the command; None where the team answers `by_hand` that it needs no more.

    `says` makes their question out of a refusal; the other answer, `again`, sends it again.
    """
    while True:
        try:
            return await run.send(command)
        except RejectedError as error:
            if await run.ask(team, says(error), again, by_hand) == by_hand:
                return None
