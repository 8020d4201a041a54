"""From decision to hold."""

__all__ = ["confirm_proposed_hold", "hold_rejected_lot"]

from andon.core.workflow import Run, workflow
from andon.model.quality import HoldProposed, InspectionDecided, PlaceHold


@workflow(on=InspectionDecided)
async def hold_rejected_lot(run: Run, decided: InspectionDecided) -> None:
    """A rejected lot is held in Andon at once, before any system has mirrored it."""
    if decided.decision == "reject" and decided.lot_id is not None:
        reason = decided.reason or f"inspection {decided.inspection_id} failed"
        await run.send(PlaceHold(lot_id=decided.lot_id, reason=reason))


@workflow(on=HoldProposed)
async def confirm_proposed_hold(run: Run, proposed: HoldProposed) -> None:
    """What somebody asks for is held once quality says so, and not before."""
    answer = await run.ask(
        "quality",
        f"{proposed.proposed_by} asks to hold lot {proposed.lot_id}: {proposed.reason}. Nothing is"
        " held yet. Hold it, or dismiss what was asked.",
        "hold",
        "dismiss",
    )
    if answer == "hold":
        reason = f"{proposed.reason} (asked for by {proposed.proposed_by})"
        await run.send(PlaceHold(lot_id=run.subject, reason=reason))
