"""Inspected: what an inspection decides of a lot is what the books let it be used for. What is not
decided stays in inspection stock, held or not. Books that know no such stock have no route."""

__all__ = ["block_inspected", "free_accepted"]

from datetime import timedelta
from typing import Literal

from andon.capabilities.quality.persisting import bound, freed
from andon.core.errors import DeniedError, UnroutedError
from andon.core.workflow import Run, workflow
from andon.model.concession import ConcessionGranted
from andon.model.disposing import LotDisposed
from andon.model.holding import UnblockStock
from andon.model.inspecting import BlockInspected, LotInspected, ReleaseInspected
from andon.model.quality import HoldPlaced, HoldReleased

LOOK_AGAIN_AFTER = timedelta(minutes=30)
"""Nobody tells of a release of what is in a lot."""
_KEPT, _BY_HAND = "the books keep it in inspection", "it is done there"


@workflow(on=LotInspected)
async def free_accepted(run: Run, inspected: LotInspected) -> None:
    """What is accepted anybody may take, once: not while it, or what is in it, is held."""
    if inspected.decision == "accept":
        await _free(run, "is accepted")


@workflow(on=HoldPlaced, earlier=True)
async def block_inspected(run: Run, placed: HoldPlaced) -> None:
    """What is decided about while it is held, or was before, is blocked, whatever the decision: as
    what the hold finds in use. Its release then frees it; one that comes before the decision leaves
    it in inspection."""
    if not await _decided(run, placed):
        return
    try:
        stands = await _blocked(run, placed)
    except UnroutedError:
        return
    match stands:
        case "blocked":
            if await _released(run, placed):
                await freed(run, UnblockStock(lot_id=run.subject), "the books keep it blocked")
        case "released":
            await _free(run, "is released")
        case "by hand":
            pass


async def _decided(run: Run, placed: HoldPlaced) -> bool:
    """False where the hold ends before."""
    while True:
        said = await run.wait(LotInspected, HoldReleased, LotDisposed)
        match said:
            case LotInspected():
                return True
            case HoldReleased() if _ends(run, placed, said):
                return False
            case LotDisposed(usage="scrap"):
                return False
            case HoldReleased() | LotDisposed():
                pass


async def _blocked(run: Run, placed: HoldPlaced) -> Literal["blocked", "released", "by hand"]:
    block = BlockInspected(lot_id=run.subject)
    while True:
        news = run.wait(HoldReleased, LotDisposed)
        said = await bound(run, block, "is held", _KEPT, news, by_hand=_BY_HAND)
        match said:
            case True:
                return "blocked"
            case False:
                return "by hand"
            case HoldReleased() if _ends(run, placed, said):
                return "released"
            case HoldReleased() | LotDisposed():
                pass


async def _released(run: Run, placed: HoldPlaced) -> bool:
    """False where nothing else will become of it."""
    while True:
        said = await run.wait(HoldReleased, LotDisposed)
        match said:
            case HoldReleased() if _ends(run, placed, said):
                return True
            case LotDisposed(usage="scrap"):
                return False
            case HoldReleased() | LotDisposed():
                pass


def _ends(run: Run, placed: HoldPlaced, said: HoldReleased) -> bool:
    """Whether it is the release of this hold, whose word may have come first."""
    at, held_at = said.released_at, placed.placed_at
    if at is None or held_at is None:
        return not run.earlier
    return at >= held_at


async def _free(run: Run, stands: str) -> None:
    free = ReleaseInspected(lot_id=run.subject)
    news = run.wait(HoldReleased, ConcessionGranted, LotDisposed)
    while True:
        try:
            said = await bound(run, free, stands, _KEPT, news, by_hand=_BY_HAND)
        except UnroutedError:
            return
        except DeniedError:
            place, said = await run.first(news, run.sleep(LOOK_AGAIN_AFTER))
            if place == 1:
                continue
        match said:
            case bool() | LotDisposed(usage="scrap"):
                return
            case _:
                news = run.wait(HoldReleased, ConcessionGranted, LotDisposed)
