"""Change: from engineering's release to floor and books, and to the day on which it counts."""

__all__ = ["distribute_revision"]

from datetime import datetime

from andon.core.errors import RejectedError
from andon.core.workflow import Run, workflow
from andon.model.master import (
    DistributeRevision,
    ItemCommand,
    ItemRevised,
    UpdateBom,
    UpdateItem,
)


@workflow(on=ItemRevised)
async def distribute_revision(run: Run, revised: ItemRevised) -> None:
    """Floor and books are told at once, with the day from which it counts; on that day the books
    are told which revision the item now has."""
    if revised.components:
        bill = UpdateBom(
            item_id=run.subject,
            revision=revised.revision,
            effective_at=revised.effective_at,
            components=revised.components,
            change_id=revised.change_id,
        )
        await _taken(run, bill, revised.effective_at)
    to_floor = DistributeRevision(
        item_id=run.subject,
        revision=revised.revision,
        effective_at=revised.effective_at,
        components=revised.components,
        specification=revised.specification,
    )
    await _taken(run, to_floor, revised.effective_at)
    if run.now < revised.effective_at:
        await run.sleep(revised.effective_at - run.now)
    counts = UpdateItem(item_id=run.subject, revision=revised.revision)
    await _taken(run, counts, revised.effective_at)


async def _taken(run: Run, command: ItemCommand, effective_at: datetime) -> None:
    """Until the system takes it, or engineering leaves it: a revision that one system does not
    have is made or planned wrongly from that day on."""
    while True:
        try:
            await run.send(command)
        except RejectedError as error:
            answer = await run.ask(
                "engineering",
                f"Revision {command.revision} of {run.subject.rpartition(':')[2]} counts from"
                f" {effective_at:%Y-%m-%d %H:%M %Z}, and {type(command).__name__} is refused:"
                f" {str(error).rstrip('.')}. Remove the cause, then try again; or leave it.",
                "try again",
                "leave it",
            )
            if answer == "leave it":
                return
        else:
            return
