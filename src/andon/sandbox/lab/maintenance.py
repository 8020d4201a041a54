"""What maintenance and planning must have been told, and what the books must say of dates."""

__all__ = ["conditions", "dates", "open_orders", "orders", "scheduled"]

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.cmms import Cmms
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.erp_b import ErpB
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.mes_b import MesB
from andon.sandbox.systems.planning import Planning
from andon.sandbox.truth import Mended, Truth, Wore

_ENDED = ("done", "made", "cancelled")
"""In the words of either floor."""
_SHAKES = Decimal("4.5")
"""Millimetres per second, from which on a line is not fit to run on (ISO 20816-3, zone C)."""
_HEARD_WITHIN = timedelta(minutes=15)
_SOON = 2


def orders(cmms: Cmms) -> Reckoned:
    """No request was raised twice: each carries the key under which it was asked for."""
    keys = [order.external_ref for order in cmms.orders.values()]
    return Reckoned(lost=0, doubled=len(keys) - len(set(keys)), out_of_order=0)


def conditions(truth: Truth, now: datetime, cmms: Cmms) -> Reckoned:
    """Whoever shakes at rest, and has for long, has an order; and there are no more orders because
    of it than there were lines that began to shake. One that broke before anybody came is no
    loss of ours: it may have broken sooner than it could be asked for."""
    shaking: dict[str, datetime] = {}
    began: Counter[str] = Counter()
    for fact in truth.facts:
        match fact:
            case Wore() if fact.vibration >= _SHAKES and fact.machine not in shaking:
                shaking[fact.machine] = fact.at
                began[fact.machine] += 1
            case Mended():
                shaking.pop(fact.machine, None)
            case _:
                pass
    asked = Counter(cmms.assets[one.asset] for one in cmms.orders.values() if one.priority == _SOON)
    open_ = {cmms.assets[one.asset] for one in cmms.orders.values() if one.status != "DONE"}
    unheard = [line for line, at in shaking.items() if now - at > _HEARD_WITHIN]
    lost = sum(line not in open_ for line in unheard)
    return Reckoned(lost=lost, doubled=(asked - began).total(), out_of_order=0)


def dates(planning: Planning, erp: Erp) -> Reckoned:
    """Each order has the end that planning said last; an older one means that a later word was
    overtaken. What was cancelled ends nowhere."""
    stale = 0
    for (number,), row in erp.company.books.rows("A_ProductionOrder_2").items():
        ends = planning.said.get(f"production-order/erp:{number}")
        if ends is None or row["OrderIsMarkedForDeletion"]:
            continue
        said = row["MfgOrderScheduledEndDate"] + row["MfgOrderScheduledEndTime"]
        stale += said != ends.replace(microsecond=0)
    return Reckoned(lost=0, doubled=0, out_of_order=stale)


def open_orders(erp: Erp, mes: MesA, erp_b: ErpB, mes_b: MesB) -> Iterator[tuple[str, Decimal]]:
    """Orders of both plants of which something is to be made, and how much planners want of each:
    released, not cancelled, and not at their end on the floor."""
    ended = {one.number for one in mes.floor.orders.values() if one.status in _ENDED}
    for (number,), row in erp.company.books.rows("A_ProductionOrder_2").items():
        cancelled = row["OrderIsMarkedForDeletion"]
        if row["OrderIsReleased"] and not cancelled and number not in ended:
            yield f"production-order/erp:{number}", row["TotalQuantity"]
    ended_b = {number for number, state in mes_b.floor.states.items() if state in _ENDED}
    rows = erp_b.rows("select ORDNO, QTYM from WORKORD where STAT = 'R'")
    for number, thousandths in rows:
        if number not in ended_b:
            yield f"production-order/erp-b:{number}", Decimal(thousandths) / 1000


def scheduled(planning: Planning) -> Iterator[tuple[str, Decimal]]:
    """Orders that have a place, and how much of each."""
    for job in planning.jobs.values():
        yield job.order, job.quantity
