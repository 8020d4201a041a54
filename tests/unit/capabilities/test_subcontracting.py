"""Subcontracting: what goes to a supplier that processes it is asked for, and posted, once."""

from decimal import Decimal

from andon.capabilities.subcontracting import post_provided, provide_components
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Withdraw, Workflow
from andon.engine.answers import Answer
from andon.model.inventory import STOCK_DEFICIT
from andon.model.production import NeededComponent
from andon.model.subcontracting import (
    ComponentsProvided,
    PostProvision,
    ProvidedLot,
    RequestProvision,
    SubcontractLine,
    SubcontractPlaced,
    UnblockProvided,
)
from andon.model.supply import PurchaseLine
from tests.unit.capabilities.doing import NOON, Doing

ORDER = "purchase-order/erp:4600000001"
DONE = Answer(Receipt(reference="1"))
CLOSED = Answer(error=RejectedError("The period is closed."))
TOO_FEW = Answer(error=RejectedError("Deficit of SL Unrestricted-use 5 PC", STOCK_DEFICIT))


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


PLACED = SubcontractPlaced(
    order_id=ORDER,
    supplier_id="PLATER",
    lines=(
        SubcontractLine(
            line="00010",
            material_id="SHAFT-ZN",
            quantity=pcs(5),
            components=(NeededComponent(material_id="SHAFT", quantity=pcs(5)),),
        ),
    ),
)
SHAFTS = ProvidedLot(line="00010", material_id="SHAFT", lot_id="F1", quantity=pcs(5))
PROVIDED = ComponentsProvided(
    order_id=ORDER, provision_id="V1", supplier_id="PLATER", lots=(SHAFTS,), provided_at=NOON
)
POST = PostProvision(
    order_id=ORDER, provision_id="V1", supplier_id="PLATER", provided=PROVIDED.lots
)


class Following(Doing):
    """A run about the order."""

    def __init__(self, flow: Workflow, first: Event) -> None:
        super().__init__(flow, ORDER, first)

    def question(self) -> tuple[str, str]:
        (ask,) = [one for one in self.open if isinstance(one, Ask)]
        return ask.team, ask.text


def test_the_dock_is_asked_once_for_what_each_line_takes() -> None:
    run = Following(provide_components, PLACED)
    need = PurchaseLine(line="00010", material_id="SHAFT", quantity=pcs(5))
    assert run.sends == RequestProvision(order_id=ORDER, supplier_id="PLATER", needed=(need,))
    run.answer(Send, DONE)
    assert run.live.ended


def test_a_dock_that_does_not_take_the_task_is_purchasings_question() -> None:
    run = Following(provide_components, PLACED)
    run.answer(Send, Answer(error=RejectedError("nothing goes out for it.")))
    team, text = run.question()
    assert team == "purchasing"
    assert "PLATER cannot begin with 4600000001" in text
    run.answer(Ask, Answer("send again"))
    run.answer(Send, DONE)
    assert run.live.ended


def test_what_has_left_is_posted_once() -> None:
    run = Following(post_provided, PROVIDED)
    assert run.sends == POST
    run.answer(Send, DONE)
    assert run.live.ended


def test_books_that_refuse_it_are_tried_again_by_itself_and_asked_about_meanwhile() -> None:
    run = Following(post_provided, PROVIDED)
    run.answer(Send, CLOSED)
    team, text = run.question()
    assert team == "receiving"
    assert text.startswith("V1: SHAFT 5 PC has left for PLATER, and the books do not take it")
    run.answer(Sleep, Answer())
    assert run.sends == POST
    run.answer(Send, DONE)
    run.answer(Withdraw, Answer())
    assert run.live.ended


def test_what_is_blocked_though_it_has_left_is_given_back_and_posted() -> None:
    run = Following(post_provided, PROVIDED)
    run.answer(Send, TOO_FEW)
    assert run.sends == UnblockProvided(order_id=ORDER, provision_id="V1", provided=(SHAFTS,))
    run.answer(Send, DONE)
    assert run.sends == POST
    run.answer(Send, TOO_FEW)
    assert run.question()[0] == "receiving", "somebody else took what was given back"


def test_what_is_not_there_at_all_is_a_question() -> None:
    run = Following(post_provided, PROVIDED)
    run.answer(Send, TOO_FEW)
    run.answer(Send, Answer(error=RejectedError("Deficit of SL Blocked 5 PC", STOCK_DEFICIT)))
    assert "Unrestricted-use" in run.question()[1], "the reason of the posting, not of the mending"
