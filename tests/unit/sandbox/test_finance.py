"""The journal against the movements: an entry that is missing or made twice shows."""

from datetime import UTC, datetime
from decimal import Decimal

from andon.connectors.odata.simulated import Company as Sap
from andon.sandbox.company import Company
from andon.sandbox.lab import Posting, reckon
from andon.sandbox.lab.finance import booked
from andon.sandbox.systems.erp import Erp

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def erp() -> Erp:
    found = Company(seed=1, andon="http://127.0.0.1:1").systems["erp"]
    assert isinstance(found, Erp)
    found.company.movements.stock_up("SEAL", 100, "S1")
    return found


def issue(sap: Sap, order: str, amount: int, kind: str = "261") -> None:
    item = {
        "GoodsMovementType": kind,
        "Material": "SEAL",
        "Batch": "S1",
        "ManufacturingOrder": order,
        "QuantityInEntryUnit": Decimal(amount),
        "CostCenter": "4711",
    }
    sap.movements.post({}, [item], "ANDON")


def test_each_movement_of_an_order_has_an_entry_with_its_value() -> None:
    system = erp()
    order = system.company.release("PUMP", 4)
    issue(system.company, order, 8)
    issue(system.company, "", 1, kind="201")
    fact = (NOON, Posting("261", order, "S1", Decimal(8)))
    assert reckon([fact], booked(system)).well
    used, spent = system.company.ledger.lines()
    assert (used["AmountInCompanyCodeCurrency"], used["OrderID"]) == (Decimal(20), order)
    assert (spent["AmountInCompanyCodeCurrency"], spent["OrderID"]) == (Decimal("2.5"), "")


def test_an_update_that_breaks_off_leaves_an_entry_missing_until_it_is_repeated() -> None:
    system = erp()
    order = system.company.release("PUMP", 4)
    fact = (NOON, Posting("261", order, "S1", Decimal(8)))
    system.company.ledger.breaking = 1
    issue(system.company, order, 8)
    assert reckon([fact], booked(system)).lost == 1
    system.company.ledger.repeat()
    system.company.ledger.repeat()
    assert reckon([fact], booked(system)).well


def test_debit_and_credit_of_all_entries_are_equal_and_a_reversal_takes_its_value_back() -> None:
    system = erp()
    order = system.company.release("PUMP", 4)
    issue(system.company, order, 8)
    document = next(iter(system.company.books.rows("A_MaterialDocumentHeader")))
    system.company.movements.cancel(document[0], document[1], "MILLER")
    rows = system.company.books.rows("A_JournalEntryItemBasic").values()
    assert len(rows) == 4
    assert sum(row["AmountInCompanyCodeCurrency"] for row in rows) == 0
    assert sum(line["Quantity"] for line in system.company.ledger.lines()) == 0


def test_a_transfer_changes_no_value() -> None:
    system = erp()
    item = {
        "GoodsMovementType": "311",
        "Material": "SEAL",
        "Batch": "S1",
        "QuantityInEntryUnit": Decimal(5),
        "IssuingOrReceivingStorageLoc": "171W",
    }
    system.company.movements.post({}, [item], "ANDON")
    assert system.company.ledger.lines() == []
