"""Posting: what lies somewhere is a fact, so the books are asked until they say the same."""

__all__ = ["post_until_done"]

from msgspec.structs import replace

from andon.core.errors import RejectedError
from andon.core.workflow import Run
from andon.model.inventory import STOCK_DEFICIT, PostAdjustment, PostScrap, PostTransfer


async def post_until_done(
    run: Run, posting: PostTransfer | PostAdjustment | PostScrap, what: str
) -> None:
    """The books may be behind, so a refusal is tried again, as often as somebody says so; and where
    they have too little of the lot for use, it may be blocked, because quality holds it."""
    while True:
        try:
            await run.send(posting)
        except RejectedError as error:
            if error.code == STOCK_DEFICIT and await _posted_as_blocked(
                run, replace(posting, status="blocked")
            ):
                return
            answer = await run.ask(
                "warehouse",
                f"{what}, and the books refuse it: {error} Remove the cause, then post again; or"
                " post it there by hand.",
                "post again",
                "it is posted",
            )
            if answer == "it is posted":
                return
        else:
            return


async def _posted_as_blocked(run: Run, posting: PostTransfer | PostAdjustment | PostScrap) -> bool:
    try:
        await run.send(posting)
    except RejectedError:
        return False  # the first refusal is the one that says why
    return True
