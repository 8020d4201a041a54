"""Posting: what lies somewhere is a fact, so the books are asked until they say the same."""

__all__ = ["post_until_done"]

from datetime import timedelta

from andon.core.insisting import insist
from andon.core.workflow import Run
from andon.model.inventory import PostAdjustment, PostScrap, PostTransfer

LOOK_AGAIN_AFTER = timedelta(minutes=5)


async def post_until_done(
    run: Run, posting: PostTransfer | PostAdjustment | PostScrap, what: str
) -> None:
    """The books may be behind, so a refusal is tried again: when somebody says so, and by itself
    but for a difference, of which each try may need a person's approval."""
    alone = not isinstance(posting, PostAdjustment)
    itself = ", which Andon does by itself every 5 minutes" if alone else ""
    await insist(
        run,
        posting,
        team="warehouse",
        says=lambda error: (
            f"{what}, and the books refuse it: {str(error).rstrip('.')}. Remove the cause, then"
            f" post again{itself}; or post it there by hand."
        ),
        again="post again",
        by_hand="it is posted",
        every=LOOK_AGAIN_AFTER if alone else None,
    )
