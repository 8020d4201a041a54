"""Compensation: what a failed body did is taken back, the last effect first."""

__all__ = ["carried_out"]

from typing import Any

from andon.core.errors import DefectError, RefusedError
from andon.core.message import Command
from andon.core.workflow import Body, Run, Settled


async def carried_out(body: Body, run: Run, event: Any) -> None:
    """The body; if it fails, its undos, then its error.

    The undos are commands like any other and stand in the journal, so a restart in their middle
    goes on there. A body that left its journal is only stopped: what it says is not trusted.
    """
    try:
        await body(run, event)
    except DefectError:
        raise
    except Exception:
        if run.undos:
            await _undo_all(run)
        raise


async def _undo_all(run: Run) -> None:
    delivered = await Settled(0)
    for undo in reversed(run.undos):
        if (undo.of is None or undo.of.n in delivered) and await _undo(run, undo.by):
            run.undone += 1


async def _undo(run: Run, by: Command) -> bool:
    """Whether it was undone; a refusal is a person's decision, and the ones before wait for it."""
    while True:
        try:
            await run.send(by)
        except RefusedError as error:
            answer = await run.ask(
                "integration",
                f"A workflow for {run.subject} failed, and {type(by).__name__}, which takes an"
                f" effect of it back, was refused: {error}. What it did before that effect is not"
                " yet taken back. Mend the cause and try again, or take the effect back by hand"
                " and leave it.",
                "try again",
                "leave it",
            )
            if answer == "leave it":
                return False
        else:
            return True
