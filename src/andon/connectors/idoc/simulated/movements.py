"""How a simulated SAP reads goods movements, in both ways, and what it refuses of them."""

__all__ = ["Line", "by_bapi", "by_warehouse", "check"]

from collections.abc import Mapping, Sequence, Set
from typing import Any

import msgspec

from andon.connectors.idoc.values import amount, day

_OF_TRANSACTION = {
    "MB31": {"101"},
    "MB1A": {"201", "261"},
    "MB1B": {"311", "325"},
    "MB1C": {"501"},
}
_OF_CODE = {"02": "MB31", "03": "MB1A", "04": "MB1B", "05": "MB1C"}


class Line(msgspec.Struct, frozen=True):
    """What both ways say of one movement."""

    transaction: str
    kind: str
    quantity: str
    order: str
    cost_center: str
    to: str


def by_bapi(body: Mapping[str, Any]) -> tuple[str, Sequence[Line]]:
    """Header text and lines of an MBGMCR. Raises ValueError without a posting date."""
    (header,) = body["E1MBGMCR"]
    head = header["E1BP2017_GM_HEAD_01"][0]
    _require_day(head["PSTNG_DATE"])
    code = header["E1BP2017_GM_CODE"][0]["GM_CODE"]
    lines = [
        Line(
            _OF_CODE.get(code, ""),
            one["MOVE_TYPE"],
            one["ENTRY_QNT"],
            one.get("ORDERID", ""),
            one.get("COSTCENTER", ""),
            one.get("MOVE_STLOC", ""),
        )
        for one in header["E1BP2017_GM_ITEM_CREATE"]
    ]
    return head.get("HEADER_TXT", "movement"), lines


def by_warehouse(body: Mapping[str, Any]) -> tuple[str, Sequence[Line]]:
    """Header text and lines of a WMMBXY. Raises ValueError without a posting date."""
    (header,) = body["E1MBXYH"]
    _require_day(header["BUDAT"])
    lines = [
        Line(
            header["TCODE"],
            one["BWART"],
            one["ERFMG"],
            one.get("AUFNR", ""),
            one.get("KOSTL", ""),
            one.get("UMLGO", ""),
        )
        for one in header["E1MBXYI"]
    ]
    return header.get("BKTXT", "movement"), lines


def check(line: Line, orders: Set[str]) -> None:
    """Raises ValueError in the words of SAP, more or less, for what it does not post."""
    if line.kind not in _OF_TRANSACTION.get(line.transaction, ()):
        raise ValueError(f"Movement type {line.kind} is not allowed in {line.transaction}")
    if (amount(line.quantity) or 0) <= 0:
        raise ValueError("Enter a quantity")
    if line.kind in ("101", "261") and line.order not in orders:
        raise ValueError(f"Order {line.order} does not exist")
    if line.kind == "201" and not line.cost_center:
        raise ValueError("Enter a cost center")
    if line.kind in ("311", "325") and not line.to:
        raise ValueError("Enter a receiving storage location")


def _require_day(text: str) -> None:
    if not day(text):
        raise ValueError("Enter a posting date")
