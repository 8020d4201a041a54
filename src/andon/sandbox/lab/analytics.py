"""What analytics must have been told of plant A: each order as it is planned, each operation, each
piece moved."""

__all__ = ["Told", "booked", "happened", "planned", "turned"]

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from andon.sandbox.lab.reckoning import Planned, Reckoned, compare
from andon.sandbox.systems.analytics.rows import Told as Row
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.machines import LINES
from andon.sandbox.systems.wms import PRODUCTION
from andon.sandbox.truth import Consumed, Finished, Made, Moved, Truth

_ORDERS = "production-order/erp:"
_PLANT = "A."


class Told(msgspec.Struct, frozen=True):
    """One row, as far as it can be compared with a fact."""

    what: str
    """`confirmed`, `completed`, `taken`, `received`, `moved`."""
    whose: str
    """The order, or the lot that was moved."""
    about: str
    """The operation or the material."""
    quantity: Decimal


def happened(truth: Truth) -> Counter[Told]:
    """In the words of the rows."""
    found: Counter[Told] = Counter()
    for fact in truth.facts:
        match fact:
            case Consumed() if fact.place.startswith(_PLANT):
                found[Told("taken", fact.order, fact.material, fact.quantity)] += 1
            case Made() if fact.machine in LINES:
                found[Told("confirmed", fact.order, fact.operation, fact.good)] += 1
                if fact.lot:
                    found[Told("received", fact.order, fact.material, fact.good)] += 1
            case Moved(origin=origin) if origin == PRODUCTION:
                found[Told("moved", fact.lot, fact.material, fact.quantity)] += 1
            case Finished() if fact.lot.startswith("A"):
                found[Told("completed", fact.order, fact.material, fact.good)] += 1
            case _:
                pass
    return found


def booked(rows: Iterable[Row]) -> Counter[Told]:
    """Every row, as often as it is there."""
    found: Counter[Told] = Counter()
    for row in rows:
        data = row.data
        match row.event.split(".")[2:4]:
            case ["operation", "confirmed"] if row.subject.startswith(_ORDERS):
                found[_told("confirmed", row.subject, data["operation"], data["good"])] += 1
            case ["order", "completed"] if row.subject.startswith(_ORDERS):
                found[_told("completed", row.subject, data["material_id"], data["good"])] += 1
            case ["stock", "moved"]:
                found[_told("moved", row.subject, data["material_id"], data["quantity"])] += 1
            case ["entry", "posted"] if data.get("order_id"):
                use = "received" if data["use"] == "Material Produced" else "taken"
                found[_told(use, data["order_id"], data["material_id"], data["quantity"])] += 1
            case _:
                pass
    return found


def planned(erp: Erp, rows: Iterable[Row]) -> Reckoned:
    """What planners want of the orders that they released against what the rows say of them. One
    that was cancelled before anybody heard of it is in none."""
    told = list(_released(rows))
    numbers = {one.number for one in told}
    wanted = (
        Planned(number, row["TotalQuantity"], bool(row["OrderIsMarkedForDeletion"]))
        for (number,), row in erp.company.books.rows("A_ProductionOrder_2").items()
        if row["OrderIsReleased"]
    )
    return compare((one for one in wanted if one.number in numbers or not one.cancelled), told)


def _released(rows: Iterable[Row]) -> Iterable[Planned]:
    """Each release, with what was said of its order after it. What was said before any is one that
    nobody released."""
    found: dict[str, list[Planned]] = {}
    for row in sorted(rows, key=lambda row: row.at):
        if not row.subject.startswith(_ORDERS):
            continue
        number = row.subject.removeprefix(_ORDERS)
        told = found.setdefault(number, [])
        match row.event.split(".")[2:4]:
            case ["order", "released"]:
                told.append(
                    Planned(number, Decimal(row.data["planned"]["amount"]), cancelled=False)
                )
            case ["order", "changed"]:
                amount = Decimal(row.data["planned"]["amount"])
                told[-1:] = [Planned(number, amount, cancelled=False)]
            case ["order", "cancelled"]:
                amount = told[-1].quantity if told else Decimal(0)
                told[-1:] = [Planned(number, amount, cancelled=True)]
            case _:
                pass
    return (one for told in found.values() for one in told)


def turned(rows: Iterable[Row]) -> int:
    """Rows behind one about the same subject that Andon heard of later."""
    latest: dict[str, datetime] = {}
    found = 0
    for row in rows:
        before = latest.setdefault(row.subject, row.at)
        found += row.at < before
        latest[row.subject] = max(row.at, before)
    return found


def _told(what: str, whose: str, about: str, quantity: Any) -> Told:
    return Told(what, whose.rpartition(":")[2], about, Decimal(quantity["amount"]))
