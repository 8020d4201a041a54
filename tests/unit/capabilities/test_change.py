"""A released revision: floor, books and warehouse hear of it at once, and of its day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from andon.capabilities.master import distribute_revision, distribute_storage
from andon.core.connector import Receipt
from andon.core.errors import RejectedError
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep
from andon.engine.answers import Answer
from andon.model.master import (
    Component,
    DistributeRevision,
    DistributeStorage,
    ItemRevised,
    ReleaseRevision,
    RoutingOperation,
    UpdateBom,
    UpdateItem,
)
from tests.unit.capabilities.doing import Doing

MIDNIGHT = datetime(2026, 1, 2, tzinfo=UTC)
PUMP = "item/company:PUMP"
FIVE_YEARS = Quantity(Decimal(1825), "DAY")
ROUTING = (RoutingOperation(operation="0010", work="assemble", per_piece=timedelta(seconds=20)),)
PARTS = (Component(material_id="SEAL", quantity=Quantity(Decimal(3), "PC")),)


class Change(Doing):
    """A run that has heard of a revision."""

    def __init__(self, components: tuple[Component, ...] = PARTS) -> None:
        revised = ItemRevised(
            item_id="PUMP", revision="02", effective_at=MIDNIGHT, components=components,
            routing=ROUTING,
        )  # fmt: skip
        super().__init__(distribute_revision, PUMP, revised)

    def done(self) -> None:
        self.answer(Send, Answer(Receipt()))

    @property
    def commands(self) -> list[Command]:
        return [v.command for v in self.open if isinstance(v, Send)]

    @property
    def sleeps(self) -> list[timedelta]:
        return [v.span for v in self.open if isinstance(v, Sleep)]


def test_books_and_floor_are_told_at_once_and_the_day_is_waited_for() -> None:
    run = Change()
    assert run.commands == [
        UpdateBom(item_id=PUMP, revision="02", effective_at=MIDNIGHT, components=PARTS)
    ]
    run.done()
    assert run.commands == [
        DistributeRevision(
            item_id=PUMP,
            revision="02",
            effective_at=MIDNIGHT,
            components=PARTS,
            routing=ROUTING,
        )
    ]
    run.done()
    assert (run.commands, run.sleeps) == ([], [timedelta(hours=10)])
    run.now = MIDNIGHT - timedelta(hours=2)
    run.answer(Sleep, Answer(None))
    assert run.commands == [ReleaseRevision(item_id=PUMP, revision="02")]
    run.done()
    assert (run.commands, run.sleeps) == ([], [timedelta(hours=2)])
    run.now = MIDNIGHT
    run.answer(Sleep, Answer(None))
    assert run.commands == [UpdateItem(item_id=PUMP, revision="02")]
    run.done()
    assert run.live.ended


def test_an_item_without_components_has_no_bill_of_material() -> None:
    run = Change(())
    assert [type(command) for command in run.commands] == [DistributeRevision]


def test_a_revision_that_counts_already_is_not_waited_for() -> None:
    run = Change(())
    run.now = MIDNIGHT
    run.done()
    assert run.commands == [ReleaseRevision(item_id=PUMP, revision="02")]
    run.done()
    assert run.commands == [UpdateItem(item_id=PUMP, revision="02")]


def test_orders_of_the_old_revision_are_a_question_to_the_planner() -> None:
    run = Change(())
    run.now = MIDNIGHT - timedelta(hours=1)
    run.done()
    for answer, open_orders in (("try again", "refuse"), ("let it be finished", "finish")):
        run.answer(Send, Answer(error=RejectedError("1 open orders of PUMP: 1000001")))
        (asked,) = [verb for verb in run.open if isinstance(verb, Ask)]
        assert asked.team == "planner"
        assert "the floor does not go over to it: 1 open orders of PUMP: 1000001" in asked.text
        run.answer(Ask, Answer(answer))
        (again,) = run.commands
        assert isinstance(again, ReleaseRevision)
        assert again.open_orders == open_orders
    run.done()
    assert run.sleeps == [timedelta(hours=1)]


def test_a_refusal_is_a_question_to_engineering_until_it_is_taken() -> None:
    run = Change()
    for _ in range(2):
        run.answer(Send, Answer(error=RejectedError("The material SEAL does not exist")))
        (asked,) = [verb for verb in run.open if isinstance(verb, Ask)]
        assert asked.team == "engineering"
        assert "Revision 02 of PUMP counts from 2026-01-02 00:00 UTC" in asked.text
        assert "SEAL does not exist" in asked.text
        run.answer(Ask, Answer("try again"))
        assert [type(command) for command in run.commands] == [UpdateBom]
    run.answer(Send, Answer(error=RejectedError("no")))
    run.answer(Ask, Answer("leave it"))
    assert [type(command) for command in run.commands] == [DistributeRevision]


def stored(unit: str | None) -> Doing:
    """A run that tells the warehouse."""
    revised = ItemRevised(
        item_id="SEAL", revision="02", effective_at=MIDNIGHT, unit=unit, shelf_life=FIVE_YEARS
    )
    return Doing(distribute_storage, "item/company:SEAL", revised)


def test_the_warehouse_is_told_at_once_and_what_it_refuses_is_engineerings_question() -> None:
    run = stored("PC")
    assert run.sends == DistributeStorage(
        item_id="item/company:SEAL",
        revision="02",
        effective_at=MIDNIGHT,
        unit="PC",
        shelf_life=FIVE_YEARS,
    )
    run.answer(Send, Answer(error=RejectedError("item SEAL is not stored here")))
    (asked,) = [verb for verb in run.open if isinstance(verb, Ask)]
    assert asked.team == "engineering"
    assert "DistributeStorage is refused: item SEAL is not stored here" in asked.text
    run.answer(Ask, Answer("try again"))
    run.answer(Send, Answer(Receipt()))
    assert run.live.ended


def test_a_revision_that_does_not_say_its_unit_is_no_warehouses() -> None:
    assert stored(None).live.ended
