"""A floor offers each message again by itself, so after an outage they come in any order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from andon.capabilities.production import post_order
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Command, Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Verb, Wait
from andon.engine.answers import Answer
from andon.engine.live import Live
from andon.model.production import (
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    OperationConfirmed,
    OrderCompleted,
    OrderReleased,
    StartProduction,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIVE, NONE = Quantity(Decimal(5), "u"), Quantity(Decimal(0), "u")
SUGAR = ComponentLot(material_id="SUGAR", lot_id="S1", quantity=Quantity(Decimal(2), "kg"))
MIX = OperationConfirmed(order_id="1", operation="Mix", good=FIVE, scrap=NONE, consumed=(SUGAR,))
PACK = OperationConfirmed(order_id="1", operation="Pack", good=FIVE, scrap=NONE)
COMPLETED = OrderCompleted(
    order_id="1", material_id="COLA", ordered=FIVE, good=FIVE, scrap=NONE, over=NONE, lot_id="L1"
)


class Erp:
    """Completes an order when both operations are confirmed; takes whatever lots it is told."""

    def __init__(self) -> None:
        self.asked: list[Command] = []
        self.questions: list[Ask] = []
        self.now = NOON
        self.live = Live(
            post_order, id="post_order@erp/1", subject="production-order/erp:1", lane=0,
            correlation="erp/1", site="here", trigger=1, started_at=NOON,
        )  # fmt: skip
        self._waits: list[Wait[Any]] = []
        self._look(self.live.start(OrderReleased(order_id="1", material_id="COLA", planned=FIVE)))

    def hears(self, event: Event) -> None:
        """The floor's next message, a second after the last."""
        self.now += timedelta(seconds=1)
        standing = [w for w in self.live.waits() if isinstance(event, w.types)]
        assert standing, f"nobody waits for {type(event).__name__}"
        self._look(self.live.take(standing[0].n, Answer(event), self.now))

    def time_passes(self) -> None:
        """Every wait that has a limit is late."""
        for wait in self.live.waits():
            if wait.within is not None:
                self.now += wait.within
                self._look(self.live.take(wait.n, Answer(error=LateError("late")), self.now))

    def asked_for(self, kind: type[Command]) -> list[Command]:
        return [command for command in self.asked if isinstance(command, kind)]

    def _look(self, verbs: Sequence[Verb[Any]]) -> None:
        for verb in verbs:
            if isinstance(verb, Ask):
                self.questions.append(verb)
            if isinstance(verb, Send):
                self.asked.append(verb.command)
                self._look(self.live.take(verb.n, self._answer(verb.command), self.now))

    def _answer(self, command: Command) -> Answer:
        confirmed = {c.operation for c in self.asked if isinstance(c, ConfirmOperation)}
        if isinstance(command, CompleteProduction) and confirmed != {"Mix", "Pack"}:
            return Answer(error=RejectedError("an operation is not finished", "403"))
        return Answer(Receipt())


@pytest.mark.parametrize("order", list(permutations([MIX, PACK, COMPLETED])))
def test_in_whatever_order_they_come_all_is_booked_once(order: tuple[Event, ...]) -> None:
    erp = Erp()
    for event in order:
        erp.hears(event)
    assert erp.live.ended
    assert not erp.live.failed
    (lots,) = erp.asked_for(AssignLots)
    assert isinstance(lots, AssignLots)
    assert lots.components == (SUGAR,)
    assert len(erp.asked_for(StartProduction)) == 1
    assert len(erp.asked_for(ConfirmOperation)) == 2
    assert isinstance(erp.asked[-1], CompleteProduction)


@pytest.mark.parametrize("late", [MIX, PACK])
def test_a_completion_that_overtook_for_long_is_finished_when_the_operation_comes(
    late: OperationConfirmed,
) -> None:
    erp = Erp()
    for event in (MIX, PACK, COMPLETED):
        if event is not late:
            erp.hears(event)
    erp.time_passes()
    assert len(erp.asked_for(CompleteProduction)) == 1
    assert not erp.live.ended

    erp.hears(late)
    assert erp.live.ended
    assert len(erp.asked_for(CompleteProduction)) == 2


def test_an_order_without_lots_begins_after_a_while() -> None:
    erp = Erp()
    erp.hears(PACK)
    assert erp.asked == []
    erp.time_passes()
    assert len(erp.asked_for(StartProduction)) == 1
    assert erp.asked_for(AssignLots) == []


def test_a_completion_whose_operations_never_come_is_a_question() -> None:
    erp = Erp()
    erp.hears(COMPLETED)
    assert erp.asked == []
    erp.time_passes()
    assert len(erp.asked_for(CompleteProduction)) == 1
    assert len(erp.questions) == 1
