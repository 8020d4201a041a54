"""Everywhere: a hold binds the books, the floor and the warehouse, and a release frees them."""

__all__ = ["block_held_stock", "lock_held_stock", "stop_held_use"]

from andon.capabilities.quality.persisting import AGAIN, bound, question
from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.holding import (
    AllowUse,
    BlockStock,
    LockStock,
    StopUse,
    UnblockStock,
    UnlockStock,
)
from andon.model.quality import HoldPlaced, HoldReleased

_HELD, _BY_HAND = "is held", "it is done by hand"


@workflow(on=HoldPlaced)
async def block_held_stock(run: Run, placed: HoldPlaced) -> None:
    """Whatever the books have of the lot is out of use until the hold is released."""
    released = run.wait(HoldReleased)
    block = BlockStock(lot_id=run.subject, reason=placed.reason)
    if await bound(run, block, _HELD, "the books do not block it", released):
        await released
        await _freed(run, UnblockStock(lot_id=run.subject), "the books keep it blocked")


@workflow(on=HoldPlaced)
async def stop_held_use(run: Run, placed: HoldPlaced) -> None:
    """No line consumes it until the hold is released."""
    released = run.wait(HoldReleased)
    stop = StopUse(lot_id=run.subject, reason=placed.reason)
    if await bound(run, stop, _HELD, "the floor does not take the hold", released):
        await released
        await _freed(run, AllowUse(lot_id=run.subject), "the floor keeps it held")


@workflow(on=HoldPlaced)
async def lock_held_stock(run: Run, placed: HoldPlaced) -> None:
    """Nobody takes it off a shelf until the hold is released."""
    released = run.wait(HoldReleased)
    lock = LockStock(lot_id=run.subject, reason=placed.reason)
    if await bound(run, lock, _HELD, "the warehouse does not lock it", released):
        await released
        await _freed(run, UnlockStock(lot_id=run.subject), "the warehouse keeps it locked")


async def _freed(run: Run, command: UnblockStock | AllowUse | UnlockStock, trouble: str) -> None:
    await insist(
        run,
        command,
        team="quality",
        says=lambda error: question(run, "is released", trouble, error),
        again=AGAIN,
        by_hand=_BY_HAND,
    )
