"""Receiving: from the count on the dock to the books."""

__all__ = ["post_counted"]

from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.supply import PostReceipt, ShipmentCounted


@workflow(on=ShipmentCounted)
async def post_counted(run: Run, counted: ShipmentCounted) -> None:
    """What was counted is posted, and what of it is damaged as such; receiving decides about a
    refusal, as often as it takes."""
    received = tuple(
        lot
        for lot in counted.lots
        if lot.quantity.amount > 0 or (lot.damaged is not None and lot.damaged.amount > 0)
    )
    if not received:
        return
    await insist(
        run,
        PostReceipt(
            order_id=run.subject,
            shipment_id=counted.shipment_id,
            received=received,
            replaces=counted.replaces,
        ),
        team="receiving",
        says=lambda error: (
            f"{counted.shipment_id} has come for {run.local}, and its goods"
            f" receipt is refused: {error} Mend the cause, then post again; or post it in the"
            " ERP by hand."
        ),
        again="post again",
        by_hand="it is posted",
    )
