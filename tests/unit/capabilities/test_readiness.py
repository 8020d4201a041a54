"""Readiness: what can be shipped of an order is told once for each change, in whatever order the
words of several systems come."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.capabilities.fulfilment import follow_readiness
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer
from andon.model.fulfilment import DeliveryCreated, DeliveryLine, MilestonePassed
from andon.model.inventory import StockReported, StockUse
from andon.model.quality import HoldPlaced, HoldReleased
from andon.model.readiness import GoodsChecked, ReserveGoods, TellReadiness
from andon.model.sales import SalesLine, SalesOrderPlaced
from tests.unit.capabilities.doing import NOON, Doing

ORDER, OUT = "sales-order/erp:5000001", "delivery/erp:80000001"
DONE = Answer(Receipt(reference="1"))


def pumps(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def lines(amount: int) -> tuple[SalesLine, ...]:
    return (SalesLine(material_id="PUMP", quantity=pumps(amount)),)


def checked(*lots: str, missing: int = 0) -> GoodsChecked:
    return GoodsChecked(order_id=ORDER, lots=lots, missing=lines(missing) if missing else ())


def held(lot: str) -> HoldPlaced:
    return HoldPlaced(lot_id=f"material-lot/company:{lot}", reason="crack")


def released(lot: str) -> HoldReleased:
    return HoldReleased(lot_id=lot)


def stock(lot: str, amount: int, use: StockUse = "inspection", at: str = "production") -> Event:
    return StockReported(
        lot_id=lot, material_id="PUMP", location=at, use=use, quantity=pumps(amount)
    )


def left(amount: int = 4) -> tuple[Event, Event]:
    created = DeliveryCreated(
        delivery_id=OUT,
        customer_id="17100001",
        orders=("5000001",),
        lines=(DeliveryLine(material_id="PUMP", quantity=pumps(amount)),),
    )
    return created, MilestonePassed(delivery_id=OUT, milestone="departed", passed_at=NOON)


class Following(Doing):
    """One that has reserved. What is said at one moment is heard together: only then is it told."""

    def __init__(self) -> None:
        placed = SalesOrderPlaced(order_id=ORDER, customer_id="17100001", lines=lines(4))
        super().__init__(follow_readiness, ORDER, placed)
        self.told: list[str] = []

    def reserved(self) -> "Following":
        assert self.sends == ReserveGoods(order_id=ORDER, lines=lines(4))
        self.answer(Send, DONE)
        return self

    def moment(self, *events: Event) -> None:
        """All of these, and then nothing for a while."""
        for event in events:
            if not self.live.ended:
                self.answer(Wait, Answer(event))
        while not self.live.ended and self._wait.within == timedelta():
            self.answer(Wait, Answer(error=LateError("nothing more")))
            if isinstance(told := self.sends, TellReadiness):
                self.told.append(told.readiness)
                self.answer(Send, DONE)

    @property
    def _wait(self) -> Wait[Event]:
        return next(verb for verb in self.open if isinstance(verb, Wait))


def test_what_production_completes_makes_an_order_ready_and_a_hold_takes_that_away() -> None:
    run = Following().reserved()
    run.moment(checked(missing=4))
    run.moment(checked("A1"))
    run.moment(held("A1"))
    run.moment(released("A1"))
    assert run.told == ["waits", "ready", "waits", "ready"]
    run.moment(*left())
    assert run.live.ended


def test_what_somebody_still_inspects_waits_wherever_it_lies() -> None:
    run = Following().reserved()
    run.moment(checked("A1"), stock("A1", 4), stock("A1", 2, at="warehouse"))
    run.moment(stock("A1", 0))
    run.moment(stock("A1", 4, "unrestricted"))
    assert run.told == ["waits"]
    run.moment(stock("A1", 0, at="warehouse"))
    assert run.told == ["waits", "ready"]


def test_what_is_said_twice_or_does_not_last_is_not_told() -> None:
    run = Following().reserved()
    run.moment(checked("A1"), checked("A1"), held("A1"), released("A1"))
    run.moment(held("B1"), held("B1"), checked("A1"))
    assert run.told == ["ready"]
    run.moment(held("A1"), checked("A2"))
    assert run.told == ["ready"], "another lot was there at once"
    run.moment(checked("A1", "A2"))
    run.moment(held("A2"), released("A1"))
    run.moment(released("A2"))
    assert run.told == ["ready", "waits", "ready"]


def test_nothing_is_told_before_the_warehouse_has_looked_nor_after_all_has_left() -> None:
    run = Following().reserved()
    run.moment(held("A1"), stock("A1", 4))
    assert run.told == []
    run.moment(*reversed(left()))
    assert run.live.ended


def test_what_is_left_of_an_order_is_told_of() -> None:
    run = Following().reserved()
    run.moment(checked("A1"))
    run.moment(*left(1))
    run.moment(held("A1"))
    assert run.told == ["ready", "waits"]


def test_goods_that_cannot_be_reserved_are_a_question() -> None:
    run = Following()
    run.answer(Send, Answer(error=RejectedError("No such item.")))
    (ask,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert (ask.team, "No such item" in ask.text) == ("shipping", True)
    run.answer(Ask, Answer("they are there"))
    assert run.live.ended


def test_what_the_crm_refuses_is_told_again_when_somebody_says_so() -> None:
    run = Following().reserved()
    run.answer(Wait, Answer(checked("A1")))
    run.answer(Wait, Answer(error=LateError("nothing more")))
    run.answer(Send, Answer(error=RejectedError("No such account.")))
    (ask,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert ask.team == "sales"
    run.answer(Ask, Answer("try again"))
    assert isinstance(run.sends, TellReadiness)


Word = tuple[Literal["goods", "hold", "inspection"], str, bool]
LOTS = ("A1", "A2")


def said(word: Word) -> Event:
    kind, lot, good = word
    match kind:
        case "goods":
            return checked(lot) if good else checked(lot, missing=1)
        case "hold":
            return released(lot) if good else held(lot)
        case "inspection":
            return stock(lot, 0 if good else 1)


@given(
    st.lists(
        st.lists(
            st.tuples(
                st.sampled_from(("goods", "hold", "inspection")),
                st.sampled_from(LOTS),
                st.booleans(),
            ),
            min_size=1,
            max_size=4,
        ),
        max_size=8,
    ),
    st.booleans(),
)
def test_after_each_moment_the_last_word_told_is_what_is_so(
    moments: Sequence[Sequence[Word]], twice: bool
) -> None:
    run = Following().reserved()
    newest: dict[tuple[str, str], bool] = {}
    goods: tuple[str, bool] | None = None
    for moment in moments:
        run.moment(*(said(word) for word in moment for _ in range(2 if twice else 1)))
        for kind, lot, good in moment:
            if kind == "goods":
                goods = lot, good
            else:
                newest[kind, lot] = good
        if goods is None:
            assert run.told == []
            continue
        lot, there = goods
        free = all(newest.get((kind, lot), True) for kind in ("hold", "inspection"))
        assert run.told[-1] == ("ready" if there and free else "waits")
    assert all(one != after for one, after in zip(run.told, run.told[1:], strict=False))


@pytest.mark.parametrize("word", [held("A1"), stock("A1", 4), checked("A1")])
def test_a_word_of_the_lot_before_the_warehouse_names_it_counts(word: Event) -> None:
    run = Following().reserved()
    run.moment(word)
    run.moment(checked("A1"))
    assert run.told == ["ready" if isinstance(word, GoodsChecked) else "waits"]
