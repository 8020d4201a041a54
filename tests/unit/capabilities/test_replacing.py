"""Replacing: what went back is asked for again, awaited, compared and noted, and nobody mixes it
up with what was ordered."""

from datetime import timedelta
from itertools import permutations

import msgspec
import pytest

from andon.capabilities.supply import (
    await_replacement,
    claim_missing,
    expedite_missing,
    note_receipts,
    post_counted,
)
from andon.capabilities.supply.replacing import REPLACED_WITHIN
from andon.core.errors import RejectedError
from andon.core.message import Command, Event
from andon.core.workflow import Ask, Send, Wait, Workflow
from andon.engine.answers import Answer, Heard
from andon.model.advising import NoteReceipt
from andon.model.completing import PurchaseLinesCompleted
from andon.model.expediting import RequestExpedite
from andon.model.returning import RequestReplacement, RequestReturn, ShipmentReturned
from andon.model.supply import (
    AdviseReceipt,
    PackedLot,
    PostReceipt,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)
from tests.unit.capabilities.doing import NOON
from tests.unit.capabilities.test_crediting import went
from tests.unit.capabilities.test_expediting import short
from tests.unit.capabilities.test_supply import (
    BOUGHT,
    DONE,
    LATE,
    PLACED,
    Following,
    announced,
    counted,
    pcs,
)

WENT = went(2, instead="replacement")
ASKED = RequestReplacement(
    order_id=BOUGHT,
    supplier_id="ACME",
    shipment_id="S1",
    return_id="R00001",
    asked_at=NOON,
    returned=WENT.returned,
)


def sent(amount: int, shipment: str = "S9", replaces: str = "R00001") -> ShipmentAnnounced:
    lot = PackedLot(material_id="SEAL", lot_id=shipment, quantity=pcs(amount))
    return ShipmentAnnounced(order_id=BOUGHT, shipment_id=shipment, lots=(lot,), replaces=replaces)


def came(
    amount: int, shipment: str = "S9", replaces: str = "R00001", *, damaged: int = 0
) -> ShipmentCounted:
    lot = ReceivedLot(
        line="00010",
        material_id="SEAL",
        lot_id=shipment,
        quantity=pcs(amount),
        damaged=pcs(damaged) if damaged else None,
    )
    return ShipmentCounted(
        order_id=BOUGHT, shipment_id=shipment, lots=(lot,), counted_at=NOON, replaces=replaces
    )


class Replacing(Following):
    """A run about what went back, which has heard what was said before."""

    def __init__(
        self, *before: Event, fetched: bool = False, trigger: ShipmentReturned = WENT
    ) -> None:
        super().__init__(await_replacement(fetched_by=("ACME",) if fetched else ()), trigger)
        self.told: list[Command] = []
        self._send()
        self._hear(-len(before), before)

    def hear(self, *events: Event) -> None:
        """All of it was in the log when the run looked."""
        self._hear(2, events)

    @property
    def asked(self) -> bool:
        """Whether a question stands."""
        return any(isinstance(one, Ask) for one in self.live.left())

    @property
    def within(self) -> timedelta | None:
        return next(one.within for one in self.open if isinstance(one, Wait))

    def _hear(self, place: int, events: tuple[Event, ...]) -> None:
        for n, event in enumerate(events):
            self.live.hears(Heard(place + n, place + n))
            self.answer(Wait, Answer(event))
        if events and any(isinstance(one, Wait) for one in self.open):
            self.answer(Wait, LATE)
        self._send()

    def _send(self) -> None:
        while (command := self.sends) is not None:
            self.told.append(command)
            self.answer(Send, DONE)


def test_a_supplier_that_is_written_to_is_asked_for_it_once() -> None:
    assert Replacing().told == [ASKED]
    assert Replacing(fetched=True).told == [], "it reads what it owes"
    assert ASKED.claims() == {"asked-again": "R00001"}


def test_what_is_credited_or_did_not_go_is_not_awaited() -> None:
    assert Following(await_replacement(), went(1)).live.ended
    none = msgspec.structs.replace(WENT, returned=())
    assert Following(await_replacement(), none).live.ended


def test_a_supplier_that_cannot_be_asked_is_purchasings_question() -> None:
    run = Following(await_replacement(), WENT)
    run.answer(Send, Answer(error=RejectedError("no mailbox.")))
    assert "ACME cannot be asked to send again what went back on R00001" in run.question()
    run.answer(Ask, Answer("it is asked"))
    assert any(isinstance(one, Wait) for one in run.open)


def test_what_came_in_its_place_is_told_and_the_run_is_over() -> None:
    run = Replacing(announced(12), counted(10, 2))
    run.hear(sent(2))
    assert not run.live.ended
    run.hear(came(2))
    assert [type(one) for one in run.told] == [RequestReplacement, AdviseReceipt]
    assert run.live.ended


def test_a_supplier_that_fetches_reads_it_beside_what_became_of_the_others() -> None:
    run = Replacing(announced(12), counted(10, 2), fetched=True)
    run.hear(sent(2), came(2))
    (noted,) = run.told
    assert isinstance(noted, NoteReceipt)
    assert [one.shipment_id for one in noted.judged] == ["S1", "S9"]
    assert run.live.ended


def test_two_shipments_may_bring_it() -> None:
    run = Replacing()
    run.hear(sent(1), came(1))
    assert not run.live.ended
    run.hear(sent(1, "S10"), came(1, "S10"))
    assert run.live.ended
    assert [type(one) for one in run.told[1:]] == [AdviseReceipt, AdviseReceipt]


def test_what_comes_in_place_of_another_return_is_not_its_affair() -> None:
    run = Replacing()
    run.hear(sent(2, "S8", "R00002"), came(2, "S8", "R00002"), sent(2, "S7", ""), came(2, "S7", ""))
    assert run.told == [ASKED]
    assert not run.live.ended


def test_what_is_broken_again_goes_back_again() -> None:
    run = Replacing()
    run.hear(sent(2), came(1, damaged=1))
    assert "1 PC of SEAL, lot S9, damaged" in run.question()
    run.answer(Ask, Answer("send it back for replacement"))
    assert isinstance(run.sent, RequestReturn)
    assert run.sent.shipment_id == "S9"
    run.answer(Send, DONE)
    assert run.live.ended


def test_who_is_not_told_by_the_paper_on_the_truck_believes_the_supplier() -> None:
    run = Replacing()
    run.hear(sent(2), came(2, replaces=""))
    assert run.live.ended


def test_silence_is_a_question_that_goes_when_it_comes() -> None:
    run = Replacing()
    assert run.within == REPLACED_WITHIN
    run.answer(Wait, LATE)
    assert "2 PC of SEAL (lot L1) of S1 went back to supplier ACME on R00001" in run.question()
    run.hear(sent(2), came(2))
    assert run.live.ended
    assert isinstance(run.told[-1], AdviseReceipt)


def test_purchasing_waits_on_or_settles_it() -> None:
    run = Replacing()
    run.answer(Wait, LATE)
    run.answer(Ask, Answer("wait on"))
    assert run.within == REPLACED_WITHIN
    run.answer(Wait, LATE)
    run.answer(Ask, Answer("it is settled"))
    assert run.live.ended


def test_of_a_line_that_is_completed_nothing_is_awaited_but_what_is_on_its_way() -> None:
    completed = PurchaseLinesCompleted(order_id=BOUGHT, lines=("00010",))
    run = Replacing()
    run.hear(completed)
    assert run.live.ended
    for first in (sent(2), came(2)):
        half = Replacing()
        half.hear(first, completed)
        assert not half.live.ended


WORDS = (announced(12), counted(10, 2), sent(2), came(2))


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_whatever_is_heard_first_each_shipment_is_told_once_by_one_run(
    order: tuple[int, ...],
) -> None:
    """The run of the order tells of what was ordered, that of the return of what came for it."""
    words = [WORDS[n] for n in order]
    again = Replacing()
    for one in words:
        if not again.live.ended:
            again.hear(one)
    ours = [one for one in again.told if isinstance(one, AdviseReceipt)]
    assert [one.shipment_id for one in ours] == ["S9"]
    assert again.live.ended

    ordered, told = Following(claim_missing(), PLACED), list[str]()
    for one in words:
        if not ordered.live.ended:
            ordered.answer(Wait, Answer(one))
        while not ordered.live.ended and not any(isinstance(v, Wait) for v in ordered.open):
            if isinstance(ordered.sends, AdviseReceipt):
                told.append(ordered.sends.shipment_id)
                ordered.answer(Send, DONE)
            else:
                ordered.answer(Ask, Answer("it is claimed"))
    assert told == ["S1"]
    assert ordered.live.ended


@pytest.mark.parametrize("flow", [claim_missing(), note_receipts(fetched_by={"ACME"})])
def test_what_replaces_does_not_count_for_what_was_ordered(flow: Workflow) -> None:
    run = Following(flow, PLACED)
    for said in (announced(11), counted(11), sent(1), came(1)):
        run.answer(Wait, Answer(said))
        while run.sends is not None:
            run.answer(Send, DONE)
    assert not run.live.ended, "one of twelve is still to come"


def test_what_replaces_is_not_what_a_missing_item_is_waited_for() -> None:
    run = Following(expedite_missing(fetched_by=("ACME",)), PLACED)
    for said in (sent(2), short(12)):
        run.live.hears(Heard(2, 2))
        run.answer(Wait, Answer(said))
    assert isinstance(run.sent, RequestExpedite)
    assert [one.quantity for one in run.sent.wanted] == [pcs(12)]


def test_what_came_in_its_place_is_posted_as_such_and_nothing_is_owed_again() -> None:
    run = Following(post_counted, came(2))
    assert isinstance(run.sent, PostReceipt)
    assert run.sent.claims() == {"received": "S9", "owed-again": False}
    assert came(2).claims()["owed-again"] is False
    assert "owed-again" not in counted(12).claims()
