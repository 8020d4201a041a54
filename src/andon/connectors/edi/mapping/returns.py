"""861 and RECADV as we write them of what goes back to a supplier."""

__all__ = ["Back", "SentBack", "sent_back"]

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

from andon.core.quantity import plain


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of one lot that goes back."""

    material: str
    lot: str
    amount: Decimal


class SentBack(msgspec.Struct, frozen=True, kw_only=True):
    """What goes back of one shipment, as far as it was for one order."""

    number: str
    order: str
    shipment: str
    """On which it came."""
    left_at: datetime
    """In the partner's zone."""
    unit: str
    lots: tuple[Back, ...]


def sent_back(said: SentBack, standard: Literal["x12", "edifact"]) -> dict[str, Any]:
    """The body of a request to a partner: a receiving advice of what was returned, and of nothing
    that was received."""
    if standard == "x12":
        return {"document": "861", "segments": list(_861(said))}
    return {"document": "RECADV", "segments": list(_recadv(said))}


def _861(said: SentBack) -> Iterator[list[Any]]:
    day, time = f"{said.left_at:%Y%m%d}", f"{said.left_at:%H%M%S}"
    yield ["BRA", said.number, day, "00", "2"]  # after the advice of what was received
    yield ["REF", "SI", said.shipment]
    yield ["REF", "PO", said.order]
    yield ["DTM", "011", day, time]
    for n, lot in enumerate(said.lots, 1):
        yield ["RCD", str(n), "", "", plain(lot.amount), said.unit]
        yield ["LIN", "", "BP", lot.material, "LT", lot.lot]
    yield ["CTT", str(len(said.lots))]


def _recadv(said: SentBack) -> Iterator[list[Any]]:
    yield ["BGM", "632", said.number, "9"]
    yield ["DTM", ["137", f"{said.left_at:%Y%m%d}", "102"]]
    yield ["DTM", ["11", f"{said.left_at:%Y%m%d%H%M}", "203"]]
    yield ["RFF", ["ON", said.order]]
    yield ["RFF", ["AAK", said.shipment]]
    yield ["CPS", "1"]
    for n, lot in enumerate(said.lots, 1):
        yield ["LIN", str(n), "", [lot.material, "IN"]]
        yield ["QTY", ["61", plain(lot.amount), said.unit]]
        yield ["PCI", "36E"]
        yield ["GIN", "BX", lot.lot]
    yield ["CNT", ["2", str(len(said.lots))]]
