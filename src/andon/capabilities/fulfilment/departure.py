"""Departure: from the carrier's word to the goods issue."""

__all__ = ["post_departed"]

from datetime import timedelta

from andon.core.errors import RejectedError
from andon.core.workflow import Ask, Run, workflow
from andon.model.fulfilment import MilestonePassed, PostGoodsIssue

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""The word that it was picked may be behind."""


@workflow(on=MilestonePassed)
async def post_departed(run: Run, passed: MilestonePassed) -> None:
    """What departed is posted as gone. A refusal is tried again every few minutes, and shipping
    decides about it meanwhile."""
    if passed.milestone != "departed":
        return
    asked: Ask | None = None
    while True:
        try:
            await run.send(PostGoodsIssue(delivery_id=run.subject))
        except RejectedError as error:
            asked = asked or run.ask(
                "shipping",
                f"{run.local} has left, and its goods issue is refused:"
                f" {str(error).rstrip('.')}. Mend the cause, then post again, which Andon does by"
                " itself every 5 minutes; or post it in the ERP by hand.",
                "post again",
                "it is posted",
            )
            place, answer = await run.first(asked, run.sleep(LOOK_AGAIN_AFTER))
            if place == 0:
                if answer == "it is posted":
                    return
                asked = None
        else:
            return
