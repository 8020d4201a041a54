"""Carrying through: a call has its number or is done by hand, and the field service hears of it."""

__all__ = ["number_of", "number_under", "tell"]

from andon.core.insisting import insist
from andon.core.message import Command
from andon.core.workflow import Run
from andon.model.service import UpdateCase


async def number_under(
    run: Run, command: Command, *, team: str, trouble: str, again: str, by_hand: str
) -> str | None:
    """The number under which it was done; None where somebody says that it was done by hand."""
    done = await insist(
        run,
        command,
        team=team,
        says=lambda error: (
            f"{trouble}: {error} Mend the cause, then try again; or do it there by hand."
        ),
        again=again,
        by_hand=by_hand,
    )
    return None if done is None else done.reference


async def tell(run: Run, update: UpdateCase) -> None:
    """Those who speak with the customer hear it, from us or from each other."""
    await number_under(
        run,
        update,
        team="service",
        trouble=f"The field service does not take the news of {number_of(run)} ({update.status})",
        again="tell again",
        by_hand="they know it",
    )


def number_of(run: Run) -> str:
    """As the field service numbers the case."""
    return run.local
