"""862 and DELFOR as we write them: for which day a supplier shall send what of an order."""

__all__ = ["Call", "Schedule", "schedule"]

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from andon.core.quantity import plain


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """So much of one material on one day; it is firm."""

    material: str
    amount: Decimal
    day: date


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """What is called of one order."""

    number: str
    order: str
    written_on: date
    unit: str
    calls: tuple[Call, ...]
    replaces: str = ""
    """The return in whose place it shall be sent; nothing for what is called as ordered."""


def schedule(said: Schedule, standard: Literal["x12", "edifact"]) -> dict[str, Any]:
    """The body of a request to a partner."""
    if standard == "x12":
        return {"document": "862", "segments": list(_862(said))}
    return {"document": "DELFOR", "segments": list(_delfor(said))}


def _862(said: Schedule) -> Iterator[list[Any]]:
    """By delivery (DL), in amounts of their own and not cumulated (A)."""
    days = [f"{call.day:%Y%m%d}" for call in said.calls]
    head = ["BSS", "00", said.number, f"{said.written_on:%Y%m%d}", "DL", min(days), max(days)]
    yield [*head, "", "", "", said.order, "A"]
    for n, (call, day) in enumerate(zip(said.calls, days, strict=True), 1):
        yield ["LIN", str(n), "BP", call.material, "PO", said.order]
        yield ["UIT", said.unit]
        if said.replaces:
            yield ["REF", "RZ", said.replaces]
        yield ["FST", plain(call.amount), "C", "D", day]
    yield ["CTT", str(len(said.calls))]


def _delfor(said: Schedule) -> Iterator[list[Any]]:
    yield ["BGM", "241", said.number, "9"]
    yield ["DTM", ["137", f"{said.written_on:%Y%m%d}", "102"]]
    for n, call in enumerate(said.calls, 1):
        yield ["LIN", str(n), "", [call.material, "IN"]]
        yield ["RFF", ["ON", said.order]]
        if said.replaces:
            yield ["RFF", ["ALQ", said.replaces]]
        yield ["SCC", "1"]
        yield ["QTY", ["113", plain(call.amount), said.unit]]
        yield ["DTM", ["2", f"{call.day:%Y%m%d}", "102"]]
    yield ["UNS", "S"]
    yield ["CNT", ["2", str(len(said.calls))]]
