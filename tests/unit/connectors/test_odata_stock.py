"""Book stock of the simulated S/4HANA: each movement type moves what SAP says it moves."""

from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata.simulated import Company
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.movement_types import (
    BLOCKED,
    IN_INSPECTION,
    MOVES,
    UNRESTRICTED,
)
from andon.connectors.odata.simulated.stocks import Stock

STORE = Stock("SEAL", "1710", "171A", "B1")
HOUSE = Stock("SEAL", "1710", "171W", "B1")


@pytest.fixture
def company() -> Company:
    found = Company()
    found.movements.stock_up("SEAL", 100, "B1")
    return found


def post(company: Company, kind: str, amount: int, **more: Any) -> list[dict[str, Any]]:
    item = {
        "GoodsMovementType": kind, "Material": "SEAL", "Batch": "B1",
        "QuantityInEntryUnit": Decimal(amount), **more,
    }  # fmt: skip
    return [dict(row) for row in company.movements.post({}, [item], "ANDON")]


def test_a_transfer_takes_here_and_puts_there_and_its_other_side_is_an_item_of_its_own(
    company: Company,
) -> None:
    one, other = post(company, "311", 30, IssuingOrReceivingStorageLoc="171W")
    assert (company.movements.stock(STORE), company.movements.stock(HOUSE)) == (70, 30)
    sides = [
        (row["StorageLocation"], row["DebitCreditCode"], row["IsAutomaticallyCreated"])
        for row in (one, other)
    ]
    assert sides == [("171A", "H", ""), ("171W", "S", "X")]


def test_a_cancelled_transfer_lies_where_it_lay(company: Company) -> None:
    one, _ = post(company, "311", 30, IssuingOrReceivingStorageLoc="171W")
    year, document = one["MaterialDocumentYear"], one["MaterialDocument"]
    company.movements.cancel(year, document, "ANDON")
    assert (company.movements.stock(STORE), company.movements.stock(HOUSE)) == (100, 0)
    with pytest.raises(RefusedCallError, match="already cancelled"):
        company.movements.cancel(year, document, "ANDON")


def test_what_is_not_there_is_a_deficit_and_nothing_moves(company: Company) -> None:
    with pytest.raises(RefusedCallError, match="Deficit of SL Unrestricted-use 1 PC : SEAL 1710"):
        post(company, "311", 101, IssuingOrReceivingStorageLoc="171W")
    with pytest.raises(RefusedCallError, match="Deficit of SL Blocked 5 PC"):
        post(company, "702", 5, InventoryStockType=BLOCKED)
    assert (company.movements.stock(STORE), company.movements.stock(HOUSE)) == (100, 0)
    assert not company.books.rows("A_MaterialDocumentHeader")


def test_a_difference_of_a_count_is_a_gain_or_a_loss_of_the_stock_type_it_names(
    company: Company,
) -> None:
    post(company, "702", 3)
    post(company, "701", 1, InventoryStockType=UNRESTRICTED)
    post(company, "701", 4, InventoryStockType=BLOCKED)
    blocked = Stock("SEAL", "1710", "171A", "B1", BLOCKED)
    assert (company.movements.stock(STORE), company.movements.stock(blocked)) == (98, 4)


def kinds(company: Company, store: str = "171A", material: str = "SEAL") -> list[Decimal]:
    """What may be used there, what is inspected, what is blocked."""
    return [
        company.movements.stock(Stock(material, "1710", store, "B1", kind))
        for kind in (UNRESTRICTED, IN_INSPECTION, BLOCKED)
    ]


def test_stock_goes_from_inspection_to_use_or_is_blocked_and_back_from_either(
    company: Company,
) -> None:
    for kind, amount, stands in (
        ("322", 60, [40, 60, 0]),
        ("321", 10, [50, 50, 0]),
        ("350", 30, [50, 20, 30]),
        ("349", 5, [50, 25, 25]),
        ("344", 50, [0, 25, 75]),
    ):
        (row,) = post(company, kind, amount)
        assert kinds(company) == stands, kind
        assert (row["IsAutomaticallyCreated"], row["DebitCreditCode"]) == ("", "H")
    assert not company.ledger.lines(), "no value changes"


def test_what_is_inspected_is_carried_and_thrown_away_as_such_and_nobody_takes_it(
    company: Company,
) -> None:
    post(company, "322", 100)
    post(company, "323", 40, IssuingOrReceivingStorageLoc="171W")
    assert (kinds(company), kinds(company, "171W")) == ([0, 60, 0], [0, 40, 0])
    post(company, "553", 1, StorageLocation="171W", CostCenter="17101902")
    assert kinds(company, "171W") == [0, 39, 0]
    assert len(company.ledger.lines()) == 1
    for kind in ("201", "551"):
        with pytest.raises(RefusedCallError, match="Deficit of SL Unrestricted-use 1 PC"):
            post(company, kind, 1, CostCenter="17101902")
    for kind in ("321", "350"):
        with pytest.raises(RefusedCallError, match="Deficit of SL Quality inspection 1 PC"):
            post(company, kind, 61)


@pytest.mark.parametrize(("code", "stands"), [("", [8, 0, 0]), ("X", [0, 8, 0]), ("S", [0, 0, 8])])
def test_output_is_received_into_the_stock_that_the_item_names_and_goes_back_from_there(
    company: Company, code: str, stands: list[int]
) -> None:
    order = company.release("PUMP", 8)
    pumps = {"Material": "PUMP", "ManufacturingOrder": order, "InventoryUsabilityCode": code}
    (row,) = post(company, "101", 8, **pumps)
    assert kinds(company, material="PUMP") == stands
    company.movements.cancel(row["MaterialDocumentYear"], row["MaterialDocument"], "ANDON")
    assert kinds(company, material="PUMP") == [0, 0, 0]


def test_a_receipt_of_which_some_is_accepted_is_not_cancelled(company: Company) -> None:
    order = company.release("PUMP", 8)
    pumps = {"Material": "PUMP", "ManufacturingOrder": order, "InventoryUsabilityCode": "X"}
    (row,) = post(company, "101", 8, **pumps)
    post(company, "321", 3, Material="PUMP")
    with pytest.raises(RefusedCallError, match="Deficit of SL Quality inspection 3 PC"):
        company.movements.cancel(row["MaterialDocumentYear"], row["MaterialDocument"], "ANDON")
    assert kinds(company, material="PUMP") == [3, 5, 0]


def test_what_is_inspected_or_blocked_or_promised_is_not_available_to_a_sales_order(
    company: Company,
) -> None:
    company.movements.stock_up("PUMP", 9, "B1")
    for _ in range(2):
        company.sales.place("17100001", "PUMP", Decimal(4), company.books.now())
    first, second = company.sales.open()
    post(company, "322", 6, Material="PUMP")
    with pytest.raises(RefusedCallError, match="Only 3 PC of PUMP available"):
        company.deliveries.fulfil(first, "B1", "171A")
    post(company, "321", 1, Material="PUMP")
    number = company.deliveries.fulfil(first, "B1", "171A")
    post(company, "321", 3, Material="PUMP")
    with pytest.raises(RefusedCallError, match="Only 3 PC of PUMP available"):
        company.deliveries.fulfil(second, "B1", "171A")
    post(company, "322", 4, Material="PUMP")
    company.deliveries.pick(number)
    with pytest.raises(RefusedCallError, match="Deficit of SL Unrestricted-use 1 PC : PUMP"):
        company.deliveries.issue(number, "ANDON")


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("311", {}, "IssuingOrReceivingStorageLoc"),
        ("311", {"IssuingOrReceivingStorageLoc": "171Z"}, "Storage location 171Z does not exist"),
        ("201", {}, "CostCenter"),
        ("553", {}, "CostCenter"),
        ("323", {}, "IssuingOrReceivingStorageLoc"),
        ("261", {}, "Order  not found"),
        ("999", {}, "Movement type 999"),
    ],
)
def test_an_item_that_says_too_little_is_refused(
    company: Company, kind: str, more: dict[str, str], says: str
) -> None:
    with pytest.raises(RefusedCallError, match=says):
        post(company, kind, 1, **more)


def test_a_material_that_somebody_has_open_is_locked(company: Company) -> None:
    company.movements.locked["SEAL"] = "PLANNER"
    with pytest.raises(RefusedCallError, match="locked by PLANNER") as raised:
        post(company, "201", 1, CostCenter="4711")
    assert raised.value.code == "M3/024"


def test_every_movement_type_is_taken_back_by_its_mirror_image() -> None:
    for kind, move in MOVES.items():
        back = MOVES[move.undo]
        assert back.undo == kind
        assert (back.takes, back.puts) == (move.puts, move.takes), kind
