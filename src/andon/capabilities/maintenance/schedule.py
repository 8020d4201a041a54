"""Schedule: an open order has a place in it, for as much of it as is to be made."""

__all__ = ["LISTENS_ON", "schedule_released"]

from datetime import datetime, timedelta
from typing import NamedTuple

from andon.core.errors import LateError
from andon.core.insisting import insist
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.planning import OrderScheduled, ScheduleOrder, UnscheduleOrder
from andon.model.production import (
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
    Reopenings,
)

LISTENS_ON = timedelta(days=1)
"""So long after the floor was done an order that it takes up again gets a place once more."""

_News = OrderChanged | OrderCancelled | OrderCompleted | OrderReopened | OrderScheduled


@workflow(on=OrderReleased, earlier=True)
async def schedule_released(run: Run, released: OrderReleased) -> None:
    """Planning learns of the order when the ERP releases it, then of each change, and that it is
    cancelled or done, in the order in which that is decided. An order whose cancellation is taken
    back is released anew, and the floor may have said before that it is done."""
    order = _Order(released)
    told = await _tell(run, order, None)
    while not order.cancelled and (said := await _next(run, order)) is not None:
        if not isinstance(said, OrderReleased):
            order.hear(said, earlier=run.earlier)
        elif not run.earlier:
            return  # taken back and released anew: that has a run of its own
        told = await _tell(run, order, told)


class _Wanted(NamedTuple):
    """What is to be made of the order, and until when."""

    material: str
    planned: Quantity
    due_at: datetime | None


class _Order:
    """What is wanted of an order, and whether it is open."""

    def __init__(self, released: OrderReleased) -> None:
        self.wanted = _Wanted(released.material_id, released.planned, released.due_at)
        self.cancelled = False
        self._floor = Reopenings()
        self._ends: set[datetime] = set()

    @property
    def open(self) -> bool:
        """Something of it is to be made."""
        return not self.cancelled and not self._floor.done

    def hear(self, said: _News, *, earlier: bool) -> None:
        """A date that comes back from the books is planning's own word and no change."""
        match said:
            case OrderChanged() | OrderCancelled() if earlier:
                pass  # planners decided it before the order was released anew
            case OrderScheduled():
                self._ends.add(said.ends_at.replace(microsecond=0))
            case OrderChanged():
                ours = said.due_at in self._ends
                due_at = self.wanted.due_at if ours else said.due_at
                self.wanted = _Wanted(said.material_id, said.planned, due_at)
            case OrderCancelled():
                self.cancelled = True
            case OrderReopened() | OrderCompleted():
                self._floor.hear(said)


async def _next(run: Run, order: _Order) -> OrderReleased | _News | None:
    """What is said next; None when all is over for long enough."""
    try:
        return await run.wait(
            OrderReleased,
            OrderChanged,
            OrderCancelled,
            OrderCompleted,
            OrderReopened,
            OrderScheduled,
            within=None if order.open else LISTENS_ON,
        )
    except LateError:
        return None


async def _tell(run: Run, order: _Order, told: _Wanted | None) -> _Wanted | None:
    """What planning believes from now on; nothing of an order that is not open."""
    wanted = order.wanted if order.open else None
    if wanted == told:
        return told
    if wanted is None:
        why = "cancelled" if order.cancelled else "done"
        command = UnscheduleOrder(order_id=run.subject, reason=why)
    else:
        command = ScheduleOrder(
            order_id=run.subject,
            material_id=wanted.material,
            quantity=wanted.planned,
            due_at=wanted.due_at,
        )
    await insist(
        run,
        command,
        team="planner",
        says=lambda error: (
            f"Planning does not take what was decided of {run.local}: {error} Mend the cause,"
            " then tell it again; or put it right there by hand."
        ),
        again="tell again",
        by_hand="it is right there",
    )
    return wanted
