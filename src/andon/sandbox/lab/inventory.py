"""Stock: where each lot of plant A lies, against what the ERP and the WMS believe."""

__all__ = [
    "Adjusted",
    "Carried",
    "adjusted",
    "booked",
    "carried",
    "found",
    "scrapped",
    "stock_error",
    "tasks",
    "unseen",
]

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TypeVar

import msgspec

from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.lab.subcontracting import with_supplier
from andon.sandbox.lab.supply import aside
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.field_service import VAN
from andon.sandbox.systems.receiving import ASIDE
from andon.sandbox.systems.wms import PRODUCTION, Wms
from andon.sandbox.truth import Counted, Moved, Scrapped, Strayed, Truth

_STORES = {"171A": "production", "171W": "warehouse", "171V": "van"}
_HALLS = "W."
_K = TypeVar("_K")


class Carried(msgspec.Struct, frozen=True):
    """An amount of a lot that was taken into the warehouse."""

    lot: str
    quantity: Decimal


def carried(truth: Truth) -> Iterator[Carried]:
    """As people carried it."""
    for fact in truth.facts:
        if isinstance(fact, Moved) and fact.origin == PRODUCTION:
            yield Carried(fact.lot, fact.quantity)


def booked(erp: Erp) -> Iterator[Carried]:
    """As the books have it: movement 311, or 325 of what is blocked and 323 of what is inspected,
    in one document. Of their two lines the ERP makes the second itself."""
    for (_, _, lot), amount in _posted(erp, {"311": "311", "323": "311", "325": "311"}).items():
        yield Carried(lot, amount)


class Adjusted(msgspec.Struct, frozen=True):
    """A difference that was found in a bin, or an amount that was thrown away: below zero."""

    movement: str
    lot: str
    quantity: Decimal


def found(wms: Wms) -> Iterator[Adjusted]:
    """What people wrote down that the WMS had not believed."""
    for row in wms.changes:
        if row["type"] == "counted":
            more = Decimal(str(row["quantity"])) - Decimal(str(row["expected"]))
            if more:
                yield Adjusted("701" if more > 0 else "702", str(row["lot"]), abs(more))


def scrapped(truth: Truth) -> Iterator[Adjusted]:
    """What was thrown away in the halls of the WMS, and in the store of the lines."""
    for fact in truth.facts:
        if isinstance(fact, Scrapped) and fact.place.startswith((_HALLS, PRODUCTION)):
            yield Adjusted("551", fact.lot, fact.quantity)


def adjusted(erp: Erp) -> Iterator[Adjusted]:
    """As the books have it, whatever it may be used for, of one document together; a reversal is a
    fault here."""
    scraps = dict.fromkeys(("551", "553", "555"), "551")
    kinds = {"701": "701", "702": "702", "552": "552", **scraps}
    for (_, kind, lot), amount in _posted(erp, kinds).items():
        yield Adjusted(kind, lot, amount)


def _posted(
    erp: Erp, kinds: Mapping[str, str]
) -> Mapping[tuple[tuple[str, str], str, str], Decimal]:
    """(document, kind, lot) -> how much; `kinds` says as what each movement type counts."""
    posted: dict[tuple[tuple[str, str], str, str], Decimal] = {}
    for key, row in erp.company.books.rows("A_MaterialDocumentItem").items():
        kind = kinds.get(row["GoodsMovementType"])
        elsewhere = row.get("IsAutomaticallyCreated") or row.get("InventorySpecialStockType")
        if kind is not None and not elsewhere:
            _add(posted, ((key[0], key[1]), kind, row["Batch"]), row["QuantityInEntryUnit"])
    return posted


def unseen(truth: Truth) -> Mapping[tuple[str, str], Decimal]:
    """(lot, place) -> what lies there beyond what anybody could know: what went astray since the
    last count, or was miscounted in it. Below zero: what is missing."""
    beyond: dict[tuple[str, str], Decimal] = {}
    for fact in truth.facts:
        match fact:
            case Strayed():
                _add(beyond, (fact.lot, fact.origin), -fact.quantity)
                if fact.place:
                    _add(beyond, (fact.lot, fact.place), fact.quantity)
            case Counted():
                beyond[fact.lot, fact.place] = fact.there - fact.quantity
            case _:
                pass
    return beyond


def tasks(wms: Wms) -> Reckoned:
    """No task was given twice: each carries the key under which it was asked for."""
    keys = [task.reference for task in wms.tasks.values()]
    return Reckoned(lost=0, doubled=len(keys) - len(set(keys)), out_of_order=0)


def stock_error(truth: Truth, erp: Erp, wms: Wms) -> Decimal:
    """How much is wrong in all: over lots and places, what the ERP and the WMS believe less what
    lies there as far as somebody has seen it, without its sign. In pieces."""
    lies: dict[tuple[str, str], Decimal] = {}
    bins: dict[tuple[str, str], Decimal] = {}
    hidden = ((at, -amount) for at, amount in unseen(truth).items())
    for (lot, place), amount in (*truth.everywhere().items(), *hidden):
        if place == PRODUCTION:
            _add(lies, (lot, "production"), amount)
        elif place == VAN:
            _add(lies, (lot, "van"), amount)
        elif place == ASIDE:
            _add(lies, (lot, "aside"), amount)
        elif place.startswith(_HALLS):
            _add(lies, (lot, "warehouse"), amount)
            _add(bins, (lot, place), amount)
    for lot, amount in with_supplier(truth).items():
        _add(lies, (lot, "supplier"), amount)
    books: dict[tuple[str, str], Decimal] = {}
    for there, amount in erp.company.movements.stocks.all():
        place = "supplier" if there.supplier else _STORES.get(there.store, there.store)
        _add(books, (there.batch, place), amount)
    for lot, amount in aside(erp).items():
        _add(books, (lot, "aside"), amount)
    return _apart(lies, books) + _apart(bins, wms.bins)


def _add(to: dict[_K, Decimal], where: _K, amount: Decimal) -> None:
    to[where] = to.get(where, Decimal(0)) + amount


def _apart(
    one: Mapping[tuple[str, str], Decimal], other: Mapping[tuple[str, str], Decimal]
) -> Decimal:
    places = one.keys() | other.keys()
    zero = Decimal(0)
    return sum((abs(one.get(at, zero) - other.get(at, zero)) for at in places), zero)
