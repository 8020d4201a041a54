"""Posting: what the floor confirms is booked, one command per effect, in the order it happened."""

__all__ = ["agreed_quantity", "post_order"]

from collections.abc import Sequence
from decimal import Decimal

from andon.core.errors import RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Run, workflow
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
from andon.model.quality import RequestInspection


@workflow(on=OrderReleased)
async def post_order(run: Run, released: OrderReleased) -> None:
    """Follow an order through the floor; book components, operations, output and completion.

    A quantity that nobody expected is a person's decision, never a silent booking.
    """
    said = await run.wait(OrderStarted, OperationConfirmed, OrderCompleted, OrderCancelled)
    if isinstance(said, OrderCancelled):
        return
    while isinstance(said, OrderStarted):  # which lots went in is known with the first operation
        said = await run.wait(OperationConfirmed, OrderCompleted, OrderCancelled)
    if isinstance(said, OrderCancelled):
        return
    if not await _start(run, said.consumed if isinstance(said, OperationConfirmed) else ()):
        return
    completed = None
    while completed is None:
        match said:
            case OperationConfirmed():
                await _book_operation(run, said)
            case OrderCompleted():
                completed = said
                continue
            case OrderCancelled():
                return
            case OrderStarted():
                pass
        said = await run.wait(OrderStarted, OperationConfirmed, OrderCompleted, OrderCancelled)
    await _book_completion(run, released, completed)


async def _start(run: Run, consumed: Sequence[ComponentLot]) -> bool:
    """Components are assigned with the lots that went in;
    False when a person leaves the order open."""
    await run.send(AssignComponents(order_id=run.subject))
    if consumed:
        await run.send(AssignLots(order_id=run.subject, components=tuple(consumed)))
    while True:
        try:
            await run.send(StartProduction(order_id=run.subject))
        except RejectedError as error:
            answer = await run.ask(
                "planner",
                f"{run.subject.partition(':')[2]} cannot be started in the ERP: {error}. The floor"
                " has"
                " begun it; nothing is booked yet. Correct the order in the ERP, then try again.",
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
    lot_id = completed.lot_id or f"L-{run.subject.partition(':')[2]}"
    await run.send(CreateLot(lot_id=lot_id, material_id=released.material_id, order_id=run.subject))
    await run.send(
        ReceiveOutput(
            order_id=run.subject, material_id=released.material_id, good=good, lot_id=lot_id
        )
    )
    await run.send(CompleteProduction(order_id=run.subject, completed_at=completed.completed_at))
    try:
        await run.send(
            RequestInspection(
                inspection_id=lot_id,
                material_id=released.material_id,
                order_id=run.subject,
                lot_id=lot_id,
            )
        )
    except RejectedError:
        return  # the target has no inspection plan for this material


async def agreed_quantity(
    run: Run, planned: Quantity, completed: OrderCompleted
) -> Quantity | None:
    """The good quantity, unless it is odd: then what the planner says. None leaves it open."""
    good = completed.good
    order = run.subject.partition(":")[2]
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
