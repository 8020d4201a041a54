"""A closed period: what the floor did waits for finance, and is tried again by itself."""

from decimal import Decimal

from andon.capabilities.production import book_order
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep
from andon.engine.answers import Answer
from andon.model.finance import PERIOD_CLOSED
from andon.model.production import ConfirmOperation, OperationConfirmed, OrderReleased
from tests.unit.capabilities.doing import Doing

ORDER = "production-order/erp:1000001"
SHUT = RejectedError("M7/053: Posting only possible in periods 2026/04 and later", PERIOD_CLOSED)
FOUR = Quantity(Decimal(4), "PC")


class Booking(Doing):
    """A run that has heard of an operation."""

    def __init__(self) -> None:
        released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=FOUR)
        super().__init__(book_order, ORDER, released)
        none = Quantity(Decimal(0), "PC")
        done = OperationConfirmed(order_id=ORDER, operation="0010", good=FOUR, scrap=none)
        self.heard(done)

    @property
    def confirms(self) -> bool:
        sends = [v.command for v in self.open if isinstance(v, Send)]
        return [type(command) for command in sends] == [ConfirmOperation]

    @property
    def asks(self) -> list[str]:
        return [v.team for v in self.verbs if isinstance(v, Ask)]


def test_finance_is_asked_and_the_posting_is_tried_again_by_itself() -> None:
    run = Booking()
    run.answer(Send, Answer(error=SHUT))
    assert run.asks == ["finance"]
    run.answer(Sleep, Answer(None))
    assert run.confirms
    run.answer(Send, Answer(error=SHUT))
    run.answer(Ask, Answer("try again"))
    assert run.confirms
    run.answer(Send, Answer(Receipt()))
    assert run.asks == []


def test_any_other_refusal_is_the_planners() -> None:
    run = Booking()
    run.answer(Send, Answer(error=RejectedError("Operation 0010 does not exist", "RU/011")))
    assert run.asks == ["planner"]
