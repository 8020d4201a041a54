"""An order that is taken up again: each word is booked by one run, whatever overtook what."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec

from andon.capabilities.production import book_order, book_reopened
from andon.core.connector import Receipt
from andon.core.errors import LateError
from andon.core.message import Command, Event
from andon.core.quantity import Quantity
from andon.core.workflow import Send, Wait, Workflow
from andon.engine.answers import Answer, Heard
from andon.model.production import (
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    OperationConfirmed,
    OrderCancelled,
    OrderCompleted,
    OrderReleased,
    OrderReopened,
    ReceiveOutput,
)
from tests.unit.capabilities.doing import NOON, Doing

ORDER = "production-order/erp:1000001"
EIGHT, ONE, NONE = (Quantity(Decimal(n), "PC") for n in (8, 1, 0))
LATER = NOON + timedelta(hours=1)
REOPENED = OrderReopened(order_id=ORDER, reopened_at=NOON + timedelta(minutes=30))
RELEASED = OrderReleased(order_id=ORDER, material_id="PUMP", planned=EIGHT)
TOOK = ComponentLot(material_id="HOUSING", lot_id="H1", quantity=ONE)


def worked(at: datetime, good: Quantity) -> OperationConfirmed:
    return OperationConfirmed(
        order_id=ORDER, operation="0010", good=good, scrap=NONE, completed_at=at, consumed=(TOOK,)
    )


def made(at: datetime, good: Quantity) -> OrderCompleted:
    return OrderCompleted(
        order_id=ORDER, material_id="PUMP", ordered=EIGHT, good=good, scrap=NONE, over=NONE,
        lot_id=f"A-{at:%H}", completed_at=at,
    )  # fmt: skip


def sent(
    flow: Workflow, began: Event, *heard: Event, earlier: Sequence[Event] = ()
) -> list[type[Command]]:
    """What the run sends until nothing is said any more; everything is done as asked. What was said
    `earlier` than what began it is in the log before that."""
    run = Doing(flow, ORDER, began)
    found: list[type[Command]] = []
    said = [*earlier, *heard]
    for position, answer in enumerate(
        (*map(Answer, said), Answer(error=LateError("nothing more"))),
        start=run.live.trigger - len(earlier),
    ):
        at = position + (position >= run.live.trigger)
        run.live.hears(Heard(at, at))
        run.answer(Wait, answer)
        while run.sends is not None:
            found.append(type(run.sends))
            run.answer(Send, Answer(Receipt(reference="1")))
    assert run.live.ended
    return found


def numbered(said: OperationConfirmed | OrderCompleted, reopening: int) -> Event:
    return msgspec.structs.replace(said, reopening=reopening)


IN_AND_OUT = [AssignLots, ConfirmOperation, ReceiveOutput]


def test_what_is_made_after_a_reopening_is_booked_and_ends_the_order_again() -> None:
    again = sent(book_reopened, REOPENED, worked(LATER, ONE), made(LATER, ONE))
    assert again == [*IN_AND_OUT, CompleteProduction]


def test_a_reopening_before_the_order_ended_in_the_books_leaves_its_end_to_the_later_run() -> None:
    words = (worked(NOON, EIGHT), made(NOON, EIGHT), REOPENED, worked(LATER, ONE), made(LATER, ONE))
    assert sent(book_order, RELEASED, *words) == IN_AND_OUT
    assert sent(book_reopened, REOPENED, *words[3:]) == [*IN_AND_OUT, CompleteProduction]


def test_what_a_reopening_overtook_is_booked_by_the_earlier_run_alone() -> None:
    early, late = (worked(NOON, EIGHT), made(NOON, EIGHT)), (worked(LATER, ONE), made(LATER, ONE))
    assert sent(book_order, RELEASED, REOPENED, *early, *late) == IN_AND_OUT
    assert sent(book_reopened, REOPENED, *early, *late) == [*IN_AND_OUT, CompleteProduction]


def test_a_floor_that_counts_reopenings_may_set_its_clock() -> None:
    reopened = msgspec.structs.replace(REOPENED, reopening=1)
    before = (worked(NOON, EIGHT), made(NOON, EIGHT))
    after = (worked(NOON, ONE), made(NOON, ONE))  # the clock says: before it was reopened
    words = [numbered(one, 0) for one in before] + [numbered(one, 1) for one in after]
    assert sent(book_order, RELEASED, *words[:2], reopened, *words[2:]) == IN_AND_OUT
    assert sent(book_reopened, reopened, *words) == [*IN_AND_OUT, CompleteProduction]


def test_the_word_of_a_reopening_that_comes_last_finds_all_that_was_made_since() -> None:
    second = msgspec.structs.replace(REOPENED, reopening=2)
    first = msgspec.structs.replace(REOPENED, reopening=1)
    before = [RELEASED, numbered(worked(NOON, EIGHT), 0), numbered(made(NOON, EIGHT), 0), first]
    after = [numbered(worked(LATER, ONE), 2), numbered(made(LATER, ONE), 2)]
    cancelled = OrderCancelled(order_id=ORDER, reason="too late")
    assert sent(book_reopened, second, earlier=[*before, cancelled, *after]) == [
        *IN_AND_OUT,
        CompleteProduction,
    ]
    assert sent(book_reopened, first, earlier=[*before[:3], second, *after]) == []


def test_what_has_no_number_is_the_run_s_that_heard_it_then() -> None:
    words = [worked(LATER, ONE), made(LATER, ONE)]
    assert sent(book_order, RELEASED, *words, REOPENED) == IN_AND_OUT
    assert sent(book_reopened, REOPENED, earlier=words) == []


def test_a_completion_that_overtook_its_operation_waits_for_its_own() -> None:
    reopened = msgspec.structs.replace(REOPENED, reopening=1)
    late = numbered(worked(NOON, EIGHT), 0)
    words = [numbered(made(LATER, ONE), 1), late, numbered(worked(LATER, ONE), 1)]
    booked = sent(book_reopened, reopened, *words)
    assert booked == [*IN_AND_OUT, CompleteProduction]
