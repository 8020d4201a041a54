"""What plant B's ERP must have been given to book: all that went into orders, and what came out;
what its line must be known to do; which lots both must have out of use; and how its planners take
back what the floor refuses."""

__all__ = [
    "Staged", "blocked", "closed", "confirmed", "counted", "decided", "due", "happened", "line",
    "set_aside", "staged", "take_back",
]  # fmt: skip

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import msgspec

from andon.sandbox.lab.reckoning import Planned, Reckoned, as_planned, compare
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE, MachinesB
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.planning import Planning
from andon.sandbox.systems.qms import Qms, plant_of
from andon.sandbox.truth import Broke, Consumed, Made, Mended, Started, Truth
from andon.sandbox.zones import PLANT_B

_PLACE = "B.STORE"
_ORDER = "production-order/erp-b:"


class Staged(msgspec.Struct, frozen=True):
    """An amount of one lot in a row of its staging table."""

    kind: str
    order: str
    lot: str
    quantity: Decimal


def happened(truth: Truth) -> Iterator[Staged]:
    """As the floor did it."""
    for fact in truth.facts:
        match fact:
            case Consumed() if fact.place == _PLACE:
                yield Staged("ISSUE", fact.order, fact.lot, fact.quantity)
            case Made() if fact.place == _PLACE:
                yield Staged("RECPT", fact.order, fact.lot, fact.good)
            case _:
                pass


def staged(erp: ErpB) -> Iterator[Staged]:
    """As it stands there, whether or not a batch has taken it over."""
    moves = "select KIND, ORDNO, LOTS from STAGING where KIND in ('ISSUE', 'RECPT')"
    for kind, order, lots in erp.rows(moves):
        for part in lots.split(";"):
            lot, _, amount = part.partition("=")
            yield Staged(kind, order, lot, Decimal(amount) / 1000)


def confirmed(truth: Truth, erp: ErpB) -> Reckoned:
    """Each operation of the line is confirmed once, with what it made and spoiled."""
    made = (
        (fact.order, fact.operation, fact.good, fact.scrap)
        for fact in truth.facts
        if isinstance(fact, Made) and fact.machine == LINE
    )
    rows = erp.rows("select ORDNO, OPER, QTYM, SCRPM from STAGING where KIND = 'CONFM'")
    said = (
        (order, operation, Decimal(good) / 1000, Decimal(scrap) / 1000)
        for order, operation, good, scrap in rows
    )
    return compare(made, said)


def closed(mes: MesB, erp: ErpB) -> Reckoned:
    """Each order that its MES has reported as made is closed once, and no other."""
    rows = erp.rows("select ORDNO from STAGING where KIND = 'CLOSE'")
    return compare(mes.done, (order for (order,) in rows))


def counted(machines: MachinesB, mes: MesB, erp: ErpB) -> Reckoned:
    """What the machine has counted is what its MES has reported, piece by piece, and that is what
    is received, lot by lot."""
    reported = Decimal(sum(done.good for done in mes.done.values()))
    lots = (Staged("RECPT", order, done.lot, done.good) for order, done in mes.done.items())
    received = compare(lots, (row for row in staged(erp) if row.kind == "RECPT"))
    return received + Reckoned(
        lost=max(0, int(machines.good - reported)),
        doubled=max(0, int(reported - machines.good)),
        out_of_order=0,
    )


def decided(erp: ErpB, mes: MesB) -> Reckoned:
    """What planners want of orders against what the floor has of them."""
    floor = mes.floor
    rows = erp.rows("select ORDNO, QTYM, STAT from WORKORD")
    return as_planned(
        (Planned(number, Decimal(parts) / 1000, status == "X") for number, parts, status in rows),
        (
            Planned(number, floor.wanted(number).quantity, state == "cancelled")
            for number, state in floor.states.items()
        ),
        refused=floor.refused,
    )


def due(erp: ErpB, mes: MesB, planning: Planning) -> Reckoned:
    """A day of its ERP ends for the floor and for planning when it ends at plant B, whatever each
    of them writes. What the floor refused of an order stays as it was there."""
    wrong = 0
    for number, day in erp.rows("select ORDNO, DUED from WORKORD where STAT = 'R'"):
        ends = datetime.strptime(f"{day}2359", "%Y%m%d%H%M").replace(tzinfo=PLANT_B)
        if number in mes.floor.states and number not in mes.floor.refused:
            wrong += datetime.fromisoformat(mes.floor.wanted(number).due) != ends
        job = planning.jobs.get(f"{_ORDER}{number}")
        wrong += job is not None and job.due != ends
    return Reckoned(lost=wrong, doubled=0, out_of_order=0)


def take_back(erp: ErpB, mes: MesB, subject: str) -> bool:
    """What the floor refuses of an order, planners take back at their screen: it is wanted as the
    floor makes it. False where nothing is to be taken back, or it is too late."""
    _, ours, number = subject.rpartition(_ORDER)
    floor = mes.floor
    if not ours or floor.states.get(number) in (None, "cancelled"):
        return False
    made = floor.wanted(number).quantity
    rows = erp.rows("select ORDNO, STAT, QTYM from WORKORD")
    status, parts = next((status, parts) for order, status, parts in rows if order == number)
    if status != "X" and Decimal(parts) / 1000 == made:
        return False
    undo = erp.reinstate if status == "X" else erp.change
    try:
        undo(number, quantity=int(made))
    except ValueError:
        return False
    return True


def set_aside(qms: Qms, mes: MesB) -> Reckoned:
    """Its line leaves alone what the QMS holds now, and nothing else."""
    return compare(_held(qms), mes.floor.aside.lots)


def blocked(qms: Qms, erp: ErpB) -> Reckoned:
    """Each hold of a lot takes it out of use in the books once, and each release back into it once,
    and behind the last row, whether or not a batch has taken it over, the books have out of use
    what the QMS holds now."""
    said = (
        (kind, one.lot)
        for one in qms.holds
        if plant_of(one.lot) == "plant-b"
        for kind in ("BLOCK", *(("UNBLK",) if one.released_at else ()))
    )
    rows = erp.rows("select KIND, LOTS from STAGING where ORDNO is null order by DOCNO")
    found = compare(said, rows)
    stands = {lot for lot, kind in {lot: kind for kind, lot in rows}.items() if kind == "BLOCK"}
    turned = len(stands ^ _held(qms)) if found.well else 0
    return found + Reckoned(lost=0, doubled=0, out_of_order=turned)


def _held(qms: Qms) -> set[str]:
    return {
        one.lot for one in qms.holds if plant_of(one.lot) == "plant-b" and one.released_at is None
    }


def line(truth: Truth) -> tuple[str, Decimal]:
    """What the line of plant B does at the end of these facts, in the words of OPC 40001-1, and how
    many good pieces it has made."""
    state, good = "NotExecuting", Decimal(0)
    for fact in truth.facts:
        match fact:
            case Started() if fact.machine == LINE:
                state = "Executing"
            case Broke() if fact.machine == LINE:
                state = "OutOfService"
            case Mended() if fact.machine == LINE:
                state = "NotExecuting"
            case Made() if fact.machine == LINE:
                state, good = "NotExecuting", good + fact.good
            case _:
                pass
    return state, good
