"""Persisting: a system that is behind is asked again by itself, and then a person."""

__all__ = ["AGAIN", "bound", "question"]

from datetime import timedelta
from typing import TypeVar

from andon.core.errors import RejectedError
from andon.core.message import Command, Event
from andon.core.workflow import Ask, Run, Wait

E = TypeVar("E", bound=Event)

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""The books may be behind: what was made is not received yet."""
_ALONE = 12
"""So many refusals are tried again before somebody is asked."""
AGAIN, _NONE_LEFT = "try again", "nothing is left of it"


async def bound(run: Run, command: Command, stands: str, trouble: str, news: Wait[E]) -> E | bool:
    """True once it is done, False where quality says that nothing is left to do it to, or the news
    that came first. Refused, it is tried again every few minutes; after an hour quality is asked.
    """
    tried = 0
    while True:
        try:
            await run.send(command)
        except RejectedError as error:
            tried += 1
            asked: Ask | None = None
            if tried < _ALONE:
                place, answer = await run.first(news, run.sleep(LOOK_AGAIN_AFTER))
            else:
                asked = run.ask("quality", question(run, stands, trouble, error), AGAIN, _NONE_LEFT)
                place, answer = await run.first(news, asked)
            if place == 0:
                if asked is not None:
                    await run.withdraw(asked)
                return answer
            if answer == _NONE_LEFT:
                return False
        else:
            return True


def question(run: Run, stands: str, trouble: str, error: RejectedError) -> str:
    """What quality reads."""
    return (
        f"Lot {run.local} {stands}, and {trouble}: {str(error).rstrip('.')}."
        " Mend the cause, then try again."
    )
