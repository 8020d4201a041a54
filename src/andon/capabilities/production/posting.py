"""Posting: what the floor confirms is booked, one command per effect, in the order it happened."""

__all__ = ["agreed_quantity", "consumed_in", "post_order"]

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from andon.core.errors import DeniedError, LateError, RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Run, Wait, workflow
from andon.model.inventory import CreateLot
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    OperationConfirmed,
    OrderCancelled,
    OrderCompleted,
    OrderReleased,
    OrderStarted,
    ReceiveOutput,
    RecordOperation,
    StartOperation,
    StartProduction,
)
from andon.model.quality import InspectionDecided, RequestInspection

OVERTAKEN_WITHIN = timedelta(minutes=1)
"""A floor repeats what was not answered, each message by itself: one that others overtook comes
within this time. Until then an order does not begin without the lots that went in."""
LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""A target may refuse a completion for something that no event tells, an open alert say."""


@workflow(on=OrderReleased)
async def post_order(run: Run, released: OrderReleased) -> None:
    """Follow an order through the floor; book components, operations, output and completion.

    A quantity that nobody expected is a person's decision, never a silent booking.
    """
    heard: list[OperationConfirmed] = []  # not booked yet: the ERP must have begun the order first
    begun, within = False, None
    completed: OrderCompleted | None = None
    while completed is None or not begun:
        said = await _next(run, within)
        match said:
            case OrderStarted():
                continue  # which lots went in is known with an operation
            case OrderCancelled():
                return
            case OperationConfirmed():
                heard.append(said)
            case OrderCompleted():
                completed = said
            case None:
                pass  # nothing was overtaken
        if not begun:
            if said is not None and not consumed_in(heard):
                within = OVERTAKEN_WITHIN
                continue
            match await _start(run, consumed_in(heard), last=completed is not None):
                case "begun":
                    begun, within = True, None
                case "not yet":
                    within = None
                    continue
                case "left open":
                    return
        for operation in heard:
            await _book_operation(run, operation)
        heard.clear()
    await _book_completion(run, released, completed)


async def _next(
    run: Run, within: timedelta | None
) -> OrderStarted | OperationConfirmed | OrderCompleted | OrderCancelled | None:
    """What the floor says next; None when nothing came in time."""
    try:
        return await run.wait(
            OrderStarted, OperationConfirmed, OrderCompleted, OrderCancelled, within=within
        )
    except LateError:
        return None


def consumed_in(heard: Sequence[OperationConfirmed]) -> tuple[ComponentLot, ...]:
    """The lots that all of these operations took."""
    return tuple(part for operation in heard for part in operation.consumed)


async def _start(
    run: Run, consumed: Sequence[ComponentLot], *, last: bool
) -> Literal["begun", "not yet", "left open"]:
    """Components are assigned with the lots that went in. A floor may confirm its last operation
    first and say the lots with another: refused before the `last` word, it is tried again then."""
    if consumed and not await _assign_lots(run, consumed):
        return "left open"
    await run.send(AssignComponents(order_id=run.subject))
    while True:
        try:
            await run.send(StartProduction(order_id=run.subject))
        except RejectedError as error:
            if not last:
                return "not yet"
            answer = await run.ask(
                "planner",
                f"{run.local} cannot be started in the ERP:"
                f" {str(error).rstrip('.')}. The floor has made it; nothing is booked yet. Correct"
                " the order in the ERP, then try again.",
                "try again",
                "leave it open",
            )
            if answer != "try again":
                return "left open"
        else:
            return "begun"


async def _assign_lots(run: Run, consumed: Sequence[ComponentLot]) -> bool:
    """Before the reservation, which would take lots of its own choice. No hold stops it; what a
    policy does not let pass is for quality to decide. False leaves the order open."""
    while True:
        try:
            await run.send(AssignLots(order_id=run.subject, components=tuple(consumed)))
        except DeniedError as error:
            answer = await run.ask(
                "quality",
                f"{run.local} was made with lots that may not be booked as used: {error}"
                " The floor has used them; nothing is booked yet. Try again once that may pass, or"
                " leave the order open.",
                "try again",
                "leave it open",
            )
            if answer != "try again":
                return False
        else:
            return True


async def _book_operation(run: Run, said: OperationConfirmed) -> None:
    await run.send(
        StartOperation(order_id=run.subject, operation=said.operation, equipment=said.equipment)
    )
    if said.machine_time is not None:
        await run.send(
            RecordOperation(
                order_id=run.subject, operation=said.operation, machine_time=said.machine_time
            )
        )
    await run.send(
        ConfirmOperation(
            order_id=run.subject,
            operation=said.operation,
            good=said.good,
            scrap=said.scrap,
            equipment=said.equipment,
            machine_time=said.machine_time,
            started_at=said.started_at,
            completed_at=said.completed_at,
        )
    )


async def _book_completion(run: Run, released: OrderReleased, completed: OrderCompleted) -> None:
    good = await agreed_quantity(run, released.planned, completed)
    if good is None:
        return
    lot_id = completed.lot_id or f"L-{run.local}"
    await run.send(CreateLot(lot_id=lot_id, material_id=released.material_id, order_id=run.subject))
    await run.send(
        ReceiveOutput(
            order_id=run.subject, material_id=released.material_id, good=good, lot_id=lot_id
        )
    )
    await _inspect(run, released, lot_id)
    await _complete(run, completed)


async def _inspect(run: Run, released: OrderReleased, lot_id: str) -> None:
    """An inspection is opened before completion, which waits for its decision."""
    with suppress(RejectedError):  # the target has no inspection plan for this material
        await run.send(
            RequestInspection(
                inspection_id=f"I-{lot_id}",  # a bare number must name one thing
                material_id=released.material_id,
                order_id=run.subject,
                lot_id=lot_id,
            )
        )


async def _complete(run: Run, completed: OrderCompleted) -> None:
    """Refused while an inspection is open or failed, or an operation was overtaken: tried again
    at each decision, and once the operation is booked."""
    asked: Ask | None = None
    news: Wait[InspectionDecided | OperationConfirmed] | None = None
    while True:
        try:
            await run.send(
                CompleteProduction(order_id=run.subject, completed_at=completed.completed_at)
            )
        except RejectedError as error:
            asked = asked or run.ask(
                "quality",
                f"{run.local} is made, but the ERP does not complete it yet:"
                f" {str(error).rstrip('.')}. Andon tries again once the inspection is decided, and"
                " every 5 minutes. Decide the inspection and resolve what it found, then have it"
                " tried again at once; or leave the order open.",
                "try again",
                "leave it open",
            )
            news = news or run.wait(InspectionDecided, OperationConfirmed)
            place, answer = await run.first(asked, news, run.sleep(LOOK_AGAIN_AFTER))
            match place, answer:
                case 0, "try again":
                    asked = None
                case 0, _:
                    return
                case 1, OperationConfirmed():
                    news = None
                    await _book_operation(run, answer)
                case 1, _:
                    news = None
                case _:
                    pass
        else:
            return


async def agreed_quantity(
    run: Run, planned: Quantity, completed: OrderCompleted
) -> Quantity | None:
    """The good quantity, unless it is odd: then what the planner says. None leaves it open."""
    good = completed.good
    order = run.local
    if good.amount <= Decimal(0):
        answer = await run.ask(
            "planner",
            f"{order} was completed with a good quantity of {good} (ordered {planned}, scrap"
            f" {completed.scrap}). Nothing is booked yet. Ask the floor what was really made, then"
            " choose what to book.",
            f"book {planned}",
            "leave it open",
        )
        return planned if answer.startswith("book") else None
    if good.unit == planned.unit and good.amount > planned.amount:
        answer = await run.ask(
            "planner",
            f"{order} made {good} on an order of {planned}. Nothing is booked yet. Over-production"
            " costs material and space: choose what the ERP shall receive.",
            f"book {good}",
            f"book {planned}",
            "leave it open",
        )
        return {f"book {good}": good, f"book {planned}": planned}.get(answer)
    return good
