"""What plant B's ERP must have been given to book: all that went into orders, and what came out;
and what its line must be known to do."""

__all__ = ["Staged", "decided", "happened", "line", "staged"]

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from andon.sandbox.lab.reckoning import Planned, Reckoned, as_planned
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.machines_b import LINE
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.truth import Broke, Consumed, Made, Mended, Started, Truth

_PLACE = "B.STORE"


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
    for kind, order, lots in erp.rows("select KIND, ORDNO, LOTS from STAGING"):
        for part in (lots or "").split(";"):
            lot, _, amount = part.partition("=")
            if lot:
                yield Staged(kind, order, lot, Decimal(amount) / 1000)


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
