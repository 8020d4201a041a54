"""861 and RECADV as we write them: what became of a supplier's shipment."""

__all__ = ["Advice", "Judged", "advice"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from andon.core.quantity import plain

_DAMAGED, _SHORT = "01", "02"
"""X12 412."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One lot: how much was taken, and what of it came damaged or not at all."""

    material: str
    lot: str
    taken: Decimal
    damaged: Decimal = Decimal(0)
    missing: Decimal = Decimal(0)


class Advice(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one shipment, as far as it was for one order."""

    number: str
    order: str
    shipment: str
    received_at: datetime
    """In the partner's zone."""
    unit: str
    lots: tuple[Judged, ...]


def advice(said: Advice, standard: Literal["x12", "edifact"]) -> dict[str, Any]:
    """The body of a request to a partner."""
    if standard == "x12":
        return {"document": "861", "segments": list(_861(said))}
    return {"document": "RECADV", "segments": list(_recadv(said))}


def _861(said: Advice) -> Iterator[list[Any]]:
    day, time = f"{said.received_at:%Y%m%d}", f"{said.received_at:%H%M%S}"
    yield ["BRA", said.number, day, "00", "1"]
    yield ["REF", "SI", said.shipment]
    yield ["REF", "PO", said.order]
    yield ["DTM", "050", day, time]
    for n, lot in enumerate(said.lots, 1):
        row = ["RCD", str(n), plain(lot.taken), said.unit, "", ""]
        for amount, code in ((lot.damaged, _DAMAGED), (lot.missing, _SHORT)):
            if amount:
                row += [plain(amount), said.unit, code]
        yield row
        yield ["LIN", "", "BP", lot.material, "LT", lot.lot]
    yield ["CTT", str(len(said.lots))]


def _recadv(said: Advice) -> Iterator[list[Any]]:
    yield ["BGM", "632", said.number, "9"]
    yield ["DTM", ["137", f"{said.received_at:%Y%m%d}", "102"]]
    yield ["DTM", ["50", f"{said.received_at:%Y%m%d%H%M}", "203"]]
    yield ["RFF", ["ON", said.order]]
    yield ["RFF", ["AAK", said.shipment]]
    yield ["CPS", "1"]
    for n, lot in enumerate(said.lots, 1):
        yield ["LIN", str(n), "", [lot.material, "IN"]]
        for code, amount in (("194", lot.taken), ("195", lot.damaged), ("119", lot.missing)):
            if amount or code == "194":
                yield ["QTY", [code, plain(amount), said.unit]]
        yield ["PCI", "36E"]
        yield ["GIN", "BX", lot.lot]
    yield ["CNT", ["2", str(len(said.lots))]]
