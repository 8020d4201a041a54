"""Inspection stock: what the books let each lot of plant A be used for, against what quality says
of it."""

__all__ = ["bound", "standing"]

from collections import Counter
from collections.abc import Iterable, Set

from andon.connectors.odata.simulated.movement_types import BLOCKED, IN_INSPECTION, UNRESTRICTED
from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.qms import Qms
from andon.sandbox.truth import Truth, family

_OUT = ("321", "350")
"""Movement types that take out of inspection: to use, and to what is blocked."""


def standing(truth: Truth, qms: Qms, erp: Erp, lots: Iterable[str]) -> Reckoned:
    """Of what these lots have in the books: what nobody has decided about is in inspection, what is
    held since or was then is blocked, the rest is for any use. A lot with a held one in it may wait
    in inspection as long as that binds it. Nothing goes out of inspection twice, or undecided."""
    mine, bound_now = set(lots), bound(truth, qms)
    there = {
        (where.batch, where.stock_type)
        for where, amount in erp.company.movements.stocks.all()
        if where.batch in mine and amount and not where.supplier
    }
    must = {(lot, _use(qms, lot)) for lot, _ in there}
    waits = {
        (lot, IN_INSPECTION)
        for lot in bound_now
        if (lot, IN_INSPECTION) in there and (lot, UNRESTRICTED) in must
    }
    must = must - {(lot, UNRESTRICTED) for lot, _ in waits} | waits
    out = _taken_out(erp, mine)
    again = sum(times - (1 if _decided(qms, lot) else 0) for lot, times in out.items())
    return compare(must, there) + Reckoned(lost=0, doubled=again, out_of_order=0)


def bound(truth: Truth, qms: Qms) -> Set[str]:
    """Lots that a held one is in, but those that a concession lets pass, and what is made of these
    alone."""
    found: set[str] = set()
    for hold in qms.holds:
        if hold.released_at is None:
            passing = {one.lot for one in qms.concessions if one.hold == hold.id}
            found |= family(hold.lot, truth.genealogy.made, passing) - {hold.lot}
    return found


def _use(qms: Qms, lot: str) -> str:
    if not _decided(qms, lot):
        return IN_INSPECTION
    return UNRESTRICTED if qms.held(lot) is None else BLOCKED


def _decided(qms: Qms, lot: str) -> bool:
    return any(one.decision for one in qms.inspections.values() if one.lot == lot)


def _taken_out(erp: Erp, lots: Set[str]) -> Counter[str]:
    """Lot -> how many documents took of it out of inspection."""
    rows = erp.company.books.rows("A_MaterialDocumentItem").items()
    documents = {
        (key[:2], row["Batch"])
        for key, row in rows
        if row["GoodsMovementType"] in _OUT and row["Batch"] in lots
    }
    return Counter(lot for _, lot in documents)
