"""What becomes of what went back: it is sent again, or nothing more is expected of its line."""

__all__ = ["asked_again", "completed", "owed_again", "settled"]

from collections.abc import Iterator
from decimal import Decimal

from andon.sandbox.lab.supply import happened, went_back
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.receiving import Receiving
from andon.sandbox.systems.supplier_edi import SupplierEdi
from andon.sandbox.systems.supplier_portal import SupplierPortal
from andon.sandbox.truth import Truth

_NOTHING = Decimal(0)
_Line = tuple[str, str]


def completed(erp: Erp) -> Iterator[_Line]:
    """Order and line, as the books have them."""
    for key, row in erp.company.books.rows("A_PurchaseOrderItem").items():
        if row["IsCompletelyDelivered"]:
            yield key[0], key[1]


def settled(truth: Truth, erp: Erp, dock: Receiving) -> Iterator[_Line]:
    """Order and line of which all that was ordered has come, or all that is promised, where some of
    it went back and is credited."""
    came: dict[_Line, Decimal] = {}
    for row in happened(truth):
        if row.movement == "101":
            came[row.order, row.line] = came.get((row.order, row.line), _NOTHING) + row.quantity
    credited = _credited(truth, dock)
    for (number, item), row in erp.company.books.rows("A_PurchaseOrderItem").items():
        line = number, item
        there, back = came.get(line, _NOTHING), credited.get(line, _NOTHING)
        committed, _ = erp.company.purchases.promised(number, item)
        owed = (committed or row["OrderQuantity"]) if back else row["OrderQuantity"]
        if there + back >= owed:
            yield line


def owed_again(truth: Truth, dock: Receiving) -> Iterator[tuple[str, str, Decimal]]:
    """Return, material and amount of what drivers have taken for replacement."""
    gone: dict[str, Decimal] = {}
    for row in went_back(truth):
        gone[row.lot] = gone.get(row.lot, _NOTHING) + row.quantity
    for one in dock.returns.all.values():
        if one.instead == "replacement" and one.state == "done":
            sums: dict[str, Decimal] = {}
            for lot in one.lots:
                sums[lot.item] = sums.get(lot.item, _NOTHING) + gone.get(lot.lot, _NOTHING)
            yield from ((one.id, item, amount) for item, amount in sums.items() if amount)


def asked_again(mailbox: SupplierEdi, portal: SupplierPortal) -> Iterator[tuple[str, str, Decimal]]:
    """What suppliers were asked to send again, or read that they owe."""
    for one in (*mailbox.offices.values(), portal):
        sums: dict[tuple[str, str], Decimal] = {}
        for call in one.asked_again:
            of = call.replaces, call.material
            sums[of] = sums.get(of, _NOTHING) + call.quantity
        yield from ((*of, amount) for of, amount in sums.items())


def _credited(truth: Truth, dock: Receiving) -> dict[_Line, Decimal]:
    """How much drivers have taken of it for which the supplier pays."""
    lots = {
        lot.lot for one in dock.returns.all.values() if one.instead == "credit" for lot in one.lots
    }
    found: dict[_Line, Decimal] = {}
    for row in went_back(truth):
        if row.lot in lots:
            line = row.order, row.line
            found[line] = found.get(line, _NOTHING) + row.quantity
    return found
