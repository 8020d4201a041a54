"""Inspection: what an order made is looked at before anybody trusts it."""

__all__ = ["inspect_output"]

from contextlib import suppress

from andon.core.errors import DeniedError, RejectedError
from andon.core.workflow import Run, workflow
from andon.model.production import OrderCompleted
from andon.model.quality import RequestInspection


@workflow(on=OrderCompleted)
async def inspect_output(run: Run, completed: OrderCompleted) -> None:
    """One inspection for each lot. A plant that has no route for it inspects in its own way."""
    if completed.lot_id is None or completed.good.amount <= 0:
        return
    request = RequestInspection(
        inspection_id=f"I-{completed.lot_id.rpartition(':')[2]}",
        material_id=completed.material_id,
        order_id=run.subject,
        lot_id=completed.lot_id,
    )
    try:
        with suppress(DeniedError):
            await run.send(request)
    except RejectedError as error:
        await run.ask(
            "quality",
            f"Lot {completed.lot_id.rpartition(':')[2]} is made, and the QMS takes no inspection of"
            f" it: {error} Open one there by hand.",
            "it is opened",
        )
