"""Posting: what lies somewhere is a fact, so the books are asked until they say the same."""

__all__ = ["post_until_done"]

from andon.core.errors import RejectedError
from andon.core.message import Command
from andon.core.workflow import Run


async def post_until_done(run: Run, posting: Command, what: str) -> None:
    """The books may be behind, so a refusal is tried again, as often as somebody says so."""
    while True:
        try:
            await run.send(posting)
        except RejectedError as error:
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
