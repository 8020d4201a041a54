"""Everywhere: a hold binds the books, the floor and the warehouse until a release frees them; for
good where the lot is scrapped."""

__all__ = ["block_held_stock", "lock_held_stock", "stop_held_use"]

from contextlib import suppress

from andon.capabilities.quality.persisting import bound, freed
from andon.core.errors import UnroutedError
from andon.core.workflow import Run, workflow
from andon.model.disposing import LotDisposed
from andon.model.holding import (
    AllowUse,
    BlockStock,
    LockStock,
    StopUse,
    UnblockStock,
    UnlockStock,
)
from andon.model.quality import HoldPlaced, HoldReleased, LotCommand


@workflow(on=HoldPlaced)
async def block_held_stock(run: Run, placed: HoldPlaced) -> None:
    """Whatever the books have of the lot is out of use until the hold is released."""
    await _while_held(
        run,
        BlockStock(lot_id=run.subject, reason=placed.reason),
        "the books do not block it",
        UnblockStock(lot_id=run.subject),
        "the books keep it blocked",
    )


@workflow(on=HoldPlaced)
async def stop_held_use(run: Run, placed: HoldPlaced) -> None:
    """No line consumes it until the hold is released."""
    await _while_held(
        run,
        StopUse(lot_id=run.subject, reason=placed.reason),
        "the floor does not take the hold",
        AllowUse(lot_id=run.subject),
        "the floor keeps it held",
    )


@workflow(on=HoldPlaced)
async def lock_held_stock(run: Run, placed: HoldPlaced) -> None:
    """Nobody takes it off a shelf until the hold is released. A plant without a warehouse has no
    route to it: its floor and its books bind what it has."""
    lock, free = LockStock(lot_id=run.subject, reason=placed.reason), False
    with suppress(UnroutedError):
        free = await _until_free(run, lock, "the warehouse does not lock it")
    if free:
        await freed(run, UnlockStock(lot_id=run.subject), "the warehouse keeps it locked")


async def _while_held(
    run: Run, bind: LotCommand, unbound: str, free: LotCommand, unfreed: str
) -> None:
    """Binds the lot, and frees it once it is released. `unbound` and `unfreed` say what is wrong
    where that is refused."""
    if await _until_free(run, bind, unbound):
        await freed(run, free, unfreed)


async def _until_free(run: Run, bind: LotCommand, unbound: str) -> bool:
    """Binds the lot; whether it is to be freed then. What is scrapped is bound for good: that is
    the end too."""
    news, scrapped = run.wait(HoldReleased, LotDisposed), False
    while (said := await bound(run, bind, "is held", unbound, news)) is not True:
        if not isinstance(said, LotDisposed):
            return False
        news, scrapped = run.wait(HoldReleased, LotDisposed), scrapped or said.usage == "scrap"
    while not scrapped:
        match await news:
            case HoldReleased():
                break
            case LotDisposed(usage=usage):
                news, scrapped = run.wait(HoldReleased, LotDisposed), usage == "scrap"
    return not scrapped
