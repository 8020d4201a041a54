"""Book stock of the simulated S/4HANA: each movement type moves what SAP says it moves."""

from decimal import Decimal
from typing import Any

import pytest

from andon.connectors.odata.simulated import Company
from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.movement_types import BLOCKED, MOVES, UNRESTRICTED
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


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        ("311", {}, "IssuingOrReceivingStorageLoc"),
        ("311", {"IssuingOrReceivingStorageLoc": "171Z"}, "Storage location 171Z does not exist"),
        ("201", {}, "CostCenter"),
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
