"""Everywhere: a hold binds the books and the floor, and a release frees both."""

__all__ = ["block_held_stock", "stop_held_use"]

from datetime import timedelta

from andon.core.errors import RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Run, Wait, workflow
from andon.model.holding import AllowUse, BlockStock, StopUse, UnblockStock
from andon.model.quality import HoldPlaced, HoldReleased

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""The books may be behind: what was made is not received yet."""
_ALONE = 12
"""So many refusals are tried again before somebody is asked."""
_AGAIN, _NONE_LEFT, _BY_HAND = "try again", "nothing is left of it", "it is done by hand"


@workflow(on=HoldPlaced)
async def block_held_stock(run: Run, placed: HoldPlaced) -> None:
    """Whatever the books have of the lot is out of use until the hold is released."""
    released = run.wait(HoldReleased)
    block = BlockStock(lot_id=run.subject, reason=placed.reason)
    if await _bound(run, block, "the books do not block it", released):
        await released
        await _freed(run, UnblockStock(lot_id=run.subject), "the books keep it blocked")


@workflow(on=HoldPlaced)
async def stop_held_use(run: Run, placed: HoldPlaced) -> None:
    """No line consumes it until the hold is released."""
    released = run.wait(HoldReleased)
    stop = StopUse(lot_id=run.subject, reason=placed.reason)
    if await _bound(run, stop, "the floor does not take the hold", released):
        await released
        await _freed(run, AllowUse(lot_id=run.subject), "the floor keeps it held")


async def _bound(
    run: Run, command: BlockStock | StopUse, trouble: str, released: Wait[HoldReleased]
) -> bool:
    """Whether there is something to free later. Refused, it is tried again every few minutes; after
    an hour quality is asked. A release that comes first leaves nothing to do."""
    tried = 0
    while True:
        try:
            await run.send(command)
        except RejectedError as error:
            tried += 1
            if tried < _ALONE:
                place, _ = await run.first(released, run.sleep(LOOK_AGAIN_AFTER))
                answer = _AGAIN
            else:
                asked = run.ask(
                    "quality", _question(run, trouble, "is held", error), _AGAIN, _NONE_LEFT
                )
                place, answer = await run.first(released, asked)
            if place == 0 or answer == _NONE_LEFT:
                return False
        else:
            return True


async def _freed(run: Run, command: UnblockStock | AllowUse, trouble: str) -> None:
    await insist(
        run,
        command,
        team="quality",
        says=lambda error: _question(run, trouble, "is released", error),
        again=_AGAIN,
        by_hand=_BY_HAND,
    )


def _question(run: Run, trouble: str, stands: str, error: RejectedError) -> str:
    return (
        f"Lot {run.subject.rpartition(':')[2]} {stands}, and {trouble}: {str(error).rstrip('.')}."
        " Mend the cause, then try again."
    )
