"""Disposing: what quality decides of a held lot is closed in the books, and done where it lies."""

__all__ = ["close_inspection", "dispose_in_warehouse", "dispose_on_floor"]

from contextlib import suppress

from andon.capabilities.quality.persisting import bound
from andon.core.errors import UnroutedError
from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.disposing import DecideUsage, LotDisposed, Usage
from andon.model.holding import LockStock, StopUse
from andon.model.quality import HoldReleased

_SAID: dict[Usage, str] = {
    "release": "is released for use",
    "rework": "is to be reworked",
    "scrap": "is to be scrapped",
}


@workflow(on=LotDisposed)
async def close_inspection(run: Run, disposed: LotDisposed) -> None:
    """The usage decision of its inspection. A lot to be reworked is looked at once more, so nothing
    is closed yet. What moves stock is the release, and the scrapping itself. Books that know no
    inspections have no route for it."""
    if disposed.inspection_id is None or disposed.usage == "rework":
        return
    decide = DecideUsage(lot_id=run.subject, usage=disposed.usage)
    with suppress(UnroutedError):
        await insist(
            run,
            decide,
            team="quality",
            says=lambda error: (
                f"Lot {run.local} {_SAID[disposed.usage]}, and the books do not"
                f" take the usage decision: {str(error).rstrip('.')}. Mend the cause, then try"
                " again; or decide it there."
            ),
            again="try again",
            by_hand="it is decided there",
        )


@workflow(on=LotDisposed)
async def dispose_on_floor(run: Run, disposed: LotDisposed) -> None:
    """Who has it on the floor hears what becomes of it."""
    if disposed.usage != "release":
        stop = StopUse(lot_id=run.subject, reason=disposed.reason or "", usage=disposed.usage)
        trouble = "the floor does not take the decision"
        await bound(run, stop, _SAID[disposed.usage], trouble, run.wait(HoldReleased, LotDisposed))


@workflow(on=LotDisposed)
async def dispose_in_warehouse(run: Run, disposed: LotDisposed) -> None:
    """Who has it on a shelf hears what becomes of it; a plant without a warehouse has no route."""
    if disposed.usage != "release":
        lock = LockStock(lot_id=run.subject, reason=disposed.reason or "", usage=disposed.usage)
        trouble = "the warehouse does not take the decision"
        news = run.wait(HoldReleased, LotDisposed)
        with suppress(UnroutedError):
            await bound(run, lock, _SAID[disposed.usage], trouble, news)
