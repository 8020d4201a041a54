"""Carrying through: what the floor has done is booked, whatever stands in the way."""

__all__ = ["book_consumed", "booked"]

from collections.abc import Sequence
from datetime import timedelta

from andon.core.errors import DeniedError, RejectedError
from andon.core.insisting import Mends, mended_by
from andon.core.message import Command
from andon.core.workflow import Ask, Run
from andon.model.finance import PERIOD_CLOSED
from andon.model.holding import UnblockConsumed
from andon.model.inventory import STOCK_DEFICIT
from andon.model.production import AssignLots, ComponentLot

PERIOD_LOOK = timedelta(minutes=30)
"""How often a posting is tried again whose period was closed."""
BETWEEN_ORDERS = timedelta(seconds=5)
"""What was given back for one order another may issue first, which then gives nothing back: so soon
it is done once more."""
STOCK_LOOK = timedelta(minutes=5)
"""The same for a consumption of which the books have too little for use."""
_AGAIN, _LEAVE = "try again", "leave it open"


async def book_consumed(run: Run, consumed: Sequence[ComponentLot]) -> bool:
    """What went in is gone, whoever holds the rest of its lots. Books that have them blocked give
    so much of it back first; what another order issues of that is given back once more."""
    components = tuple(consumed)
    back = UnblockConsumed(order_id=run.subject, components=components)
    return await booked(
        run,
        AssignLots(order_id=run.subject, components=components),
        "planner",
        mends=mended_by(run, back, code=STOCK_DEFICIT, pause=BETWEEN_ORDERS),
    )


async def booked(run: Run, command: Command, team: str, *, mends: Mends | None = None) -> bool:
    """Until it is booked, or a person leaves it: what happened on the floor stays true, so a
    refusal is never the end of it. Too little stock that `mends` may mend is looked at again by
    itself as well."""
    asked: Ask | None = None
    while True:
        try:
            await run.send(command)
        except (RejectedError, DeniedError) as error:
            code = error.code if isinstance(error, RejectedError) else None
            if mends is not None and isinstance(error, RejectedError) and await mends(error):
                continue
            if code == PERIOD_CLOSED:
                if await _opened(run, command, error):
                    continue
                return False
            asked = asked or run.ask(
                "quality" if isinstance(error, DeniedError) else team,
                f"{_undone(run, command, error)} Remove the cause, then try again; or leave it"
                " open.",
                _AGAIN,
                _LEAVE,
            )
            if mends is not None and code == STOCK_DEFICIT:
                place, answer = await run.first(asked, run.sleep(STOCK_LOOK))
                if place == 1:
                    continue
            else:
                answer = await asked
            asked = None
            if answer != _AGAIN:
                return False
        else:
            if asked is not None:
                await run.withdraw(asked)
            return True


async def _opened(run: Run, command: Command, error: RejectedError | DeniedError) -> bool:
    """Until it is worth another try; finance need not say so."""
    ask = run.ask(
        "finance",
        f"{_undone(run, command, error)} It is tried again by itself every half hour, and goes"
        " through once the period is open; or leave it open.",
        _AGAIN,
        _LEAVE,
    )
    place, answer = await run.first(run.sleep(PERIOD_LOOK), ask)
    return place == 0 or answer == _AGAIN


def _undone(run: Run, command: Command, error: RejectedError | DeniedError) -> str:
    return (
        f"{run.local}: the floor has done it, and it is not booked"
        f" ({type(command).__name__}): {str(error).rstrip('.')}."
    )
