"""Insisting: what is refused is a question, and is tried again as often as somebody says so."""

__all__ = ["insist", "number_of", "tell"]

from andon.core.errors import RejectedError
from andon.core.message import Command
from andon.core.workflow import Run
from andon.model.service import UpdateCase


async def insist(
    run: Run, command: Command, *, team: str, trouble: str, again: str, by_hand: str
) -> str | None:
    """The number under which it was done; None where somebody says that it was done by hand."""
    while True:
        try:
            return (await run.send(command)).reference
        except RejectedError as error:
            answer = await run.ask(
                team,
                f"{trouble}: {error} Mend the cause, then try again; or do it there by hand.",
                again,
                by_hand,
            )
            if answer == by_hand:
                return None


async def tell(run: Run, update: UpdateCase) -> None:
    """Those who speak with the customer hear it, from us or from each other."""
    await insist(
        run,
        update,
        team="service",
        trouble=f"The field service does not take the news of {number_of(run)} ({update.status})",
        again="tell again",
        by_hand="they know it",
    )


def number_of(run: Run) -> str:
    """As the field service numbers the case."""
    return run.subject.rpartition(":")[2]
