"""Order release: an order that the ERP releases is distributed to the floor, which begins it."""

__all__ = ["distribution", "release_and_expect_start", "release_order"]

from datetime import timedelta

from andon.core.workflow import Run, Workflow, workflow
from andon.model.production import (
    DistributeOrder,
    OperationConfirmed,
    OrderCancelled,
    OrderCompleted,
    OrderReleased,
    OrderStarted,
)


@workflow(on=OrderReleased)
async def release_order(run: Run, released: OrderReleased) -> None:
    """The receipt is the floor's acknowledgment: from then on it believes in the order."""
    await run.send(distribution(run, released))


def release_and_expect_start(*, within: timedelta) -> Workflow:
    """As `release_order`; an order that is acknowledged and not begun for so long is a question.

    A floor may acknowledge what it cannot make, and then says nothing about it any more. The
    question goes by itself when the order begins.
    """

    @workflow(on=OrderReleased, name=release_order.name)
    async def expecting(run: Run, released: OrderReleased) -> None:
        await run.send(distribution(run, released))
        await _expect_start(run, released, within)

    return expecting


def distribution(run: Run, released: OrderReleased) -> DistributeOrder:
    """The order as it was released, for the floor."""
    return DistributeOrder(
        order_id=run.subject,
        material_id=released.material_id,
        quantity=released.planned,
        due_at=released.due_at,
    )


async def _expect_start(run: Run, released: OrderReleased, within: timedelta) -> None:
    acknowledged_at = run.now
    work = run.wait(OrderStarted, OperationConfirmed, OrderCompleted, OrderCancelled)
    while True:
        place, _ = await run.first(work, run.sleep(within))
        if place == 0:
            return
        silent = _words(run.now - acknowledged_at)
        ask = run.ask(
            "planner",
            f"{run.local} was acknowledged by the floor and is not begun after"
            f" {silent}. An acknowledgment is no acceptance: the floor may not know"
            f" {released.material_id}, may be down, or may have other work first. Ask the floor"
            " whether it can make it; this goes away by itself once it begins.",
            "wait on",
            "leave it",
        )
        place, answer = await run.first(work, ask)
        if place == 0 or answer == "leave it":
            return


def _words(span: timedelta) -> str:
    """As people say it, in one unit."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 2:
        return f"{round(span.total_seconds())} s"
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"
