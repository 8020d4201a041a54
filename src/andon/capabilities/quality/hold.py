"""From decision to hold."""

__all__ = ["hold_rejected_lot"]

from andon.core.workflow import Run, workflow
from andon.model.quality import InspectionDecided, PlaceHold


@workflow(on=InspectionDecided)
async def hold_rejected_lot(run: Run, decided: InspectionDecided) -> None:
    """A rejected lot is held in Andon at once, before any system has mirrored it."""
    if decided.decision == "reject" and decided.lot_id is not None:
        reason = decided.reason or f"inspection {decided.inspection_id} failed"
        await run.send(PlaceHold(lot_id=decided.lot_id, reason=reason))
