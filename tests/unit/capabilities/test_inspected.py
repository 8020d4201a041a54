"""What an inspection decides of a lot is what the books let it be used for, whatever comes first.

Besides the stories one by one, histories by chance: the words of quality, a closed period, late
receipts and pauses in any order that can be.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.capabilities.quality import (
    block_held_stock,
    block_inspected,
    free_accepted,
    stop_held_use,
)
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RejectedError, UnroutedError
from andon.core.workflow import Ask, Send, Sleep, Wait, Withdraw, Workflow
from andon.engine.answers import Answer
from andon.model.concession import ConcessionGranted
from andon.model.disposing import LotDisposed
from andon.model.inspecting import BlockInspected, LotInspected, ReleaseInspected
from andon.model.quality import Decision, HoldPlaced, HoldReleased
from tests.unit.capabilities.books_of_a_lot import LOT, Books
from tests.unit.capabilities.doing import Doing

DONE, REFUSED = Answer(Receipt(reference="1")), Answer(error=RejectedError("not received yet"))
DENIED = Answer(error=DeniedError("lot A0000001 is held by qms: porous"))
UNROUTED = Answer(error=UnroutedError("No route says where it goes at plant-b."))
FREE = ReleaseInspected(lot_id=LOT)


def decided(decision: Decision = "accept") -> Doing:
    said = LotInspected(lot_id=LOT, decision=decision, inspection_id="INS-1")
    return Doing(free_accepted, LOT, said)


def test_what_is_accepted_is_free_once() -> None:
    run = decided()
    assert run.sends == FREE
    run.answer(Send, DONE)
    assert run.live.ended
    assert decided("reject").live.ended, "a hold of it says what becomes of it"


def test_books_that_know_no_inspection_stock_are_left_alone() -> None:
    run = decided()
    run.answer(Send, UNROUTED)
    assert run.live.ended
    held = Doing(block_inspected, LOT, HoldPlaced(lot_id=LOT, reason="porous"))
    held.heard(LotInspected(lot_id=LOT, decision="reject", inspection_id="INS-1"))
    assert isinstance(held.sends, BlockInspected)
    held.answer(Send, UNROUTED)
    assert held.live.ended


@pytest.mark.parametrize(
    "news",
    [HoldReleased(lot_id=LOT), ConcessionGranted(lot_id=LOT, held_lot_id="H1"), None],
    ids=["released", "conceded", "what-is-in-it-released"],
)
def test_what_is_held_when_it_is_accepted_is_free_once_nothing_binds_it(
    news: HoldReleased | ConcessionGranted | None,
) -> None:
    run = decided()
    run.answer(Send, DENIED)
    assert run.sends is None
    run.answer(*((Sleep, Answer(None)) if news is None else (Wait, Answer(news))))
    assert run.sends == FREE
    run.answer(Send, DONE)
    assert run.live.ended


def test_what_is_scrapped_instead_is_never_free() -> None:
    run = decided()
    run.answer(Send, DENIED)
    run.answer(Wait, Answer(LotDisposed(lot_id=LOT, usage="rework")))
    assert run.sends == FREE
    run.answer(Send, DENIED)
    run.answer(Wait, Answer(LotDisposed(lot_id=LOT, usage="scrap")))
    assert run.live.ended


def test_books_that_are_behind_are_asked_again_for_an_hour_and_then_quality_is() -> None:
    run = decided()
    for _ in range(11):
        run.answer(Send, REFUSED)
        run.answer(Sleep, Answer(None))
    run.answer(Send, REFUSED)
    (asked,) = (verb for verb in run.open if isinstance(verb, Ask))
    assert asked.choices == ("try again", "it is done there")
    assert "Lot A0000001 is accepted, and the books keep it in inspection" in asked.text
    run.answer(Ask, Answer("it is done there"))
    assert run.live.ended


@pytest.mark.parametrize("flow", [block_held_stock, stop_held_use], ids=lambda flow: flow.name)
def test_what_is_held_anew_before_it_is_freed_stays_held(flow: Workflow) -> None:
    """The books, or the floor, took neither the release nor anything else for a while. Somebody who
    answers the question of the old release would free what the new hold binds."""
    run = Doing(flow, LOT, HoldPlaced(lot_id=LOT, reason="porous"))
    run.answer(Send, DONE)
    run.answer(Wait, Answer(HoldReleased(lot_id=LOT)))
    run.answer(Send, REFUSED)
    asked = next(verb for verb in run.open if isinstance(verb, Ask))
    run.answer(Wait, Answer(HoldPlaced(lot_id=LOT, reason="a crack")))
    assert [verb.ask for verb in run.open if isinstance(verb, Withdraw)] == [asked]
    assert run.live.ended


def test_a_hold_of_what_is_inspected_leaves_it_there_and_so_does_its_release() -> None:
    books = Books()
    books.receive()
    books.hold()
    books.rest()
    assert (books.kind, books.documents) == ("inspection", [])
    books.release()
    books.rest()
    assert (books.kind, books.documents) == ("inspection", [])
    books.decide("accept")
    books.rest()
    assert (books.kind, books.documents) == ("unrestricted", ["321"])


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_what_is_decided_while_it_is_held_is_blocked_until_its_release(decision: Decision) -> None:
    books = Books()
    books.receive()
    books.hold()
    books.decide(decision)
    books.rest()
    assert (books.kind, books.documents) == ("blocked", ["350"])
    books.release()
    books.rest()
    assert (books.kind, books.documents) == ("unrestricted", ["350", "343"])


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_what_is_received_after_hold_decision_and_release_is_free(decision: Decision) -> None:
    books = Books()
    books.hold()
    books.decide(decision)
    books.about_the_lot()
    books.carry()
    books.carry()
    books.release()
    books.rest()
    assert (books.kind, books.documents) == ("unrestricted", ["321"])


HAPPENS = st.sampled_from(
    ("receive", "accept", "reject", "reject first", "hold", "release", "close", "open", "carry",
     "carry", "pause", "lane", "lane", "answer")
)  # fmt: skip


@given(st.lists(HAPPENS, max_size=60))
def test_at_rest_it_is_in_inspection_blocked_or_free_as_quality_says(history: list[str]) -> None:
    books = Books()
    for word in history:
        _happens(books, word)
    books.rest()
    left = "blocked" if books.held else "unrestricted"
    assert books.kind == (left if books.decision else "inspection")
    out = [one for one in books.documents if one in ("321", "350")]
    assert len(out) == (1 if books.decision else 0), "out of inspection once"


def _happens(books: Books, word: str) -> None:
    match word:
        case "receive":
            books.receive()
        case "accept" if not books.decision:
            books.decide("accept")
        case "reject" if not books.decision and (books.held or books.settled):
            if books.settled:
                books.hold()
            books.decide("reject")
        case "reject first" if not books.decision and books.settled:
            books.decide("reject")
            books.hold()
        case "hold" if books.settled:
            books.hold()
        case "release" if books.held:
            books.release()
        case "close" | "open":
            books.closed = word == "close"
        case "carry":
            books.carry()
        case "pause":
            books.pause()
        case "lane":
            books.about_the_lot()
        case "answer":
            books.answer()
        case _:
            pass
