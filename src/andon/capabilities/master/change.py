"""Change: from engineering's release to floor and books, and to the day on which it counts."""

__all__ = ["distribute_revision", "distribute_storage"]

from datetime import datetime, timedelta

from andon.core.errors import RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Run, workflow
from andon.model.master import (
    DistributeRevision,
    DistributeStorage,
    ItemCommand,
    ItemRevised,
    OpenOrders,
    ReleaseRevision,
    UpdateBom,
    UpdateItem,
)

NOTICE = timedelta(hours=2)
"""So long before it counts a planner hears of orders that stand in its way."""


@workflow(on=ItemRevised)
async def distribute_revision(run: Run, revised: ItemRevised) -> None:
    """Floor and books are told at once, with the day from which it counts. The floor may go over
    to it then; on that day the books are told which revision the item now has."""
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
        routing=revised.routing,
    )
    await _taken(run, to_floor, revised.effective_at)
    await _until(run, revised.effective_at - NOTICE)
    await _released(run, revised)
    await _until(run, revised.effective_at)
    counts = UpdateItem(item_id=run.subject, revision=revised.revision)
    await _taken(run, counts, revised.effective_at)


@workflow(on=ItemRevised)
async def distribute_storage(run: Run, revised: ItemRevised) -> None:
    """The warehouse is told at once how the revision is stored, with the day from which it
    counts. Nothing else waits for it, and it for nothing."""
    if revised.unit is None:
        return
    stored = DistributeStorage(
        item_id=run.subject,
        revision=revised.revision,
        effective_at=revised.effective_at,
        unit=revised.unit,
        shelf_life=revised.shelf_life,
    )
    await _taken(run, stored, revised.effective_at)


async def _until(run: Run, at: datetime) -> None:
    if run.now < at:
        await run.sleep(at - run.now)


async def _released(run: Run, revised: ItemRevised) -> None:
    """An order that was released with the old revision is the planner's to decide about."""
    open_orders: OpenOrders = "refuse"
    while True:
        release = ReleaseRevision(
            item_id=run.subject, revision=revised.revision, open_orders=open_orders
        )
        try:
            await run.send(release)
        except RejectedError as error:
            answer = await run.ask(
                "planner",
                f"{_says(run, release, revised.effective_at)}, and the floor does not go over to"
                f" it: {str(error).rstrip('.')}. Let what is open be finished by the old one; or"
                " finish or withdraw it, then try again.",
                "let it be finished",
                "try again",
            )
            open_orders = "finish" if answer == "let it be finished" else "refuse"
        else:
            return


async def _taken(run: Run, command: ItemCommand, effective_at: datetime) -> None:
    """Until the system takes it, or engineering leaves it: a revision that one system does not
    have is made or planned wrongly from that day on."""
    await insist(
        run,
        command,
        team="engineering",
        says=lambda error: (
            f"{_says(run, command, effective_at)}, and {type(command).__name__} is refused:"
            f" {str(error).rstrip('.')}. Remove the cause, then try again; or leave it."
        ),
        again="try again",
        by_hand="leave it",
    )


def _says(run: Run, command: ItemCommand, at: datetime) -> str:
    item = run.local
    return f"Revision {command.revision} of {item} counts from {at:%Y-%m-%d %H:%M %Z}"
