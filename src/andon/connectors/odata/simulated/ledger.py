"""The journal: each movement that changes the value of stock has an entry of two lines."""

__all__ = ["ENTRIES", "Ledger"]

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from andon.connectors.odata.simulated.books import Row

if TYPE_CHECKING:
    from andon.connectors.odata.simulated.company import Company

ENTRIES = "A_JournalEntryItemBasic"
_STOCK, _OFFSET = "BSX", "GBB"
_ACCOUNTS = {_STOCK: "13100000", _OFFSET: "51100000"}
_WITHOUT_VALUE = (
    "103", "104", "124", "125", "311", "312", "321", "322", "323", "324", "325", "326",
    "343", "344", "349", "350", "541", "542",
)  # fmt: skip
"""From place to place, from status to status, or not taken into stock at all: no value changes."""


class Ledger:
    """Entries are made by an update of its own after the movement, which may break off."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._books = company.books
        self.prices: dict[str, Decimal] = {
            "PUMP": Decimal(120),
            "VALVE": Decimal(35),
            "HOUSING": Decimal(48),
            "SEAL": Decimal("2.50"),
            "SHAFT": Decimal(12),
            "SHAFT-ZN": Decimal(15),
        }
        """Standard price of a piece, in EUR."""
        self.breaking = 0
        """So many of the next updates break off: their entries are missing."""
        self.broken: list[Sequence[Row]] = []

    def follow(self, moved: Sequence[Row]) -> None:
        """The entry of a material document that has one, unless its update breaks off."""
        if self.breaking and _valued(moved):
            self.breaking -= 1
            self.broken.append(moved)
        else:
            self._enter(moved)

    def repeat(self) -> None:
        """An accountant repeats the updates that broke off."""
        while self.broken:
            self._enter(self.broken.pop(0))

    def lines(self) -> Sequence[Row]:
        """Those that stand against stock, in the order in which they were posted."""
        rows = self._books.rows(ENTRIES).values()
        return [row for row in rows if row["TransactionTypeDetermination"] == _OFFSET]

    def _enter(self, moved: Sequence[Row]) -> None:
        valued = _valued(moved)
        if not valued:
            return
        document = self._books.number("journal", 100000001).zfill(10)
        number = 0
        for item in valued:
            for kind in (_STOCK, _OFFSET):
                number += 1
                self._line(document, f"{number:06}", item, kind)

    def _line(self, document: str, number: str, item: Row, kind: str) -> None:
        into = item["DebitCreditCode"] == "S"
        debit = into if kind == _STOCK else not into
        quantity = item["QuantityInEntryUnit"] if debit else -item["QuantityInEntryUnit"]
        made = item["GoodsMovementType"] in ("101", "102")
        year = item["MaterialDocumentYear"]
        row: dict[str, Any] = {
            "SourceLedger": "0L",
            "CompanyCode": "1710",
            "FiscalYear": year,
            "AccountingDocument": document,
            "LedgerGLLineItem": number,
            "GLAccount": _ACCOUNTS[kind],
            "TransactionTypeDetermination": kind,
            "BusinessTransactionType": "RMWE" if made else "RMWA",
            "DebitCreditCode": "S" if debit else "H",
            "ReferenceDocument": item["MaterialDocument"],
            "ReferenceDocumentItem": item["MaterialDocumentItem"],
            "Material": item["Material"],
            "Plant": item["Plant"],
            "Quantity": quantity,
            "BaseUnit": item["EntryUnit"],
            "AmountInCompanyCodeCurrency": quantity * self.prices[item["Material"]],
            "CompanyCodeCurrency": "EUR",
            "OrderID": item["ManufacturingOrder"] if kind == _OFFSET else "",
            "PostingDate": self._company.today(),
            "CreationDateTime": self._books.now(),
        }
        key = ("0L", "1710", year, document, number)
        self._books.put(ENTRIES, key, row)


def _valued(moved: Sequence[Row]) -> Sequence[Row]:
    """What of a document changes the value of stock."""
    return [
        item
        for item in moved
        if item["GoodsMovementType"] not in _WITHOUT_VALUE and not item["IsAutomaticallyCreated"]
    ]
