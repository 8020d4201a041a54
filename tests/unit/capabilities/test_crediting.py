"""Crediting: of what went back and is paid for nothing more is expected, once the rest is there."""

from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.capabilities.supply import (
    claim_missing,
    complete_credited,
    expedite_missing,
    note_receipts,
    send_order,
)
from andon.core.errors import RejectedError
from andon.core.message import Event
from andon.core.workflow import Ask, Send, Wait, Workflow
from andon.engine.answers import Answer, Heard
from andon.model.completing import CompletePurchaseLines, PurchaseLinesCompleted
from andon.model.expediting import RequestExpedite
from andon.model.returning import Instead, ReturnedLot, ShipmentReturned
from andon.model.supply import PurchaseOrderConfirmed, ReceivedLot, ShipmentCounted
from tests.unit.capabilities.doing import NOON
from tests.unit.capabilities.test_expediting import short
from tests.unit.capabilities.test_supply import (
    BOUGHT,
    DONE,
    LATE,
    PLACED,
    Following,
    announced,
    counted,
    line,
    pcs,
)

WRITTEN = CompletePurchaseLines(order_id=BOUGHT, lines=("00010",))
COMPLETED = PurchaseLinesCompleted(order_id=BOUGHT, lines=("00010",))


def went(amount: int, number: str = "R00001", *, instead: Instead = "credit") -> ShipmentReturned:
    back = ReturnedLot(line="00010", material_id="SEAL", lot_id="L1", quantity=pcs(amount))
    return ShipmentReturned(
        order_id=BOUGHT,
        shipment_id="S1",
        return_id=number,
        supplier_id="ACME",
        instead=instead,
        returned=(back,),
        returned_at=NOON,
    )


def came(amount: int, shipment: str = "S2") -> ShipmentCounted:
    lot = ReceivedLot(line="00010", material_id="SEAL", lot_id=shipment, quantity=pcs(amount))
    return ShipmentCounted(order_id=BOUGHT, shipment_id=shipment, lots=(lot,), counted_at=NOON)


class Crediting(Following):
    """A run about what went back, which has heard what was said before."""

    def __init__(self, trigger: ShipmentReturned, *before: Event) -> None:
        super().__init__(complete_credited, trigger)
        for place, event in enumerate(before, start=-len(before)):
            self.live.hears(Heard(place, place))
            self.answer(Wait, Answer(event))
        if any(isinstance(one, Wait) for one in self.open):
            self.answer(Wait, LATE)

    def hear(self, event: Event) -> None:
        self.live.hears(Heard(2, 2))
        self.answer(Wait, Answer(event))


def test_what_is_credited_of_an_order_that_has_come_is_not_expected_any_more() -> None:
    run = Crediting(went(1), PLACED, counted(11, 1))
    assert run.sent == WRITTEN
    run.answer(Send, DONE)
    assert run.live.ended


def test_what_is_replaced_is_expected() -> None:
    assert Following(complete_credited, went(1, instead="replacement")).live.ended


def test_its_line_stays_open_as_long_as_the_rest_is_to_come() -> None:
    run = Crediting(went(1), PLACED, counted(5, 1))
    assert run.sends is None
    run.hear(counted(5, 1))
    assert run.sends is None, "one shipment counts once"
    run.hear(came(5))
    assert run.sends is None
    run.hear(came(1, "S3"))
    assert run.sent == WRITTEN


def test_what_is_not_promised_does_not_keep_it_open() -> None:
    promised = PurchaseOrderConfirmed(order_id=BOUGHT, lines=(line(6, number="1"),))
    assert Crediting(went(1), promised, PLACED, counted(5, 1)).sent == WRITTEN
    run = Crediting(went(1), PLACED, counted(5, 1))
    run.hear(promised)
    assert run.sent == WRITTEN


def test_what_is_missing_or_aside_is_still_owed() -> None:
    assert Crediting(went(1), PLACED, counted(10, 1)).sends is None
    assert Crediting(went(1), PLACED, counted(10, 2)).sends is None


def test_what_goes_back_twice_counts_together_and_is_written_once() -> None:
    run = Crediting(went(1), PLACED, counted(10, 1))
    run.hear(went(1, "R00002"))
    assert run.sent == WRITTEN
    later = Crediting(went(1, "R00002"), PLACED, counted(10, 1), went(1), COMPLETED)
    assert later.live.ended, "the books say it already"


def test_of_an_order_that_nobody_knows_nothing_is_closed() -> None:
    run = Crediting(went(1), counted(11, 1))
    assert run.sends is None
    run.hear(PLACED)
    assert run.sent == WRITTEN


def test_only_the_lines_of_what_went_back_are_completed() -> None:
    other = msgspec.structs.replace(line(9, number="00020"), material_id="HOUSING")
    placed = msgspec.structs.replace(PLACED, lines=(line(7), other, line(5, number="00030")))
    run = Crediting(went(1), placed, counted(11, 1))
    assert run.sent == CompletePurchaseLines(order_id=BOUGHT, lines=("00010", "00030"))
    done = PurchaseLinesCompleted(order_id=BOUGHT, lines=("00020",))
    all_of_it = Crediting(went(1), placed, done, counted(11, 1))
    assert all_of_it.sent == CompletePurchaseLines(
        order_id=BOUGHT, lines=("00010", "00020", "00030")
    )


def test_books_that_do_not_take_it_are_purchasings_question() -> None:
    run = Crediting(went(1), PLACED, counted(11, 1))
    run.answer(Send, Answer(error=RejectedError("ME/006 User HUBER already processing.")))
    assert "Supplier ACME credits what went back of order 4500000001 on R00001" in run.question()
    run.answer(Ask, Answer("write again"))
    assert run.sent == WRITTEN
    run.answer(Send, Answer(error=RejectedError("no.")))
    run.answer(Ask, Answer("it is written"))
    assert run.live.ended


WORDS = (PLACED, PurchaseOrderConfirmed(order_id=BOUGHT, lines=(line(12),)), counted(7, 1), came(4))


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_whatever_is_heard_first_it_is_written_once_and_not_before_all_is_there(
    order: tuple[int, ...],
) -> None:
    for split in range(5):
        known = set(order[:split])
        run = Crediting(went(1), *(WORDS[n] for n in order[:split]))
        for n in order[split:]:
            if run.sends is None:
                run.hear(WORDS[n])
                known.add(n)
            assert (run.sends == WRITTEN) == (known >= {0, 2, 3}), "its promise is what was ordered"
        run.answer(Send, DONE)
        assert run.live.ended


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=6), st.integers(1, 3))
def test_it_is_completed_when_all_came_or_is_credited_and_never_before(
    shipments: list[tuple[int, int]], back: int
) -> None:
    run, fit = Crediting(went(back), PLACED), 0
    for n, (good, damaged) in enumerate(shipments):
        if run.sends is not None:
            break
        lot = ReceivedLot(
            line="00010",
            material_id="SEAL",
            lot_id=f"L{n}",
            quantity=pcs(good),
            damaged=pcs(damaged) if damaged else None,
        )
        shipment = f"T{n}"
        run.hear(
            ShipmentCounted(order_id=BOUGHT, shipment_id=shipment, lots=(lot,), counted_at=NOON)
        )
        fit += good
    assert (run.sends == WRITTEN) == (fit + back >= 12)


def test_who_is_done_is_not_asked_for_what_is_missing() -> None:
    run = Following(expedite_missing(fetched_by=("ACME",)), PLACED)
    run.live.hears(Heard(2, 2))
    run.answer(Wait, Answer(short(5)))
    assert isinstance(run.sent, RequestExpedite)
    run.answer(Send, DONE)
    run.answer(Wait, Answer(COMPLETED))
    assert run.sent == RequestExpedite(order_id=BOUGHT, wanted=())
    run.answer(Send, DONE)
    assert run.live.ended
    quiet = Following(expedite_missing(), PLACED)
    quiet.live.hears(Heard(2, 2))
    quiet.answer(Wait, Answer(COMPLETED))
    assert quiet.live.ended


def test_what_is_expected_again_may_be_missing_again() -> None:
    placed = msgspec.structs.replace(PLACED, lines=(line(5), line(7, number="00020")))
    run = Following(expedite_missing(fetched_by=("ACME",)), placed)
    run.live.hears(Heard(2, 2))
    run.answer(Wait, Answer(short(9)))
    run.answer(Send, DONE)
    run.answer(Wait, Answer(COMPLETED))
    assert isinstance(run.sent, RequestExpedite)
    assert [one.line for one in run.sent.wanted] == ["00020"]
    run.answer(Send, DONE)
    run.answer(Wait, Answer(PurchaseLinesCompleted(order_id=BOUGHT, lines=())))
    run.answer(Wait, Answer(short(9)))
    assert isinstance(run.sent, RequestExpedite)
    assert [one.line for one in run.sent.wanted] == ["00010", "00020"]


def test_a_supplier_of_whom_nothing_is_expected_may_be_silent() -> None:
    run = Following(send_order(), PLACED)
    run.answer(Send, DONE)
    run.answer(Wait, Answer(COMPLETED))
    run.answer(Wait, LATE)
    assert run.live.ended
    again = Following(send_order(), PLACED)
    again.answer(Send, DONE)
    again.answer(Wait, Answer(COMPLETED))
    again.answer(Wait, Answer(PurchaseLinesCompleted(order_id=BOUGHT, lines=())))
    again.answer(Wait, LATE)
    assert "has been silent" in again.question()


@pytest.mark.parametrize("flow", [claim_missing(), note_receipts(fetched_by={"ACME"})])
def test_what_is_not_expected_is_not_awaited_but_what_is_on_its_way_is(flow: Workflow) -> None:
    for said in ((), (announced(11), counted(11))):
        run = Following(flow, PLACED)
        for one in said:
            run.answer(Wait, Answer(one))
        while run.sends is not None:
            run.answer(Send, DONE)
        run.answer(Wait, Answer(COMPLETED))
        assert run.live.ended
    for said in (announced(11), counted(11)):
        run = Following(flow, PLACED)
        run.answer(Wait, Answer(said))
        run.answer(Wait, Answer(COMPLETED))
        assert not run.live.ended
