"""Persisting: a system that is behind is asked again by itself, and then a person."""

__all__ = ["AGAIN", "bound", "question"]

from datetime import timedelta

from andon.core.errors import RejectedError
from andon.core.message import Command
from andon.core.workflow import Run, Wait
from andon.model.quality import HoldReleased

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""The books may be behind: what was made is not received yet."""
_ALONE = 12
"""So many refusals are tried again before somebody is asked."""
AGAIN, _NONE_LEFT = "try again", "nothing is left of it"


async def bound(
    run: Run, command: Command, stands: str, trouble: str, released: Wait[HoldReleased]
) -> bool:
    """Whether it is done. Refused, it is tried again every few minutes; after an hour quality is
    asked. A release that comes first leaves nothing to do."""
    tried = 0
    while True:
        try:
            await run.send(command)
        except RejectedError as error:
            tried += 1
            if tried < _ALONE:
                place, _ = await run.first(released, run.sleep(LOOK_AGAIN_AFTER))
                answer = AGAIN
            else:
                asked = run.ask("quality", question(run, stands, trouble, error), AGAIN, _NONE_LEFT)
                place, answer = await run.first(released, asked)
            if place == 0 or answer == _NONE_LEFT:
                return False
        else:
            return True


def question(run: Run, stands: str, trouble: str, error: RejectedError) -> str:
    """What quality reads."""
    return (
        f"Lot {run.local} {stands}, and {trouble}: {str(error).rstrip('.')}."
        " Mend the cause, then try again."
    )
