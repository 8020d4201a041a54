"""Departure: from the carrier's word to the goods issue."""

__all__ = ["post_departed"]

from datetime import timedelta

from andon.core.insisting import insist, mended_by
from andon.core.workflow import Run, workflow
from andon.model.fulfilment import MilestonePassed, PostGoodsIssue
from andon.model.holding import UnblockDeparted
from andon.model.inventory import STOCK_DEFICIT

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""The word that it was picked may be behind."""


@workflow(on=MilestonePassed)
async def post_departed(run: Run, passed: MilestonePassed) -> None:
    """What departed is posted as gone. Where the books have too little for use, its lot may be
    blocked, because the word of a hold overtook that of the departure: so much of it is given back
    first. Any other refusal is tried again every few minutes, and shipping decides about it
    meanwhile."""
    if passed.milestone != "departed":
        return
    await insist(
        run,
        PostGoodsIssue(delivery_id=run.subject),
        team="shipping",
        says=lambda error: (
            f"{run.local} has left, and its goods issue is refused:"
            f" {str(error).rstrip('.')}. Mend the cause, then post again, which Andon does by"
            " itself every 5 minutes; or post it in the ERP by hand."
        ),
        again="post again",
        by_hand="it is posted",
        every=LOOK_AGAIN_AFTER,
        # another delivery of the lot may issue what was given back for this one
        mends=mended_by(run, UnblockDeparted(delivery_id=run.subject), code=STOCK_DEFICIT),
    )
