"""A machine that shakes gets somebody before it breaks, once, and planning hears when it stands."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.capabilities.maintenance import maintain_by_condition
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer
from andon.model.maintenance import (
    ORDER_OPEN,
    MaintenanceCompleted,
    MaintenanceScheduled,
    RaiseMaintenance,
)
from andon.model.planning import AnnounceDowntime
from andon.model.plant import Condition, ConditionChanged, EquipmentStateChanged
from tests.unit.capabilities.doing import NOON, Doing

LINE = "equipment/company:LINE1"
MINUTE = timedelta(minutes=1)
DONE = MaintenanceCompleted(
    maintenance_id="WO-1", equipment_id=LINE, completed_at=NOON + 20 * MINUTE
)


def shakes(condition: Condition, measured: str = "vibration") -> ConditionChanged:
    return ConditionChanged(
        equipment_id=LINE,
        measured=measured,
        condition=condition,
        value=Quantity(Decimal("4.9"), "mm/s"),
        limit=Quantity(Decimal("4.5"), "mm/s"),
        changed_at=NOON,
    )


class Shaking(Doing):
    """A run that has heard that its line shakes."""

    def __init__(self, condition: Condition = "alert") -> None:
        watching = maintain_by_condition(lasts=5 * MINUTE)
        super().__init__(watching, LINE, shakes(condition))

    def minutes(self, n: int) -> None:
        """Nothing is heard for so long."""
        self.now += n * MINUTE
        self.answer(Wait, Answer(error=LateError("nothing came")))

    def refused(self, code: str | None) -> None:
        self.answer(Send, Answer(error=RejectedError("WO-1 for AST-0101 is open", code)))

    @property
    def waits(self) -> list[timedelta | None]:
        return [verb.within for verb in self.open if isinstance(verb, Wait)]


def test_what_is_over_its_limit_for_long_enough_gets_an_order_and_planning_hears_of_it() -> None:
    run = Shaking()
    assert run.waits == [5 * MINUTE]
    run.minutes(5)
    assert run.sends == RaiseMaintenance(
        equipment_id=LINE,
        priority="soon",
        problem="vibration of LINE1 is 4.9 mm/s, 12:00 UTC; its limit is 4.5 mm/s",
        since=NOON,
    )
    run.answer(Send, Answer(Receipt(reference="WO-1")))
    comes, goes = NOON + 8 * MINUTE, NOON + 20 * MINUTE
    run.heard(
        MaintenanceScheduled(
            maintenance_id="WO-1", equipment_id=LINE, starts_at=comes, ends_at=goes
        )
    )
    assert run.sends == AnnounceDowntime(
        equipment_id=LINE, since=comes, expected_until=goes, reason="maintenance: vibration"
    )
    run.answer(Send, Answer(Receipt()))
    run.heard(EquipmentStateChanged(equipment_id=LINE, state="NotExecuting"), shakes("normal"))
    run.heard(DONE)
    assert run.sends == AnnounceDowntime(
        equipment_id=LINE, since=goes, expected_until=None, reason="maintenance is done"
    )
    run.answer(Send, Answer(Receipt()))
    assert run.live.ended


def test_what_is_normal_or_returns_to_it_in_time_is_nobodys_trouble() -> None:
    assert Shaking("normal").live.ended
    run = Shaking()
    run.now += 4 * MINUTE
    run.heard(shakes("normal", measured="temperature"))
    assert run.waits == [MINUTE]
    run.heard(shakes("normal"))
    assert run.live.ended


def test_shaking_on_and_on_does_not_begin_the_time_anew() -> None:
    run = Shaking()
    run.now += 3 * MINUTE
    run.heard(shakes("alert"))
    assert run.waits == [2 * MINUTE]
    run.minutes(2)
    assert isinstance(run.sends, RaiseMaintenance)


def test_while_somebody_is_asked_for_already_nobody_else_is_and_nobody_is_asked_why() -> None:
    run = Shaking()
    run.minutes(5)
    run.refused(ORDER_OPEN)
    assert [type(verb) for verb in run.open] == [Wait]
    run.heard(DONE)
    run.heard(shakes("normal"))
    assert run.live.ended


def gone() -> Shaking:
    """Somebody was there, and it is still over its limit."""
    run = Shaking()
    run.minutes(5)
    run.answer(Send, Answer(Receipt(reference="WO-1")))
    run.heard(DONE)
    assert run.waits == [5 * MINUTE]
    run.minutes(5)
    return run


@pytest.mark.parametrize("answer", ["have somebody look", "leave it"])
def test_what_is_still_over_its_limit_when_they_have_gone_is_maintenances_question(
    answer: str,
) -> None:
    run = gone()
    (asked,) = [verb for verb in run.verbs if isinstance(verb, Ask)]
    assert asked.team == "maintenance"
    assert "its limit is 4.5 mm/s, as it said last, though somebody was there" in asked.text
    run.answer(Ask, Answer(answer))
    assert isinstance(run.sends, RaiseMaintenance) == (answer == "have somebody look")
    assert run.live.ended == (answer == "leave it")


def test_a_machine_that_says_late_that_all_is_well_takes_the_question_back() -> None:
    run = gone()
    run.heard(shakes("alert"))
    run.heard(shakes("normal"))
    assert run.live.ended


def test_a_machine_that_breaks_first_is_left_to_who_gets_it_running() -> None:
    run = Shaking()
    run.minutes(5)
    run.answer(Send, Answer(Receipt(reference="WO-1")))
    run.heard(EquipmentStateChanged(equipment_id=LINE, state="OutOfService"))
    assert run.live.ended


def test_what_the_cmms_takes_in_no_form_is_maintenances_question() -> None:
    run = Shaking()
    run.minutes(5)
    run.refused(None)
    (asked,) = [verb for verb in run.open if isinstance(verb, Ask)]
    assert asked.team == "maintenance"
    assert "vibration of LINE1 is 4.9 mm/s" in asked.text
    assert "the CMMS takes no order for it: WO-1 for AST-0101 is open. Raise one" in asked.text
    run.answer(Ask, Answer("it is raised"))
    assert [type(verb) for verb in run.open] == [Wait]
