"""Journal entries as SAP says them: the line against stock, with signs as finance reads them."""

import json
from typing import Any

import pytest

from andon.connectors.odata import ODataSettings
from andon.connectors.odata.journal import journal_entry
from andon.connectors.odata.refusals import refusal
from andon.core.connector import Item
from andon.core.errors import RejectedError
from andon.core.mapping import Known
from andon.model.finance import PERIOD_CLOSED, JournalEntryPosted

ROW = {
    "CompanyCode": "1710",
    "FiscalYear": "2026",
    "AccountingDocument": "0100000001",
    "LedgerGLLineItem": "000002",
    "TransactionTypeDetermination": "GBB",
    "ReferenceDocument": "4900000001",
    "ReferenceDocumentItem": "0001",
    "Material": "SEAL",
    "Quantity": "8.000",
    "BaseUnit": "PC",
    "AmountInCompanyCodeCurrency": "20.000",
    "CompanyCodeCurrency": "EUR",
    "OrderID": "1000001",
    "BusinessTransactionType": "RMWA",
}
CREDIT = {"Quantity": "-8.000", "AmountInCompanyCodeCurrency": "-20.000"}


def said(row: dict[str, str], previous: bytes | None = None) -> list[Any]:
    raw = json.dumps({**ROW, **row}).encode()
    item = Item(kind="A_JournalEntryItemBasic", key="k", raw=raw)
    return list(journal_entry.reads(item, Known(ODataSettings(url="http://s4.example"), previous)))


@pytest.mark.parametrize(
    ("row", "use", "quantity", "value"),
    [
        ({}, "Material Consumed", "8 PC", "20 EUR"),
        (CREDIT, "Material Consumed", "-8 PC", "-20 EUR"),
        ({**CREDIT, "BusinessTransactionType": "RMWE"}, "Material Produced", "8 PC", "20 EUR"),
        ({"BusinessTransactionType": "RMWE"}, "Material Produced", "-8 PC", "-20 EUR"),
        ({"OrderID": ""}, "Other", "8 PC", "20 EUR"),
    ],
)
def test_an_entry_says_what_it_values(
    row: dict[str, str], use: str, quantity: str, value: str
) -> None:
    (entry,) = said(row)
    assert isinstance(entry, JournalEntryPosted)
    assert (entry.use, str(entry.quantity), str(entry.value)) == (use, quantity, value)
    assert entry.entry_id == "1710-2026-0100000001-000002"
    assert entry.movement_id == "4900000001/2026/0001"


def test_the_stock_account_and_what_was_read_before_are_no_news() -> None:
    assert said({"TransactionTypeDetermination": "BSX"}) == []
    assert said({}, json.dumps(ROW).encode()) == []


def test_a_closed_period_has_one_code_whatever_the_system_calls_it() -> None:
    body = json.dumps({"error": {"code": "M7/053", "message": {"value": "Posting only"}}})
    for meanings, code in (({"M7/053": PERIOD_CLOSED}, PERIOD_CLOSED), ({}, "M7/053")):
        error = refusal(
            400, body.encode(), "POST A", reading=False, no_effect=(), later=(), meanings=meanings
        )
        assert isinstance(error, RejectedError)
        assert error.code == code
        assert "M7/053: Posting only" in str(error)
