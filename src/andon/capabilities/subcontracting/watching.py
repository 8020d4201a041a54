"""Watching: a supplier that is silent past its promised day."""

__all__ = ["watch_promised"]

from collections.abc import Sequence
from datetime import datetime, timedelta

from andon.capabilities.subcontracting.following import Service, next_said
from andon.core.workflow import Ask, Run, Wait, workflow
from andon.model.processing import ComponentsScrapped, ProcessedCounted
from andon.model.subcontracting import SubcontractPlaced
from andon.model.supply import PurchaseLine, PurchaseOrderConfirmed

_DAY = timedelta(days=1)
"""A day is promised by its last minute; and who waits on asks again the next one."""

_Heard = PurchaseOrderConfirmed | ComponentsScrapped | ProcessedCounted


@workflow(on=SubcontractPlaced)
async def watch_promised(run: Run, placed: SubcontractPlaced) -> None:
    """When the last promised day is over and not all has come, purchasing is asked; that goes by
    itself once the rest comes, or is promised for later. A supplier has as much time as lies
    between the day of the order and the promised one, from when we heard of it."""
    service, began = Service(placed), run.now
    ends = _ends(placed, began, placed.lines)
    news: Wait[_Heard] | None = None
    asked: Ask | None = None
    while service.open:
        news = news or run.wait(PurchaseOrderConfirmed, ComponentsScrapped, ProcessedCounted)
        left = None if ends is None else max(ends - run.now, timedelta())
        place, said = await next_said(run, news, asked, within=left)
        if place == 1 and asked is None:
            asked = _asked(run, placed)
            continue
        if place == 1:
            if said != "wait on":
                return
            asked, ends = None, run.now + _DAY
            continue
        news = None
        if isinstance(said, PurchaseOrderConfirmed):
            ends = _ends(placed, began, said.lines) or ends
        else:
            service.hear(said)
        if asked is not None and ends is not None and ends > run.now:
            await run.withdraw(asked)
            asked = None
    if asked is not None:
        await run.withdraw(asked)


def _ends(
    placed: SubcontractPlaced, began: datetime, lines: Sequence[PurchaseLine]
) -> datetime | None:
    days = [line.due_at for line in lines if line.due_at is not None and line.quantity.amount]
    if not days:
        return None
    return began + (max(days) - (placed.ordered_at or began)) + _DAY


def _asked(run: Run, placed: SubcontractPlaced) -> Ask:
    return run.ask(
        "purchasing",
        f"{placed.supplier_id} promised {run.local} for a day that is over, and not all of it has"
        " come. What we provided for it is there. Ask the supplier; this goes by itself once the"
        " rest comes, or is promised for another day.",
        "wait on",
        "it is settled",
    )
