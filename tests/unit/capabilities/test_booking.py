"""Booking: stock goes in before it comes out, also when the completion came first."""

from decimal import Decimal

from andon.capabilities.production import book_order
from andon.core.connector import Receipt
from andon.core.errors import LateError
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.core.workflow import Send, Wait
from andon.engine.answers import Answer
from andon.model.production import (
    AssignLots,
    ComponentLot,
    ConfirmOperation,
    OperationConfirmed,
    OrderCompleted,
    OrderReleased,
    ReceiveOutput,
)
from tests.unit.capabilities.doing import Doing

ORDER = "production-order/erp:1000001"
FOUR, NONE = Quantity(Decimal(4), "PC"), Quantity(Decimal(0), "PC")
TOOK = ComponentLot(material_id="HOUSING", lot_id="H1", quantity=FOUR)
FIRST = OperationConfirmed(
    order_id=ORDER, operation="0010", good=FOUR, scrap=NONE, consumed=(TOOK,)
)
SECOND = OperationConfirmed(order_id=ORDER, operation="0020", good=FOUR, scrap=NONE)
MADE = OrderCompleted(
    order_id=ORDER, material_id="PUMP", ordered=FOUR, good=FOUR, scrap=NONE, over=NONE, lot_id="A1"
)
DONE = Answer(Receipt(reference="1"))


class Booking(Doing):
    """A run of a released order."""

    def __init__(self) -> None:
        released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=FOUR)
        super().__init__(book_order, ORDER, released)

    def does(self, *kinds: type[Command]) -> None:
        """These, one after the other, each of which is done."""
        for kind in kinds:
            assert [type(v.command) for v in self.open if isinstance(v, Send)] == [kind]
            self.answer(Send, DONE)


def test_what_went_in_is_known_and_the_output_is_received_at_once() -> None:
    run = Booking()
    run.heard(FIRST)
    run.does(AssignLots, ConfirmOperation)
    run.heard(MADE)
    run.does(ReceiveOutput)


def test_a_completion_that_overtook_what_went_in_waits_for_it() -> None:
    run = Booking()
    run.heard(SECOND)
    run.does(ConfirmOperation)
    run.heard(MADE)
    assert not [v for v in run.open if isinstance(v, Send)]
    run.heard(FIRST)
    run.does(AssignLots, ConfirmOperation, ReceiveOutput)


def test_what_nothing_went_into_is_received_after_a_while() -> None:
    run = Booking()
    run.heard(MADE)
    run.answer(Wait, Answer(error=LateError("nothing came")))
    run.does(ReceiveOutput)
