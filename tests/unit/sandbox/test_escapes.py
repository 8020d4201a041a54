"""Hold escapes: what is counted of what was taken though it was held, and what is not."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from andon.sandbox.lab.quality import KNOWN_WITHIN, hold_escapes
from andon.sandbox.systems.qms import Concession, Hold
from andon.sandbox.systems.wms import Task
from andon.sandbox.truth import Consumed, Fact, Left, Made, Used
from andon.sandbox.world import BEGAN

HOUR = timedelta(hours=1)


def picked(after: timedelta, lot: str = "A1") -> Task:
    return Task(
        id="T", kind="pick", lot=lot, item="PUMP", quantity=Decimal(1), delivery="8",
        reference="k", state="done", taken_at=BEGAN, done_at=BEGAN + after,
    )  # fmt: skip


def test_a_pick_of_a_lot_that_was_known_to_be_held_is_an_escape() -> None:
    hold = Hold(lot="A1", reason="porous", placed_at=BEGAN, heard_at=BEGAN)
    hold.released_at = BEGAN + timedelta(hours=3)

    (escape,) = hold_escapes([hold], [picked(HOUR)])
    assert escape.words.startswith(f"A1 was taken at {BEGAN + HOUR} by Task(id='T', kind='pick'")
    assert escape.words.endswith(f"heard {BEGAN}, released {hold.released_at}")
    asked = msgspec.structs.replace(
        picked(HOUR), taken_at=BEGAN + HOUR, state="stopped", done_at=None
    )
    (escape,) = hold_escapes([hold], [asked])
    assert escape.at == BEGAN + HOUR
    others = [picked(KNOWN_WITHIN), picked(4 * HOUR), picked(HOUR, "A2")]
    assert not hold_escapes([hold], others)
    assert not hold_escapes([Hold(lot="A1", reason="", placed_at=BEGAN)], [picked(HOUR)])


HELD = Hold(lot="H1", reason="crack", placed_at=BEGAN, heard_at=BEGAN, released_at=BEGAN + 5 * HOUR)


def _consumed(after: timedelta, lot: str = "H1", order: str = "1") -> Fact:
    return Consumed(
        at=BEGAN + after, order=order, operation="0010", lot=lot, material="HOUSING",
        quantity=Decimal(1), place="A.STORE",
    )  # fmt: skip


def _produced(after: timedelta, lot: str, order: str = "1") -> Fact:
    return Made(
        at=BEGAN + after, order=order, operation="0020", machine="LINE1", began=BEGAN,
        material="PUMP", good=Decimal(1), scrap=Decimal(0), lot=lot, place="A.STORE",
    )  # fmt: skip


def _left(after: timedelta, lot: str) -> Fact:
    return Left(
        at=BEGAN + after, lot=lot, material="PUMP", quantity=Decimal(1), place="W.DOCK", because="8"
    )


def _used(after: timedelta, lot: str) -> Fact:
    return Used(
        at=BEGAN + after, case="C", visit="V", lot=lot, material="SEAL", quantity=Decimal(1),
        place="V.VAN",
    )  # fmt: skip


BEFORE = [_consumed(-HOUR), _produced(-HOUR / 2, "P1"), _consumed(-HOUR / 3, "P1", "2")]
"""The lot was used before it was held: P1 was made of it, and P2 of that."""
GREW = [*BEFORE, _produced(-HOUR / 4, "P2", "2")]


@pytest.mark.parametrize(
    ("facts", "escapes"),
    [
        ([_consumed(HOUR)], 1),
        ([_used(HOUR, "H1"), _left(2 * HOUR, "H1")], 2),
        (GREW, 0),
        ([*GREW, _left(HOUR, "P1")], 1),
        ([*GREW, _consumed(HOUR, "P2", "3"), _left(HOUR, "P2")], 2),
        ([*GREW, _left(HOUR, "P9")], 0),
        ([_consumed(KNOWN_WITHIN), _consumed(6 * HOUR), _consumed(HOUR, "H2")], 0),
    ],
    ids=["consumed", "used or sent", "before it", "made of it", "made of that", "other", "in time"],
)
def test_whatever_takes_of_a_held_lot_or_of_what_was_made_of_it_is_an_escape(
    facts: list[Fact], escapes: int
) -> None:
    assert len(hold_escapes([HELD], [], facts)) == escapes


@pytest.mark.parametrize(
    ("cut_off", "after", "escapes"),
    [
        ((0.1, None), 4 * HOUR, 0),
        ((0.1, 3), 3 * HOUR, 0),
        ((0.1, 3), 3 * HOUR + KNOWN_WITHIN, 0),
        ((0.1, 3), 3.5 * HOUR, 1),
        ((-1, 3), 2 * HOUR, 0),
        ((-2, -1), HOUR, 1),
        ((1, 3), 2 * HOUR, 1),
    ],
)
def test_no_word_of_a_hold_reaches_a_floor_that_is_cut_off(
    cut_off: tuple[float, float | None], after: timedelta, escapes: int
) -> None:
    """One that had the word before consumes what it knows is held; and what is carried is carried
    by people who are not on that floor."""
    begins, ends = cut_off
    away = (BEGAN + begins * HOUR, None if ends is None else BEGAN + ends * HOUR)
    assert len(hold_escapes([HELD], [], [_consumed(after)], [away])) == escapes
    assert len(hold_escapes([HELD], [], [_left(after, "H1")], [away])) == 1


@pytest.mark.parametrize(
    ("dead", "after", "escapes"),
    [
        ([], 0.5, 1),
        ([(0.1, 0.3)], 0.5, 0),
        ([(0.1, 0.3)], 0.6, 1),
        ([(-1, 0.3)], 0.6, 0),
        ([(-1, 0.3)], 0.7, 1),
        ([(0.1, 0.3), (0.4, 0.6)], 0.7, 0),
        ([(0.1, 0.3), (0.4, 0.6)], 0.8, 1),
        ([(0.5, 0.9)], 0.7, 1),
        ([(0.1, None)], 4, 0),
    ],
)
def test_the_time_in_which_andon_was_dead_is_not_counted(
    dead: list[tuple[float, float | None]], after: float, escapes: int
) -> None:
    spans = [
        (BEGAN + begins * HOUR, None if ends is None else BEGAN + ends * HOUR)
        for begins, ends in dead
    ]
    assert len(hold_escapes([HELD], [], [_consumed(after * HOUR)], [], spans)) == escapes


def test_a_task_asked_for_at_the_release_may_be_earlier_by_another_clock() -> None:
    for before, escapes in ((timedelta(seconds=59), 0), (timedelta(seconds=61), 1)):
        at = BEGAN + 5 * HOUR - before
        task = msgspec.structs.replace(picked(HOUR, "H1"), taken_at=at, state="open", done_at=None)
        assert len(hold_escapes([HELD], [task])) == escapes


def _passes(lot: str, after: timedelta, hold: str = "HLD-1") -> Concession:
    return Concession(
        id="CNC-1", lot=lot, held="H1", hold=hold, reason="", reference="",
        granted_at=BEGAN + after,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("concession", "escapes"),
    [
        (None, ["H1", "P1", "P2"]),
        (_passes("P1", HOUR), ["H1"]),
        (_passes("P2", HOUR), ["H1", "P1"]),
        (_passes("P1", 3 * HOUR), ["H1", "P1", "P2"]),
        (_passes("P1", HOUR, hold="HLD-2"), ["H1", "P1", "P2"]),
        (_passes("H1", HOUR), ["H1", "P1", "P2"]),
    ],
)
def test_what_passes_by_a_concession_of_the_hold_is_none_from_then_on(
    concession: Concession | None, escapes: list[str]
) -> None:
    hold = msgspec.structs.replace(HELD, id="HLD-1")
    took = [_left(2 * HOUR, lot) for lot in ("H1", "P1", "P2")]
    granted = [] if concession is None else [concession]
    found = hold_escapes([hold], [], [*GREW, *took], concessions=granted)
    assert [escape.lot for escape in found] == escapes


def test_an_outage_of_plant_a_excuses_nobody_at_plant_b() -> None:
    hold = Hold(lot="BS1", reason="crack", placed_at=BEGAN, heard_at=BEGAN)
    taken = Consumed(
        at=BEGAN + HOUR, order="B1", operation="MAKE", lot="BS1", material="SEAL",
        quantity=Decimal(1), place="B.STORE",
    )  # fmt: skip
    (escape,) = hold_escapes([hold], [], [taken], [(BEGAN, None)])
    assert escape.lot == "BS1"
    assert not hold_escapes([hold], [], [taken], [], [(BEGAN, BEGAN + HOUR)])
