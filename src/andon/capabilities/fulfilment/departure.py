"""Departure: from the carrier's word to the goods issue."""

__all__ = ["post_departed"]

from andon.core.errors import RejectedError
from andon.core.workflow import Run, workflow
from andon.model.fulfilment import MilestonePassed, PostGoodsIssue


@workflow(on=MilestonePassed)
async def post_departed(run: Run, passed: MilestonePassed) -> None:
    """What departed is posted as gone; shipping decides about a refusal, as often as it takes."""
    if passed.milestone != "departed":
        return
    while True:
        try:
            await run.send(PostGoodsIssue(delivery_id=run.subject))
        except RejectedError as error:
            answer = await run.ask(
                "shipping",
                f"{run.subject.partition(':')[2]} has left, and its goods issue is refused:"
                f" {error} Mend the cause, then post again; or post it in the ERP by hand.",
                "post again",
                "it is posted",
            )
            if answer == "it is posted":
                return
        else:
            return
