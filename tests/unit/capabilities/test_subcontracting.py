"""Subcontracting: what goes to a supplier is asked for and posted, once; what comes of it is posted
with what is in it; a hold reaches it; its silence is a question."""

from datetime import timedelta
from decimal import Decimal

import pytest

from andon.capabilities.subcontracting import (
    claim_scrapped,
    post_processed,
    post_provided,
    provide_components,
    stop_processing,
    watch_promised,
)
from andon.core.connector import Receipt
from andon.core.errors import LateError, RejectedError
from andon.core.message import Event
from andon.core.quantity import Quantity
from andon.core.workflow import Ask, Send, Sleep, Wait, Withdraw, Workflow
from andon.engine.answers import Answer
from andon.model.inventory import STOCK_DEFICIT
from andon.model.processing import (
    ComponentsScrapped,
    ConsumedLot,
    LotProcessed,
    PostProcessed,
    PostProvidedScrap,
    ProcessedCounted,
    ProcessedLot,
    ProcessingReported,
    Progress,
    RequestStop,
)
from andon.model.production import NeededComponent
from andon.model.quality import HoldPlaced, HoldReleased
from andon.model.subcontracting import (
    ComponentsProvided,
    PostProvision,
    ProvidedLot,
    RequestProvision,
    SubcontractLine,
    SubcontractPlaced,
    UnblockProvided,
)
from andon.model.supply import PurchaseLine, PurchaseOrderConfirmed, ReceivedLot
from tests.unit.capabilities.doing import NOON, Doing

ORDER = "purchase-order/erp:4600000001"
DONE = Answer(Receipt(reference="1"))
CLOSED = Answer(error=RejectedError("The period is closed."))
LATE = Answer(error=LateError("late"))
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
            due_at=NOON + timedelta(days=2),
            components=(NeededComponent(material_id="SHAFT", quantity=pcs(10)),),
        ),
    ),
    ordered_at=NOON,
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
    need = PurchaseLine(line="00010", material_id="SHAFT", quantity=pcs(10))
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


def _came(fit: int, damaged: int = 0, lot: str = "P1") -> ProcessedCounted:
    came = ReceivedLot(
        line="00010",
        material_id="SHAFT-ZN",
        lot_id=lot,
        quantity=pcs(fit),
        damaged=pcs(damaged) if damaged else None,
    )
    return ProcessedCounted(order_id=ORDER, shipment_id=f"S{lot}", lots=(came,), counted_at=NOON)


def _made(good: int, lot: str = "P1") -> LotProcessed:
    """Of each piece two shafts."""
    taken = ConsumedLot(material_id="SHAFT", lot_id="F1", quantity=pcs(2 * good))
    return LotProcessed(
        lot_id=lot,
        material_id="SHAFT-ZN",
        order_id=ORDER,
        line="00010",
        supplier_id="PLATER",
        good=pcs(good),
        consumed=(taken,),
        processed_at=NOON,
    )


def _receipt(fit: int, shafts: str) -> PostProcessed:
    quantity = Quantity(Decimal(shafts), "PC")
    lot = ProcessedLot(
        line="00010",
        material_id="SHAFT-ZN",
        lot_id="P1",
        quantity=pcs(fit),
        consumed=(ConsumedLot(material_id="SHAFT", lot_id="F1", quantity=quantity),),
    )
    return PostProcessed(order_id=ORDER, shipment_id="SP1", received=(lot,))


def _withdrawn(run: Following) -> bool:
    return any(isinstance(one, Withdraw) for one in run.open)


def test_what_came_is_posted_with_what_is_in_it_once_that_is_said() -> None:
    run = Following(post_processed, _came(5))
    run.answer(Wait, Answer(_made(3, "P9")))
    assert run.sends is None, "that is another lot"
    run.answer(Wait, Answer(_made(5)))
    assert run.sends == _receipt(5, "10")
    run.answer(Send, CLOSED)
    assert "SP1 has come for 4600000001, and its goods receipt is refused" in run.question()[1]
    run.answer(Sleep, Answer())
    assert run.sends == _receipt(5, "10")
    run.answer(Send, DONE)
    assert _withdrawn(run)
    assert run.live.ended


def test_what_nobody_speaks_of_is_receivings_question_until_somebody_does() -> None:
    run = Following(post_processed, _came(5))
    run.answer(Wait, LATE)
    team, text = run.question()
    assert (team, "P1 came for 4600000001 on SP1" in text) == ("receiving", True)
    run.answer(Wait, Answer(_made(5)))
    assert _withdrawn(run)
    run.answer(Send, DONE)
    assert run.live.ended
    by_hand = Following(post_processed, _came(5))
    by_hand.answer(Wait, LATE)
    by_hand.answer(Ask, Answer("it is posted"))
    assert by_hand.live.ended


def test_of_what_did_not_come_fit_the_shafts_stay_with_the_supplier_and_are_claimed() -> None:
    run = Following(post_processed, _came(4, damaged=1))
    run.answer(Wait, Answer(_made(5)))
    assert run.sends == _receipt(4, "8.000")
    run.answer(Send, DONE)
    team, text = run.question()
    assert (team, "4 instead of 5 PC of lot P1" in text) == ("purchasing", True)
    run.answer(Ask, Answer("it is claimed"))
    assert run.live.ended


def test_what_came_broken_alone_is_not_posted() -> None:
    run = Following(post_processed, _came(0, damaged=5))
    run.answer(Wait, Answer(_made(5)))
    assert run.sends is None
    assert "0 instead of 5 PC" in run.question()[1]
    nothing = Following(post_processed, _came(0))
    assert nothing.live.ended


def _spoiled(shafts: int, by: str = "PLATER", report: str = "C1") -> ComponentsScrapped:
    gone = ProvidedLot(line="00010", material_id="SHAFT", lot_id="F1", quantity=pcs(shafts))
    return ComponentsScrapped(
        order_id=ORDER,
        scrap_id=report,
        supplier_id=by,
        lots=(gone,),
        reason="burnt",
        scrapped_at=NOON,
    )


def test_what_was_spoiled_is_posted_once_and_then_claimed() -> None:
    run = Following(claim_scrapped, _spoiled(2))
    assert run.sends == PostProvidedScrap(
        order_id=ORDER,
        scrap_id="C1",
        supplier_id="PLATER",
        scrapped=_spoiled(2).lots,
        reason="burnt",
    )
    run.answer(Send, CLOSED)
    assert "PLATER has spoiled C1: SHAFT 2 PC, and the books do not take it" in run.question()[1]
    run.answer(Sleep, Answer())
    run.answer(Send, DONE)
    assert _withdrawn(run)
    team, text = run.question()
    assert team == "purchasing"
    assert "C1: SHAFT 2 PC: burnt. It is out of the books. Claim it" in text
    run.answer(Ask, Answer("we bear it"))
    assert run.live.ended


def _held(lot: str = "material-lot/company:F1") -> HoldPlaced:
    return HoldPlaced(lot_id=lot, reason="cracks")


def _reported(progress: Progress, by: str = "PLATER") -> ProcessingReported:
    return ProcessingReported(
        order_id=ORDER, supplier_id=by, progress=progress, lots=(SHAFTS,), reported_at=NOON
    )


@pytest.mark.parametrize("first", ["hold", "provision"])
def test_a_hold_of_what_is_provided_is_noted_whichever_is_heard_first(first: str) -> None:
    run = Following(stop_processing, PLACED)
    words = (_held(), PROVIDED) if first == "hold" else (PROVIDED, _held())
    for said in words:
        assert run.sends is None
        run.answer(Wait, Answer(said))
    assert run.sends == RequestStop(order_id=ORDER, held=("F1",))
    run.answer(Send, DONE)
    run.answer(Wait, Answer(_reported("stopped")))
    run.answer(Wait, Answer(HoldReleased(lot_id="F1")))
    assert run.sends == RequestStop(order_id=ORDER, held=())
    run.answer(Send, DONE)
    run.answer(Wait, Answer(_came(5)))
    assert run.live.ended


def test_the_hold_of_another_lot_stops_nothing() -> None:
    run = Following(stop_processing, PLACED)
    for said in (PROVIDED, _held("P1"), _reported("received"), _came(5)):
        run.answer(Wait, Answer(said))
        assert run.sends is None
    assert run.live.ended


def test_a_supplier_that_does_not_say_it_has_stopped_is_qualitys_question() -> None:
    run = Following(stop_processing, PLACED)
    for said in (PROVIDED, _held()):
        run.answer(Wait, Answer(said))
    run.answer(Send, DONE)
    run.answer(Wait, Answer(_reported("stopped", by="ANOTHER")))
    run.answer(Sleep, Answer())
    team, text = run.question()
    assert team == "quality"
    assert "F1, provided for 4600000001, is held, and PLATER has not said for 4 hours" in text
    run.answer(Wait, Answer(_reported("stopped")))
    assert _withdrawn(run)
    assert not [one for one in run.open if isinstance(one, Ask)]


def test_a_person_who_has_called_settles_it_and_what_has_come_is_stopped_no_more() -> None:
    run = Following(stop_processing, PLACED)
    for said in (PROVIDED, _held()):
        run.answer(Wait, Answer(said))
    run.answer(Send, DONE)
    run.answer(Sleep, Answer())
    run.answer(Ask, Answer("it has stopped"))
    run.answer(Wait, Answer(_came(5)))
    assert run.sends == RequestStop(order_id=ORDER, held=())
    run.answer(Send, DONE)
    assert run.live.ended


def _left(run: Following) -> timedelta:
    (bell,) = [one for one in run.open if isinstance(one, Sleep)]
    return bell.span


def test_silence_past_the_promised_day_is_purchasings_question_until_the_rest_comes() -> None:
    run = Following(watch_promised, PLACED)
    assert _left(run) == timedelta(days=3)
    run.answer(Sleep, Answer())
    team, text = run.question()
    assert (team, "PLATER promised 4600000001 for a day that is over" in text) == (
        "purchasing", True,
    )  # fmt: skip
    run.answer(Ask, Answer("wait on"))
    assert _left(run) == timedelta(days=1)
    run.answer(Sleep, Answer())
    run.answer(Wait, Answer(_came(4)))
    assert not run.live.ended
    run.answer(Wait, Answer(_spoiled(2)))
    assert run.live.ended, "of two shafts is one piece"


def test_a_later_promise_gives_more_time_and_closes_the_question() -> None:
    run = Following(watch_promised, PLACED)
    run.answer(Sleep, Answer())
    line = PurchaseLine(
        line="00010", material_id="SHAFT-ZN", quantity=pcs(5), due_at=NOON + timedelta(days=4)
    )
    run.answer(Wait, Answer(PurchaseOrderConfirmed(order_id=ORDER, lines=(line,))))
    assert _withdrawn(run)
    assert _left(run) == timedelta(days=5)
    run.answer(Sleep, Answer())
    run.answer(Ask, Answer("it is settled"))
    assert run.live.ended


def test_words_said_twice_count_once_and_those_of_others_not_at_all() -> None:
    run = Following(watch_promised, PLACED)
    for said in (
        _came(3),
        _came(3),
        _spoiled(2),
        _spoiled(2),
        _spoiled(4, by="ANOTHER", report="C2"),
    ):
        run.answer(Wait, Answer(said))
        assert not run.live.ended
    run.answer(Wait, Answer(_came(1, lot="P2")))
    assert run.live.ended
