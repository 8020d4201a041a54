"""Steering: what planners decide about an order reaches the floor, in the order decided."""

__all__ = ["LISTENS_ON", "steer_order"]

from datetime import timedelta

from andon.capabilities.production.release import distribution
from andon.core.errors import RejectedError
from andon.core.insisting import insist
from andon.core.workflow import Ask, Run, Verb, workflow
from andon.model.production import (
    CancelOrder,
    ChangeOrder,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
)

LISTENS_ON = timedelta(days=1)
"""So long after the floor was done a change or a cancellation is still put to it: it came too late,
and a planner must know."""
_AGAIN, _LEAVE = "ask the floor again", "leave the floor as it is"

Decided = OrderChanged | OrderCancelled
Heard = Decided | OrderReleased | OrderCompleted | OrderReopened


@workflow(on=OrderReleased)
async def steer_order(run: Run, released: OrderReleased) -> None:
    """Distributes the order, then tells the floor each change and the cancellation, none before it
    has answered what was decided earlier.

    What the floor refuses is a planner's question until something else is decided. A date alone is
    none: the floor makes the order when it can.
    """
    await _distribute(run, released)
    told: OrderReleased | OrderChanged = released
    refused: Decided | None = None
    question: Ask | None = None
    done = False
    while (said := await _next(run, question, done=done)) is not None:
        match said:
            case OrderReleased():
                return  # taken back and released anew: that has a run of its own
            case OrderCompleted() | OrderReopened():
                done = isinstance(said, OrderCompleted)
                continue
            case OrderChanged() | OrderCancelled():
                if question is not None:
                    await run.withdraw(question)
                decided = said
            case str():
                decided = refused if said == _AGAIN else None
        question = refused = None
        if decided is None or _header(decided) == _header(told):
            continue
        error = await _refusal(run, decided)
        if error is None and isinstance(decided, OrderCancelled):
            return
        if error is not None and _amount(decided) != _amount(told):
            refused, question = decided, _ask(run, decided, error)
        elif isinstance(decided, OrderChanged):
            told = decided


async def _next(run: Run, question: Ask | None, *, done: bool) -> Heard | str | None:
    """What is said, or the answer to the question; None when all is over for long enough."""
    verbs: list[Verb[Heard] | Verb[str] | Verb[None]] = [
        run.wait(OrderReleased, OrderChanged, OrderCancelled, OrderCompleted, OrderReopened)
    ]
    if question is not None:
        verbs.append(question)
    if done:
        verbs.append(run.sleep(LISTENS_ON))
    _, said = await run.first(*verbs)
    return said


async def _distribute(run: Run, released: OrderReleased) -> None:
    await insist(
        run,
        distribution(run, released),
        team="planner",
        says=lambda error: (
            f"{run.local} is released, and the floor does not take it: {_words(error)} Remove"
            " the cause, then tell it again; or leave the floor as it is, and nobody makes it."
        ),
        again="tell again",
        by_hand=_LEAVE,
    )


async def _refusal(run: Run, decided: Decided) -> RejectedError | None:
    match decided:
        case OrderChanged():
            command = ChangeOrder(
                order_id=run.subject,
                material_id=decided.material_id,
                quantity=decided.planned,
                due_at=decided.due_at,
            )
        case OrderCancelled():
            command = CancelOrder(order_id=run.subject, reason=decided.reason)
    try:
        await run.send(command)
    except RejectedError as error:
        return error
    return None


def _ask(run: Run, decided: Decided, error: RejectedError) -> Ask:
    match decided:
        case OrderChanged():
            what = f"was changed to {decided.planned}"
            rest = "it makes what it was told before, and the plan says otherwise until it is"
            rest += " changed back"
        case OrderCancelled():
            what = "was cancelled"
            rest = "what it makes is booked as if it were not cancelled"
    return run.ask(
        "planner",
        f"{run.local} {what}, and the floor refuses: {_words(error)} Talk to the floor, then"
        f" ask it again; or leave it: {rest}.",
        _AGAIN,
        _LEAVE,
    )


def _header(said: OrderReleased | Decided) -> tuple[object, ...]:
    match said:
        case OrderCancelled():
            return ()
        case OrderReleased() | OrderChanged():
            return *_amount(said), said.due_at


def _amount(said: OrderReleased | Decided) -> tuple[object, ...]:
    match said:
        case OrderCancelled():
            return ()
        case OrderReleased() | OrderChanged():
            return said.material_id, said.planned


def _words(error: RejectedError) -> str:
    return f"{str(error).rstrip('.')}."
