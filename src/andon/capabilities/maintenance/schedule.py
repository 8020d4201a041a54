"""Schedule: released orders get a place, and the books hear when the place moves."""

__all__ = ["keep_dates", "schedule_released"]

from andon.core.workflow import Run, workflow
from andon.model.planning import OrderScheduled, RescheduleOrder, ScheduleOrder
from andon.model.production import OrderReleased


@workflow(on=OrderReleased)
async def schedule_released(run: Run, released: OrderReleased) -> None:
    """Planning learns of the order when the ERP releases it."""
    await run.send(
        ScheduleOrder(
            order_id=run.subject,
            material_id=released.material_id,
            quantity=released.planned,
            due_at=released.due_at,
        )
    )


@workflow(on=OrderScheduled)
async def keep_dates(run: Run, scheduled: OrderScheduled) -> None:
    """An order that a standstill moved has its new end in the ERP; its first place is planning's
    own affair."""
    if scheduled.reason is not None:
        await run.send(RescheduleOrder(order_id=run.subject, ends_at=scheduled.ends_at))
