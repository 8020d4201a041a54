"""From decision to hold."""

__all__ = ["confirm_proposed_hold", "hold_complained_lot", "hold_rejected_lot", "place_insisting"]

from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.quality import HoldPlaced, HoldProposed, InspectionDecided, PlaceHold
from andon.model.service import ComplaintDecided


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


@workflow(on=ComplaintDecided)
async def hold_complained_lot(run: Run, decided: ComplaintDecided) -> None:
    """What a justified complaint says of its lot may be so of the rest: it is held once quality
    says so. A lot is held once: nothing is asked while it is, and a hold of it, whoever placed it,
    closes the question."""
    if decided.verdict != "justified" or decided.lot_id is None or decided.held:
        return
    lot, because = decided.lot_id.rpartition(":")[2], decided.reason or "no reason was said"
    complaint = f"complaint {decided.complaint_id or run.local}"
    held = run.wait(HoldPlaced)
    asked = run.ask(
        "quality",
        f"The {complaint} of lot {lot} is justified: {because}. The lot is not held. Hold what is"
        " left of it and what was made of it, or dismiss this.",
        "hold",
        "dismiss",
    )
    place, answer = await run.first(held, asked)
    if place == 0 or answer != "hold":
        return
    stands = f"Lot {lot} is held here after the {complaint}"
    await place_insisting(run, decided.lot_id, f"{because[:3000]} ({complaint})", stands)


async def place_insisting(run: Run, lot_id: str, reason: str, stands: str) -> None:
    """Held here at once; quality hears where whoever owns holds does not take it."""
    await insist(
        run,
        PlaceHold(lot_id=lot_id, reason=reason),
        team="quality",
        says=lambda error: (
            f"{stands}, and whoever owns holds does not take it: {str(error).rstrip('.')}. Mend"
            " the cause, then try again."
        ),
        again="try again",
        by_hand="it is held there",
    )
