"""Expediting: who still owes a missing item is told once, and it is taken back when it is over."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from andon.capabilities.supply import expedite_missing
from andon.capabilities.supply.expediting import CALM_FOR, open_lines, pressing
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Command, Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Wait
from andon.engine.answers import Answer, Heard
from andon.model.expediting import RequestExpedite, SendExpedite, ShortageChecked
from andon.model.supply import (
    PackedLot,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
    ShipmentAnnounced,
    ShipmentCounted,
)
from tests.unit.capabilities.doing import NOON, Doing

BOUGHT = "purchase-order/erp:4500000001"
IN_TWO_DAYS = NOON + timedelta(days=2)
DONE = Answer(Receipt(reference="1"))


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def line(amount: int, *, number: str = "00010", item: str = "SEAL") -> PurchaseLine:
    return PurchaseLine(line=number, material_id=item, quantity=pcs(amount), due_at=IN_TWO_DAYS)


def short(amount: int, item: str = "item/company:SEAL") -> ShortageChecked:
    return ShortageChecked(item_id=item, missing=pcs(amount), checked_at=NOON)


def announced(amount: int, shipment: str = "S1") -> ShipmentAnnounced:
    lot = PackedLot(material_id="SEAL", lot_id="L1", quantity=pcs(amount))
    return ShipmentAnnounced(order_id=BOUGHT, shipment_id=shipment, lots=(lot,))


class Listening(Doing):
    """A run about the purchase order; what it sends is done when it is looked at."""

    def __init__(self, *lines: PurchaseLine, fetched: bool = False) -> None:
        fetched_by = ("ACME",) if fetched else ()
        placed = PurchaseOrderPlaced(
            order_id=BOUGHT, supplier_id="ACME", lines=lines or (line(12),)
        )
        super().__init__(expedite_missing(fetched_by=fetched_by), BOUGHT, placed)

    def past(self, *events: Event) -> list[Command]:
        """What it has sent once it has heard what was said before the order was placed."""
        for place, event in enumerate(events, start=-len(events)):
            self.live.hears(Heard(place, place))
            self.answer(Wait, Answer(event))
        return self.late()

    def late(self) -> list[Command]:
        """What it has sent once nothing more comes in time."""
        self.answer(Wait, Answer(error=LateError("nothing more")))
        return self._sent()

    @property
    def within(self) -> timedelta | None:
        """How long it waits now."""
        return next(one.within for one in self.open if isinstance(one, Wait))

    def hear(self, *events: Event) -> list[Command]:
        """What it has sent by then, beginning with the first."""
        sent: list[Command] = []
        for event in events:
            self.live.hears(Heard(2, 2))
            self.answer(Wait, Answer(event))
            sent += self._sent()
        return sent

    def _sent(self) -> list[Command]:
        sent: list[Command] = []
        while (command := self.sends) is not None:
            sent.append(command)
            self.answer(Send, DONE)
        return sent


def amounts(command: Command) -> list[tuple[str, int]]:
    assert isinstance(command, (RequestExpedite, SendExpedite))
    return [(one.line, int(one.quantity.amount)) for one in command.wanted]


def test_what_is_missing_is_noted_and_written_for_today() -> None:
    noted, written = Listening().hear(short(5))
    assert isinstance(noted, RequestExpedite)
    assert isinstance(written, SendExpedite)
    assert amounts(noted) == amounts(written) == [("00010", 5)]
    assert (written.supplier_id, written.request_id) == ("ACME", "4500000001-1")
    assert noted.claims() == {"expedite": "00010 SEAL 5 PC 2026-01-01"}


def test_who_fetches_at_our_api_is_not_written_to() -> None:
    (noted,) = Listening(fetched=True).hear(short(5))
    assert isinstance(noted, RequestExpedite)


def test_no_more_is_asked_for_than_is_owed() -> None:
    run = Listening(line(12), line(8, number="00020"))
    noted, _ = run.hear(announced(15), short(50))
    assert amounts(noted) == [("00020", 5)]


def test_another_items_shortage_is_not_its_affair() -> None:
    assert Listening().hear(short(5, "item/company:HOUSING")) == []


def test_the_same_again_is_not_said_again_and_less_is_only_noted() -> None:
    run = Listening()
    assert len(run.hear(short(5), short(5))) == 2
    (noted,) = run.hear(short(3))
    assert isinstance(noted, RequestExpedite)
    assert amounts(noted) == [("00010", 3)]
    more = run.hear(short(4))
    assert [amounts(one) for one in more] == [[("00010", 4)]] * 2
    assert isinstance(more[1], SendExpedite)
    assert more[1].request_id == "4500000001-2"


def test_it_is_taken_back_when_there_is_enough_and_asked_for_anew_when_there_is_not() -> None:
    run = Listening()
    run.hear(short(5))
    (noted,) = run.hear(short(0))
    assert noted.claims() == {"expedite": None}
    assert len(run.hear(short(5))) == 2


def test_it_ends_with_what_is_owed_and_leaves_nothing_urgent() -> None:
    run = Listening()
    run.hear(short(5))
    (noted,) = run.hear(announced(12))
    assert amounts(noted) == []
    assert run.live.ended
    quiet = Listening()
    assert quiet.hear(announced(12)) == []
    assert quiet.live.ended


def test_what_the_supplier_does_not_promise_it_does_not_owe() -> None:
    run = Listening()
    confirmed = PurchaseOrderConfirmed(order_id=BOUGHT, lines=(line(4, number="1"),))
    noted, _ = run.hear(confirmed, short(5))
    assert amounts(noted) == [("00010", 4)]


def test_a_shipment_counts_once_as_it_was_announced() -> None:
    lot = ReceivedLot(line="00010", material_id="SEAL", lot_id="L1", quantity=pcs(5))
    counted = ShipmentCounted(order_id=BOUGHT, shipment_id="S1", lots=(lot,), counted_at=NOON)
    for events in ((announced(6), counted), (counted, announced(6)), (announced(6), announced(6))):
        noted, _ = Listening().hear(*events, short(50))
        assert amounts(noted) == [("00010", 6)]


def test_a_supplier_that_cannot_be_told_is_purchasings_question() -> None:
    run = Listening()
    run.answer(Wait, Answer(short(5)))
    run.answer(Send, DONE)
    run.answer(Send, Answer(error=RejectedError("no mailbox.")))
    (ask,) = [one for one in run.open if isinstance(one, Ask)]
    assert "cannot be asked to send what is missing" in ask.text
    run.answer(Ask, Answer("it is told"))
    assert any(isinstance(one, Wait) for one in run.open)


def test_in_another_unit_all_that_is_owed_is_wanted() -> None:
    kilos = ShortageChecked(item_id="SEAL", missing=Quantity(Decimal(1), "KG"), checked_at=NOON)
    assert pressing((), (line(12),), kilos, by=NOON)[0].quantity == pcs(12)
    none = ShortageChecked(item_id="SEAL", missing=Quantity(Decimal(0), "KG"), checked_at=NOON)
    assert pressing((), (line(12),), none, by=NOON) == ()


def test_what_is_asked_for_already_keeps_its_day_and_other_items_their_place() -> None:
    still = (line(12), line(9, number="00020", item="HOUSING"))
    first = pressing((), still, short(5), by=NOON)
    later = NOON + timedelta(days=1)
    both = pressing(first, still, short(2, "HOUSING"), by=later)
    assert [(one.line, one.due_at) for one in both] == [("00010", NOON), ("00020", later)]
    assert pressing(both, still, short(5), by=later) == both
    assert pressing(both, still, short(7), by=later)[0].due_at == later


def test_what_comes_counts_for_the_first_line_first() -> None:
    lines = (line(5), line(5, number="00020"))
    left = open_lines(lines, {"SEAL": Decimal(7)})
    assert [(one.line, one.quantity) for one in left] == [("00020", pcs(3))]
    assert open_lines(lines, {"SEAL": Decimal(11)}) == ()


def test_what_was_missing_before_the_order_was_placed_is_asked_of_it_at_once() -> None:
    noted, written = Listening().past(short(9), short(0), short(5), short(5))
    assert amounts(noted) == amounts(written) == [("00010", 5)]
    assert Listening().past(short(9), short(0)) == []
    assert Listening().past() == []


def test_a_new_word_counts_with_the_old_ones() -> None:
    run = Listening(line(12), line(9, number="00020", item="HOUSING"))
    run.live.hears(Heard(-1, -1))
    run.answer(Wait, Answer(short(5)))
    noted, _ = run.hear(short(2, "item/company:HOUSING"))
    assert amounts(noted) == [("00010", 5), ("00020", 2)]


def test_that_it_is_no_longer_urgent_is_written_when_it_stays_so() -> None:
    run = Listening()
    run.hear(short(5))
    assert run.within is None
    (noted,) = run.hear(short(2))
    assert isinstance(noted, RequestExpedite)
    assert run.within == CALM_FOR
    (written,) = run.late()
    assert isinstance(written, SendExpedite)
    assert [(one.quantity, one.due_at) for one in written.wanted] == [(pcs(2), NOON)]
    assert [(one.quantity, one.due_at) for one in written.relieved] == [(pcs(3), IN_TWO_DAYS)]
    assert run.within is None
    run.hear(short(0))
    (written,) = run.late()
    assert isinstance(written, SendExpedite)
    assert (written.request_id, written.wanted) == ("4500000001-3", ())
    assert written.claims() == {"expedite": None}


def test_what_is_sent_already_or_urgent_again_is_not_written_to_be_less() -> None:
    run = Listening()
    run.hear(short(10), announced(10), short(0))
    assert run.within == CALM_FOR
    (written,) = run.late()
    assert isinstance(written, SendExpedite)
    assert [one.quantity for one in written.relieved] == [pcs(2)]
    again = Listening()
    again.hear(short(5), short(0), short(5))
    assert again.within is None
    fetches = Listening(fetched=True)
    fetches.hear(short(5), short(0))
    assert fetches.within is None


_ITEMS = ("SEAL", "HOUSING", "COVER")
_WORDS = st.lists(
    st.one_of(
        st.builds(short, st.integers(0, 30), st.sampled_from(_ITEMS)),
        st.builds(announced, st.integers(1, 9), st.sampled_from(["S1", "S2", "S3"])),
        st.none(),
    ),
    max_size=12,
)


@given(_WORDS, _WORDS)
def test_whatever_is_said_no_more_is_wanted_than_is_owed_and_nothing_stays_urgent(
    before: list[Event | None], words: list[Event | None]
) -> None:
    """None is a while in which nothing is said."""
    run = Listening(line(12), line(9, number="00020", item="HOUSING"))
    ordered = {"00010": 12, "00020": 9}
    told: list[Command] = run.past(*filter(None, before)) if not run.live.ended else []
    for word in (*words, None):
        if run.live.ended:
            break
        if word is not None:
            told += run.hear(word)
        elif run.within is not None:
            told += run.late()
    notes = [one for one in told if isinstance(one, RequestExpedite)]
    letters = [one for one in told if isinstance(one, SendExpedite)]
    for one in (*notes, *letters):
        assert all(amount <= ordered[number] for number, amount in amounts(one))
    assert len({one.request_id for one in letters}) == len(letters)
    if run.live.ended:
        assert not notes or notes[-1].wanted == ()
