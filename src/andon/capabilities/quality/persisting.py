"""Persisting: a system that is behind is asked again by itself, and then a person."""

__all__ = ["bound", "freed"]

from datetime import timedelta
from typing import TypeVar

from andon.core.errors import RejectedError
from andon.core.message import Event
from andon.core.workflow import Ask, Run, Wait
from andon.model.quality import HoldPlaced, LotCommand

E = TypeVar("E", bound=Event)

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""The books may be behind: what was made is not received yet."""
_ALONE = 12
"""So many refusals are tried again before somebody is asked."""
_AGAIN, _NONE_LEFT, _BY_HAND = "try again", "nothing is left of it", "it is done by hand"


async def bound(
    run: Run,
    command: LotCommand,
    stands: str,
    trouble: str,
    news: Wait[E],
    *,
    by_hand: str = _NONE_LEFT,
) -> E | bool:
    """True once it is done, False where quality answers `by_hand`, or the news that came first.
    Refused, it is tried again every few minutes; after an hour quality is asked."""
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
                asked = run.ask("quality", _text(command, stands, trouble, error), _AGAIN, by_hand)
                place, answer = await run.first(news, asked)
            if place == 0:
                if asked is not None:
                    await run.withdraw(asked)
                return answer
            if answer == by_hand:
                return False
        else:
            return True


async def freed(run: Run, free: LotCommand, trouble: str) -> None:
    """Until it is done, or somebody does it by hand. What is held anew by then is not freed: that
    is for the release of the new hold."""
    while True:
        try:
            await run.send(free)
        except RejectedError as error:
            text = _text(free, "is released", trouble, error)
            asked, anew = run.ask("quality", text, _AGAIN, _BY_HAND), run.wait(HoldPlaced)
            place, answer = await run.first(asked, anew)
            if place == 1:
                await run.withdraw(asked)
                return
            if answer == _BY_HAND:
                return
        else:
            return


def _text(command: LotCommand, stands: str, trouble: str, error: RejectedError) -> str:
    """What quality reads."""
    lot = command.lot_id.rpartition(":")[2]
    return (
        f"Lot {lot} {stands}, and {trouble}: {str(error).rstrip('.')}."
        " Mend the cause, then try again."
    )
