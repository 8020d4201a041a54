"""Dates: what planning says last of an order's end stands in the books."""

__all__ = ["keep_dates"]

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from andon.capabilities.maintenance.schedule import LISTENS_ON
from andon.core.errors import LateError, RejectedError
from andon.core.workflow import Ask, Run, Workflow, workflow
from andon.model.planning import OrderScheduled, RescheduleOrder
from andon.model.production import (
    OrderCancelled,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
    Reopenings,
)

_AGAIN, _BY_HAND = "write again", "it is right there"

_Heard = OrderScheduled | OrderCompleted | OrderReopened | OrderCancelled | OrderReleased


def keep_dates(*, of: Collection[str]) -> Workflow:
    """For the orders of these ERPs, from their release until a day after the floor is done with
    them. The newest end that planning has said is written, whatever gave it: a first place, a
    standstill, another order that was changed, cancelled or released. What has been said by the
    time it is written is written as one, and a word that a newer one has overtaken is not."""

    @workflow(on=OrderReleased, name="keep_dates")
    async def keeping(run: Run, began: OrderReleased | OrderScheduled) -> None:
        if isinstance(began, OrderScheduled):
            await _as_before(run, began)
        elif any(run.subject.startswith(f"production-order/{erp}:") for erp in of):
            await _keep(run)

    return keeping


async def _as_before(run: Run, scheduled: OrderScheduled) -> None:
    """Runs that began when each word of planning had one of its own."""
    if scheduled.reason is not None:
        await run.send(RescheduleOrder(order_id=run.subject, ends_at=scheduled.ends_at))


async def _keep(run: Run) -> None:
    end, floor = _End(), Reopenings()
    question: Ask | None = None
    while True:
        match await _next(run, question, _within(end, floor)):
            case OrderCancelled() | OrderReleased():
                return  # what is taken back is released anew, and has a run of its own
            case OrderScheduled() as said:
                end.hear(said)
            case OrderCompleted() | OrderReopened() as said:
                floor.hear(said)
                if question is not None and floor.done:
                    await run.withdraw(question)
                    question = None
            case str() as answer:
                question = None
                if answer == _AGAIN:
                    end.due = end.newest
            case None:
                if end.due is None:
                    return
                if question is not None:
                    await run.withdraw(question)
                question = await _write(run, end, end.due, asks=not floor.done)


class _End:
    """What planning said last, what of it is in the books, and what is still to be written."""

    def __init__(self) -> None:
        self.newest: datetime | None = None
        self.written: datetime | None = None
        self.due: datetime | None = None
        self._sequence = 0

    def hear(self, said: OrderScheduled) -> None:
        """One that was overtaken on its way counts no more."""
        if said.sequence is not None and said.sequence < self._sequence:
            return
        self._sequence = said.sequence or 0
        self.newest = said.ends_at
        self.due = None if said.ends_at == self.written else said.ends_at


def _within(end: _End, floor: Reopenings) -> timedelta | None:
    """So long another word is waited for. What is to be written waits for all that is said already,
    so that the words of a long standstill are one."""
    if end.due is not None:
        return timedelta()
    return LISTENS_ON if floor.done else None


async def _next(run: Run, question: Ask | None, within: timedelta | None) -> _Heard | str | None:
    """What is said, or the answer to the question; None when nothing came within the time."""
    heard = run.wait(
        OrderScheduled, OrderCompleted, OrderReopened, OrderCancelled, OrderReleased, within=within
    )
    try:
        if question is None:
            return await heard
        _, said = await run.first(heard, question)
    except LateError:
        return None
    return said


async def _write(run: Run, end: _End, ends_at: datetime, *, asks: bool) -> Ask | None:
    """The question, where the ERP refuses it; none of an order that is made, whose end is past."""
    end.due = None
    try:
        await run.send(RescheduleOrder(order_id=run.subject, ends_at=ends_at))
    except RejectedError as error:
        if not asks:
            return None
        ends = f"{ends_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return run.ask(
            "planner",
            f"{run.local} ends at {ends} as planning has it, and the ERP does not take that:"
            f" {str(error).rstrip('.')}. Mend the cause, then write it again; or put it right there"
            " by hand.",
            _AGAIN,
            _BY_HAND,
        )
    end.written = ends_at
    return None
