"""The comparison of the kill proof finds what is lost, doubled or wrong, in each of the systems."""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import pytest

from proof.real.booked import Booked, Lot, Move, Work
from proof.real.compare import at_rest, differences, strays
from proof.real.confirmed import Confirmation
from proof.real.difference import Difference
from proof.real.recorded import Record, Recorded
from tests.unit.proof.plants import COLA, WATER, books, log, outbox

BOTH = (WATER, COLA)
Row = TypeVar("Row")


def found(
    *,
    said: list[Confirmation] | None = None,
    booked: Booked | None = None,
    recorded: Recorded | None = None,
) -> list[Difference]:
    given = (
        BOTH,
        outbox(*BOTH) if said is None else said,
        books(*BOTH) if booked is None else booked,
        log(*BOTH) if recorded is None else recorded,
    )
    return [*differences(*given), *strays(*given)]


def kinds(differences: list[Difference]) -> set[tuple[str, str]]:
    return {(one.kind, one.order) for one in differences}


def again(rows: tuple[Row, ...], mine: Callable[[Row], bool]) -> tuple[Row, ...]:
    """With the first of mine twice."""
    return (*rows, next(row for row in rows if mine(row)))


def without(rows: tuple[Row, ...], mine: Callable[[Row], bool]) -> tuple[Row, ...]:
    """Without the first of mine."""
    gone = next(row for row in rows if mine(row))
    return tuple(row for row in rows if row is not gone)


def booked_with(**parts: object) -> Booked:
    return msgspec.structs.replace(books(*BOTH), **parts)


def recorded_with(**parts: object) -> Recorded:
    return msgspec.structs.replace(log(*BOTH), **parts)


def test_what_everybody_did_once_differs_in_nothing() -> None:
    assert found() == []


def is_consumption(move: Move) -> bool:
    return (move.order, move.side) == (WATER.number, "in")


def is_output(move: Move) -> bool:
    return (move.order, move.side) == (WATER.number, "out")


@pytest.mark.parametrize("move", [is_consumption, is_output])
def test_a_movement_booked_twice_is_doubled(move: Callable[[Move], bool]) -> None:
    doctored = booked_with(moves=again(books(*BOTH).moves, move))
    assert kinds(found(booked=doctored)) == {("doubled", WATER.number)}


@pytest.mark.parametrize("move", [is_consumption, is_output])
def test_a_movement_never_booked_is_lost(move: Callable[[Move], bool]) -> None:
    doctored = booked_with(moves=without(books(*BOTH).moves, move))
    assert kinds(found(booked=doctored)) == {("lost", WATER.number)}


def test_a_movement_out_of_another_lot_is_seen() -> None:
    moves = tuple(
        msgspec.structs.replace(move, lot="LOT-FLAVOR-002") if is_consumption(move) else move
        for move in books(*BOTH).moves
    )
    assert kinds(found(booked=booked_with(moves=moves))) == {
        ("lost", WATER.number),
        ("doubled", WATER.number),
    }


def test_a_movement_that_is_planned_and_not_done_is_lost() -> None:
    moves = tuple(msgspec.structs.replace(m, state="assigned") for m in books(*BOTH).moves)
    assert kinds(found(booked=booked_with(moves=moves))) == {
        ("lost", order.number) for order in BOTH
    }


def test_a_movement_of_an_order_nobody_planned_is_doubled() -> None:
    stray = Move("MO9", "in", "RAW-SUGAR", None, 1.0, "done")
    doctored = booked_with(moves=(*books(*BOTH).moves, stray))
    assert kinds(found(booked=doctored)) == {("doubled", "MO9")}


def is_mix(work: Work) -> bool:
    return (work.order, work.operation) == (COLA.number, "Mix")


@pytest.mark.parametrize(
    ("cycles", "kind"), [((), "lost"), ((0.25, 0.25), "doubled"), ((0.5,), "wrong")]
)
def test_cycles_are_counted_and_timed(cycles: tuple[float, ...], kind: str) -> None:
    works = tuple(
        msgspec.structs.replace(work, cycles=cycles) if is_mix(work) else work
        for work in books(*BOTH).works
    )
    assert kinds(found(booked=booked_with(works=works))) == {(kind, COLA.number)}


def test_a_missing_operation_is_lost() -> None:
    doctored = booked_with(works=without(books(*BOTH).works, is_mix))
    assert kinds(found(booked=doctored)) == {("lost", COLA.number)}


def test_a_cycle_of_an_operation_that_nobody_confirmed_is_doubled() -> None:
    label = Work(WATER.number, "Label", "done", (0.25,))
    doctored = booked_with(works=(*books(*BOTH).works, label))
    assert kinds(found(booked=doctored)) == {("doubled", WATER.number)}


def test_an_order_that_is_not_done_is_lost() -> None:
    doctored = booked_with(orders=((WATER.number, "running"), (COLA.number, "done")))
    assert kinds(found(booked=doctored)) == {("lost", WATER.number)}


def test_an_order_that_is_there_twice_is_doubled() -> None:
    doctored = booked_with(orders=(*books(*BOTH).orders, (WATER.number, "done")))
    assert kinds(found(booked=doctored)) == {("doubled", WATER.number)}


def test_a_second_lot_of_the_same_number_is_doubled() -> None:
    second = Lot(99, f"{WATER.number}-FG", WATER.product)
    doctored = booked_with(lots=(*books(*BOTH).lots, second))
    assert ("doubled", WATER.number) in kinds(found(booked=doctored))


def test_a_lot_that_the_mes_never_made_is_doubled() -> None:
    stray = Lot(99, "L-9", "FG-COLA")
    doctored = booked_with(lots=(*books(*BOTH).lots, stray))
    assert kinds(found(booked=doctored)) == {("doubled", "L-9")}


def test_inspections_are_counted() -> None:
    inspections = books(*BOTH).inspections
    twice = found(booked=booked_with(inspections=(*inspections, *inspections)))
    never = found(booked=booked_with(inspections=()))
    assert kinds(twice) == {("doubled", COLA.number)}
    assert ("lost", COLA.number) in kinds(never)


def test_a_confirmation_that_the_mes_still_holds_is_lost() -> None:
    said = [
        msgspec.structs.replace(one, status="pending") if one.key.endswith("op20") else one
        for one in outbox(*BOTH)
    ]
    assert kinds(found(said=said)) == {("lost", order.number) for order in BOTH}


def test_an_order_that_the_floor_did_not_make_is_lost() -> None:
    assert ("lost", COLA.number) in kinds(found(said=outbox(WATER)))


def is_op10(record: Record) -> bool:
    return record.id == f"{WATER.number}:op10"


def test_a_confirmation_that_is_not_in_the_log_is_lost() -> None:
    doctored = recorded_with(
        records=without(log(*BOTH).records, is_op10),
        seen=tuple(one for one in log(*BOTH).seen if one[1] != f"{WATER.number}:op10"),
    )
    assert kinds(found(recorded=doctored)) == {("lost", WATER.number)}


def test_a_confirmation_that_is_twice_in_the_log_is_doubled() -> None:
    doctored = recorded_with(records=again(log(*BOTH).records, is_op10))
    assert kinds(found(recorded=doctored)) == {("doubled", WATER.number)}


def test_an_event_that_the_mes_never_said_is_doubled() -> None:
    stray = Record("event", "mes", f"{WATER.number}:op30", "x.v1", WATER.number, {})
    doctored = recorded_with(records=(*log(*BOTH).records, stray))
    assert kinds(found(recorded=doctored)) == {("doubled", WATER.number)}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("good", {"amount": "6", "unit": "u"}),
        ("scrap", {"amount": "0", "unit": "u"}),
        ("operation", "Pack"),
        ("machine_time", "PT2S"),
        ("consumed", []),
    ],
)
def test_a_confirmation_recorded_otherwise_than_said_is_wrong(field: str, value: object) -> None:
    records = tuple(
        msgspec.structs.replace(one, data={**one.data, field: value}) if is_op10(one) else one
        for one in log(*BOTH).records
    )
    assert kinds(found(recorded=recorded_with(records=records))) == {("wrong", WATER.number)}


def test_a_release_recorded_twice_is_doubled() -> None:
    doctored = recorded_with(records=again(log(*BOTH).records, lambda r: r.source == "erp"))
    assert kinds(found(recorded=doctored)) == {("doubled", WATER.number)}


def test_every_receipt_is_counted() -> None:
    whole = log(*BOTH).records
    for place, record in enumerate(whole):
        if record.kind == "receipt":
            fewer = recorded_with(records=(*whole[:place], *whole[place + 1 :]))
            more = recorded_with(records=(*whole, record))
            assert kinds(found(recorded=fewer)) == {("lost", record.order)}
            assert kinds(found(recorded=more)) == {("doubled", record.order)}


def test_a_receipt_for_a_lot_that_is_not_there_is_wrong() -> None:
    lots = tuple(msgspec.structs.replace(lot, id=lot.id + 100) for lot in books(*BOTH).lots)
    assert kinds(found(booked=booked_with(lots=lots))) == {
        ("wrong", order.number) for order in BOTH
    }


def test_a_command_that_never_ended_is_lost() -> None:
    assert kinds(found(recorded=recorded_with(undelivered=1))) == {("lost", "")}


def test_an_order_rests_when_all_three_have_nothing_more_to_say() -> None:
    said, there, recorded = outbox(WATER), books(WATER), log(WATER)
    assert at_rest(WATER, said, there, recorded)
    unsent = [msgspec.structs.replace(one, status="pending") for one in said]
    running = msgspec.structs.replace(there, orders=((WATER.number, "running"),))
    silent = msgspec.structs.replace(recorded, records=())
    assert not at_rest(WATER, said[:2], there, recorded)
    assert not at_rest(WATER, unsent, there, recorded)
    assert not at_rest(WATER, said, running, recorded)
    assert not at_rest(WATER, said, there, silent)
