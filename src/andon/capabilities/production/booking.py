"""Booking: an ERP that is told by postings, not by states, hears what the floor did."""

__all__ = ["STOPPED_WITHIN", "book_order", "book_reopened"]

from datetime import timedelta

from andon.capabilities.production.carrying import book_consumed, booked
from andon.capabilities.production.posting import OVERTAKEN_WITHIN, agreed_quantity
from andon.core.errors import LateError
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
from andon.model.production import (
    CompleteProduction,
    ConfirmOperation,
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
    OrderStarted,
    ReceiveOutput,
    Span,
)

STOPPED_WITHIN = timedelta(days=1)
"""A floor that was told of a cancellation has said by then what it made until it stopped."""

Heard = (
    OrderStarted
    | OperationConfirmed
    | OrderChanged
    | OrderCompleted
    | OrderCancelled
    | OrderReleased
    | OrderReopened
)


@workflow(on=OrderReleased)
async def book_order(run: Run, released: OrderReleased) -> None:
    """Each operation when it is said: first what went in, then what came out of it. The output is
    received once it is known what went in; the order ends when no overtaken operation can come any
    more. Cancelled in the books, it ends when the floor has said what was made until then."""
    await _book(run, Span(), released.planned)


@workflow(on=OrderReopened, earlier=True)
async def book_reopened(run: Run, reopened: OrderReopened) -> None:
    """What the floor does of an order that it takes up again, until it is done once more; the word
    of that may come before the word that it was reopened. Where the order had ended in the books,
    they say so, and a planner takes that back."""
    await _book(run, Span(reopened.reopened_at, reopened.reopening), None)


async def _book(run: Run, span: Span, planned: Quantity | None) -> None:
    taken = received = cancelled = False
    within: timedelta | None = None
    while (said := await _next(run, within)) is not None:
        match said:
            case OrderStarted():
                pass  # such an ERP learns it with the first posting
            case OrderReopened():
                span.end(said)
            case OperationConfirmed() | OrderCompleted() if not span.holds(
                said, earlier=run.earlier
            ):
                pass  # that has a run of its own
            case OrderReleased() | OrderChanged() | OrderCancelled() if run.earlier:
                pass  # planners said it before the order was reopened
            case OperationConfirmed():
                await _book_operation(run, said)
                taken = taken or bool(said.consumed)
            case OrderChanged():
                planned = said.planned
            case OrderCompleted():
                if not taken:
                    await _book_overtaken(run, span)
                if not await _receive(run, planned or said.ordered, said):
                    return
                received, within = True, OVERTAKEN_WITHIN
            case OrderCancelled() if not received:
                if cancelled:
                    return  # the floor says so, too, and has made nothing
                cancelled, within = True, STOPPED_WITHIN
            case OrderCancelled():
                pass  # what was made is received already
            case OrderReleased():
                break  # taken back and released anew: what is made from now on has a run of its own
    if received and not span.ended:
        await booked(run, CompleteProduction(order_id=run.subject), "planner")


async def _next(run: Run, within: timedelta | None) -> Heard | None:
    """What is said next; None when nothing came within the time."""
    try:
        return await run.wait(
            OrderStarted,
            OperationConfirmed,
            OrderChanged,
            OrderCompleted,
            OrderCancelled,
            OrderReleased,
            OrderReopened,
            within=within,
        )
    except LateError:
        return None


async def _book_overtaken(run: Run, span: Span) -> None:
    """A completion may overtake the operation that says what went in, and stock goes in before it
    comes out. Nothing came of nothing where no operation says so within the time."""
    while True:
        try:
            said = await run.wait(OperationConfirmed, within=OVERTAKEN_WITHIN)
        except LateError:
            return
        if not span.holds(said, earlier=run.earlier):
            continue
        await _book_operation(run, said)
        if said.consumed:
            return


async def _book_operation(run: Run, said: OperationConfirmed) -> None:
    if said.consumed:
        await book_consumed(run, said.consumed)
    confirm = ConfirmOperation(
        order_id=run.subject,
        operation=said.operation,
        good=said.good,
        scrap=said.scrap,
        equipment=said.equipment,
        machine_time=said.machine_time,
        started_at=said.started_at,
        completed_at=said.completed_at,
    )
    await booked(run, confirm, "planner")


async def _receive(run: Run, planned: Quantity, completed: OrderCompleted) -> bool:
    good = await agreed_quantity(run, planned, completed)
    if good is None:
        return False
    output = ReceiveOutput(
        order_id=run.subject,
        material_id=completed.material_id,
        good=good,
        lot_id=completed.lot_id,
    )
    return await booked(run, output, "planner")
