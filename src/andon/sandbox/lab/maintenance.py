"""What maintenance and planning must have been told, and what the books must say of dates."""

__all__ = ["dates", "orders"]

from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.cmms import Cmms
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.planning import Planning


def orders(cmms: Cmms) -> Reckoned:
    """No request was raised twice: each carries the key under which it was asked for."""
    keys = [order.external_ref for order in cmms.orders.values()]
    return Reckoned(lost=0, doubled=len(keys) - len(set(keys)), out_of_order=0)


def dates(planning: Planning, erp: Erp) -> Reckoned:
    """An order that planning moved has, while it is open, the end that planning said last; an
    older one means that a later word was overtaken."""
    stale = 0
    for (number,), row in erp.company.books.rows("A_ProductionOrder_2").items():
        ends = planning.moved.get(f"production-order/erp:{number}")
        if ends is None:
            continue
        said = row["MfgOrderScheduledEndDate"] + row["MfgOrderScheduledEndTime"]
        stale += said != ends.replace(microsecond=0)
    return Reckoned(lost=0, doubled=0, out_of_order=stale)
