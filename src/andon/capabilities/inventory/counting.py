"""Counting: what was found in the bins, and what was thrown away, becomes what the books say."""

__all__ = ["adjust_counted", "large_differences", "post_scrapped"]

from contextlib import suppress

from andon.capabilities.inventory.posting import post_until_done
from andon.core.errors import DeniedError
from andon.core.plant import Allow, Approve, Decision, Policy, policy
from andon.core.quantity import Quantity
from andon.core.record import Actor
from andon.core.workflow import Run, workflow
from andon.model.inventory import PostAdjustment, PostScrap, StockCounted, StockScrapped


@workflow(on=StockCounted)
async def adjust_counted(run: Run, counted: StockCounted) -> None:
    """A difference is posted once. One that a person denies stays as it is: who denies it knows
    that the count is wrong, and what the next one finds is a difference of its own."""
    difference = counted.difference
    if not difference.amount:
        return
    with suppress(DeniedError):
        await post_until_done(
            run,
            PostAdjustment(
                lot_id=run.subject,
                material_id=counted.material_id,
                difference=difference,
                location=counted.location,
            ),
            f"{counted.counted} of lot {run.local} were counted in"
            f" {counted.bin or counted.location} instead of {counted.expected}",
        )


@workflow(on=StockScrapped)
async def post_scrapped(run: Run, scrapped: StockScrapped) -> None:
    """What is in the bin for waste is in no store."""
    await post_until_done(
        run,
        PostScrap(
            lot_id=run.subject,
            material_id=scrapped.material_id,
            quantity=scrapped.quantity,
            location=scrapped.location,
            reason=scrapped.reason,
        ),
        f"{scrapped.quantity} of lot {run.local} were thrown away in"
        f" {scrapped.bin or scrapped.location}",
    )


def large_differences(*, beyond: Quantity, team: str) -> Policy:
    """A difference of more than this, in either direction or in another unit, waits for a person;
    whoever asks for it, a count or a program."""

    @policy(PostAdjustment)
    def decides(command: PostAdjustment, _: Actor) -> Decision:
        found = command.difference
        if found.unit == beyond.unit and abs(found.amount) <= beyond.amount:
            return Allow()
        return Approve(team, f"a difference of {found} is more than {beyond}; was it counted well?")

    return decides
