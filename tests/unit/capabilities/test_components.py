"""Components: reserved at release, a shortage is asked about and goes when it is covered."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from andon.capabilities.supply import check_components, question_shortage
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer, Heard
from andon.model.components import (
    ComponentsChecked,
    FreeComponents,
    MissingComponent,
    ReserveComponents,
)
from andon.model.production import (
    NeededComponent,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
)
from tests.unit.capabilities.doing import Doing

ORDER = "production-order/erp:1000001"
DONE = Answer(Receipt(reference="1"))


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def seals(amount: int) -> tuple[NeededComponent, ...]:
    return (NeededComponent(material_id="SEAL", quantity=pcs(amount)),)


def checked(missing: int) -> ComponentsChecked:
    parts = (MissingComponent(material_id="SEAL", quantity=pcs(missing)),) if missing else ()
    return ComponentsChecked(order_id=ORDER, missing=parts)


def released(amount: int) -> Doing:
    event = OrderReleased(
        order_id=ORDER, material_id="PUMP", planned=pcs(6), components=seals(amount)
    )
    return Doing(check_components, ORDER, event)


def questions(run: Doing) -> list[str]:
    return [verb.text for verb in run.open if isinstance(verb, Ask)]


def test_an_order_whose_components_are_not_said_is_not_checked() -> None:
    event = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pcs(6))
    assert Doing(check_components, ORDER, event).live.ended


def test_components_are_reserved_for_as_much_as_is_made_and_freed_with_the_order() -> None:
    run = released(12)
    assert run.sends == ReserveComponents(order_id=ORDER, components=seals(12))
    run.answer(Send, DONE)
    changed = OrderChanged(order_id=ORDER, material_id="PUMP", planned=pcs(9))
    run.answer(Wait, Answer(changed))
    assert run.sends == ReserveComponents(order_id=ORDER, components=seals(18))
    run.answer(Send, DONE)
    run.answer(Wait, Answer(OrderCancelled(order_id=ORDER)))
    assert run.sends == FreeComponents(order_id=ORDER)
    run.answer(Send, DONE)
    assert run.live.ended


def test_a_shortage_is_asked_about_until_something_else_is_said_of_it() -> None:
    assert Doing(question_shortage, ORDER, checked(0)).live.ended
    run = Doing(question_shortage, ORDER, checked(2))
    assert "1000001 cannot be made: 2 PC of SEAL missing" in questions(run)[0]
    run.answer(Wait, Answer(checked(0)))
    assert run.live.ended


MADE = OrderCompleted(
    order_id=ORDER, material_id="PUMP", ordered=pcs(6), good=pcs(6), scrap=pcs(0), over=pcs(0)
)
RELEASED = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pcs(6))


def said_before(*events: Event) -> Doing:
    """A run of a check that the log holds behind these."""
    run = Doing(question_shortage, ORDER, checked(2))
    for place, event in enumerate(events, start=-len(events)):
        run.live.hears(Heard(place, place))
        run.answer(Wait, Answer(event))
    if not run.live.ended:
        run.answer(Wait, Answer(error=LateError("nothing more")))
    return run


@pytest.mark.parametrize(
    ("before", "asks"),
    [
        ([], True),
        ([checked(3), checked(0)], True),
        ([RELEASED, checked(2), MADE], False),
        ([RELEASED, MADE, checked(2)], False),
        ([RELEASED, OrderCancelled(order_id=ORDER), RELEASED], True),
    ],
)
def test_an_order_that_was_finished_without_the_parts_is_no_question(
    before: Sequence[Event], asks: bool
) -> None:
    assert said_before(*before).live.ended is not asks


def test_a_question_ends_with_the_order_though_the_parts_never_came() -> None:
    run = said_before()
    run.live.hears(Heard(2, 2))
    run.answer(Wait, Answer(MADE))
    assert run.live.ended


def test_a_warehouse_that_refuses_is_a_question() -> None:
    run = released(12)
    run.answer(Send, Answer(error=RejectedError("closed.")))
    assert "cannot be reserved: closed." in questions(run)[0]
    run.answer(Ask, Answer("they are there"))
    assert run.live.ended
