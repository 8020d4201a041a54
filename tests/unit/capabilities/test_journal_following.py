"""Following: what the floor did and the journal does not say is a question to finance."""

from decimal import Decimal

import pytest

from andon.capabilities.finance import compare_with_journal
from andon.core.errors import LateError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Wait
from andon.engine.answers import Answer
from andon.model.finance import JournalEntryPosted
from andon.model.isa95 import MaterialUse
from andon.model.production import (
    ComponentLot,
    OperationConfirmed,
    OrderCancelled,
    OrderCompleted,
    OrderReleased,
)
from tests.unit.capabilities.doing import Doing

ORDER = "production-order/erp:1000001"


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


TOOK = OperationConfirmed(
    order_id=ORDER,
    operation="0010",
    good=pcs(4),
    scrap=pcs(0),
    consumed=(ComponentLot(material_id="SEAL", lot_id="S1", quantity=pcs(8)),),
)
MADE = OrderCompleted(
    order_id=ORDER, material_id="PUMP", ordered=pcs(4), good=pcs(4), scrap=pcs(0), over=pcs(0)
)


def entry(use: MaterialUse, material: str, amount: int) -> JournalEntryPosted:
    return JournalEntryPosted(
        entry_id="1",
        movement_id="4900000001/2026/0001",
        material_id=material,
        quantity=pcs(amount),
        value=Quantity(Decimal(amount), "EUR"),
        use=use,
    )


ISSUED, RECEIVED = entry("Material Consumed", "SEAL", 8), entry("Material Produced", "PUMP", 4)


class Following(Doing):
    """A run that follows one order."""

    def __init__(self, subject: str = ORDER) -> None:
        released = OrderReleased(order_id=ORDER, material_id="PUMP", planned=pcs(4))
        super().__init__(compare_with_journal(of="erp"), subject, released)

    def late(self) -> None:
        self.answer(Wait, Answer(error=LateError("late")))

    def explain(self) -> None:
        self.answer(Ask, Answer("it is explained"))

    @property
    def asks(self) -> str:
        (text,) = [verb.text for verb in self.verbs if isinstance(verb, Ask)] or [""]
        return text


@pytest.mark.parametrize(
    "heard",
    [
        (TOOK, ISSUED, MADE, RECEIVED),
        (TOOK, MADE, RECEIVED, ISSUED),
        (OrderCancelled(order_id=ORDER),),
    ],
)
def test_an_order_whose_journal_follows_ends_unasked(heard: tuple[Event, ...]) -> None:
    run = Following()
    run.heard(*heard)
    assert not run.live.ended
    run.late()
    assert run.live.ended


def test_a_missing_entry_is_a_question_that_goes_by_itself_when_it_comes() -> None:
    run = Following()
    run.heard(TOOK, MADE, RECEIVED)
    run.late()
    assert "8 SEAL that it took are not in the journal" in run.asks
    run.heard(ISSUED)
    assert not [verb for verb in run.live.left() if isinstance(verb, Ask)]
    run.late()
    assert run.live.ended


def test_an_entry_that_is_there_twice_is_a_question_until_it_is_taken_back_or_explained() -> None:
    for mended in (True, False):
        run = Following()
        run.heard(TOOK, ISSUED, MADE, RECEIVED, RECEIVED)
        run.late()
        assert "4 PUMP that it made too many in the journal" in run.asks
        if mended:
            run.heard(entry("Material Produced", "PUMP", -4))
            run.late()
        else:
            run.explain()
        assert run.live.ended


def test_orders_of_another_system_are_not_its_business() -> None:
    assert Following("production-order/erp-b:7").live.ended
