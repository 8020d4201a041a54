"""Inspections of what orders have made, and their usage decisions."""

__all__ = ["Inspections"]

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import RefusedCallError, Row

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

LOTS = "A_InspectionLot"
DECISIONS = "A_InspLotUsageDecision"
_VALUATION = {"A": "A", "R": "R"}
"""Usage decision code -> valuation: accepted, rejected."""


class Inspections:
    """The inspection lots of a company."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books

    def begin(self, movement: Row) -> None:
        """Opens an inspection of what an order has made."""
        number = self._books.number("lot", 40000000001).zfill(12)
        row = {
            "InspectionLot": number,
            "Material": movement["Material"],
            "Batch": movement["Batch"],
            "Plant": movement["Plant"],
            "InspectionLotOrigin": "04",
            "ManufacturingOrder": movement["ManufacturingOrder"],
            "InspectionLotQuantity": movement["QuantityInEntryUnit"],
            "InspectionLotQuantityUnit": movement["EntryUnit"],
            "InspectionLotHasUsageDecision": "",
            "ChangedDateTime": self._books.now(),
        }
        self._books.put(LOTS, (number,), row)

    def decide(self, asked: Row, user: str) -> Row:
        """The usage decision of an inspection lot, once."""
        number = str(asked.get("InspectionLot", ""))
        self._books.row(LOTS, number)
        if (number,) in self._books.rows(DECISIONS):
            text = f"Usage decision for inspection lot {number} has already been made"
            raise RefusedCallError("QV/001", text)
        code = str(asked.get("InspectionLotUsageDecisionCode", ""))
        if code not in _VALUATION:
            raise RefusedCallError("QV/002", f"Usage decision code {code!r} is not in the catalog")
        at = self._books.now()
        row: dict[str, Any] = {
            **asked,
            "InspLotUsageDecisionValuation": _VALUATION[code],
            "InspectionLotUsageDecidedBy": user,
            "InspectionLotUsageDecidedOn": self._company.today(),
            "InspLotUsageDecisionTime": timedelta(hours=at.hour, minutes=at.minute),
            "ChangedDateTime": at,
        }
        done = {"InspectionLotHasUsageDecision": "X", "ChangedDateTime": at}
        self._books.put(LOTS, (number,), done)
        return self._books.put(DECISIONS, (number,), row)
