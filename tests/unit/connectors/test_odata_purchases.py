"""Purchase orders: what is read, what a receipt is, and what the simulated ERP refuses."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.connectors.odata.purchases import (
    complete_purchase_lines,
    confirm_purchase_order,
    post_receipt,
    post_return,
    purchase_order,
)
from andon.connectors.odata.simulated.books import RefusedCallError, Row
from andon.connectors.odata.simulated.company import Company
from andon.connectors.odata.simulated.stocks import Stock
from andon.core.connector import Item
from andon.core.mapping import Known, Said
from andon.core.quantity import Quantity
from andon.model.completing import CompletePurchaseLines, PurchaseLinesCompleted
from andon.model.returning import PostReturn, ReturnedLot
from andon.model.supply import (
    ConfirmPurchaseOrder,
    PostReceipt,
    PurchaseLine,
    PurchaseOrderConfirmed,
    PurchaseOrderPlaced,
    ReceivedLot,
)
from tests.unit.connectors.test_odata_deliveries import SETTINGS

NUMBER = "4500000001"
ROW: dict[str, Any] = {
    "PurchaseOrder": NUMBER,
    "Supplier": "17300001",
    "to_PurchaseOrderItem": [
        {
            "PurchaseOrderItem": "00010",
            "Material": "SEAL",
            "OrderQuantity": "12.000",
            "PurchaseOrderQuantityUnit": "PC",
            "to_ScheduleLine": [
                {
                    "ScheduleLine": "1",
                    "ScheduleLineDeliveryDate": "2026-03-04T00:00:00Z",
                    "ScheduleLineCommittedQuantity": "0.000",
                }
            ],
        }
    ],
}
DAY = datetime(2026, 3, 4, tzinfo=UTC)


def _committed(amount: str) -> dict[str, Any]:
    row = msgspec.json.decode(msgspec.json.encode(ROW))
    schedule = row["to_PurchaseOrderItem"][0]["to_ScheduleLine"][0]
    schedule["ScheduleLineCommittedQuantity"] = amount
    return row


def _read(row: dict[str, Any], before: dict[str, Any] | None = None) -> list[Said]:
    item = Item(kind="A_PurchaseOrder", key="1", raw=msgspec.json.encode(row), position="")
    previous = None if before is None else msgspec.json.encode(before)
    return list(purchase_order.reads(item, Known(SETTINGS, previous)))


def _line(amount: int, number: str = "00010") -> PurchaseLine:
    quantity = Quantity(Decimal(amount), "PC")
    return PurchaseLine(line=number, material_id="SEAL", quantity=quantity, due_at=DAY)


def test_a_new_order_is_news_once() -> None:
    placed = PurchaseOrderPlaced(order_id=NUMBER, supplier_id="17300001", lines=(_line(12),))
    assert _read(ROW) == [placed]
    assert not _read(ROW, ROW)


def test_what_the_supplier_has_committed_itself_to_is_news_once() -> None:
    confirmed = PurchaseOrderConfirmed(order_id=NUMBER, lines=(_line(8),))
    assert _read(_committed("8.000"), ROW) == [confirmed]
    assert _read(_committed("8.000"))[1:] == [confirmed]
    assert not _read(_committed("8.000"), _committed("8.000"))


def test_a_confirmation_changes_the_first_schedule_line_of_each_line() -> None:
    known = Known(SETTINGS, None, local=NUMBER)
    one = confirm_purchase_order.writes(
        ConfirmPurchaseOrder(order_id=NUMBER, lines=(_line(8),)), known
    )
    assert one.target == (
        f"MERGE A_PurchaseOrderScheduleLine(PurchasingDocument='{NUMBER}',"
        "PurchasingDocumentItem='00010',ScheduleLine='1')"
    )
    assert one.body == {
        "ScheduleLineCommittedQuantity": Decimal(8),
        "ScheduleLineDeliveryDate": date(2026, 3, 4),
    }
    both = ConfirmPurchaseOrder(order_id=NUMBER, lines=(_line(8), _line(3, "00020")))
    assert confirm_purchase_order.writes(both, known).target == "POST $batch"


def _split() -> dict[str, Any]:
    """As ROW, but five come a day later than the other seven."""
    row = _committed("7.000")
    (first,) = row["to_PurchaseOrderItem"][0]["to_ScheduleLine"]
    second = {
        "ScheduleLine": "2",
        "ScheduleLineDeliveryDate": "2026-03-05T00:00:00Z",
        "ScheduleLineOrderQuantity": "5.000",
        "ScheduleLineCommittedQuantity": "4.000",
    }
    schedule = [{**first, "ScheduleLineOrderQuantity": "7.000"}, second]
    row["to_PurchaseOrderItem"][0]["to_ScheduleLine"] = schedule
    return row


def test_each_schedule_line_is_a_line_of_its_own() -> None:
    placed, confirmed = _read(_split())
    later = DAY + timedelta(days=1)
    first, second = _line(7, "00010/1"), _line(5, "00010/2")
    second = msgspec.structs.replace(second, due_at=later)
    assert isinstance(placed, PurchaseOrderPlaced)
    assert placed.lines == (first, second)
    less = msgspec.structs.replace(second, quantity=Quantity(Decimal(4), "PC"))
    assert confirmed == PurchaseOrderConfirmed(order_id=NUMBER, lines=(first, less))
    written = confirm_purchase_order.writes(
        ConfirmPurchaseOrder(order_id=NUMBER, lines=(first, less)),
        Known(SETTINGS, None, local=NUMBER),
    )
    assert [(one.target.partition(",")[2], one.body) for one in written.body] == [
        (
            f"PurchasingDocumentItem='00010',ScheduleLine='{n}')",
            {"ScheduleLineCommittedQuantity": amount, "ScheduleLineDeliveryDate": day},
        )
        for n, amount, day in ((1, 7, date(2026, 3, 4)), (2, 4, date(2026, 3, 5)))
    ]


def _done(row: dict[str, Any]) -> dict[str, Any]:
    (item,) = row["to_PurchaseOrderItem"]
    return {**row, "to_PurchaseOrderItem": [{**item, "IsCompletelyDelivered": True}]}


def test_that_nothing_more_is_expected_is_news_once_and_so_is_that_it_is_again() -> None:
    completed = PurchaseLinesCompleted(order_id=NUMBER, lines=("00010",))
    assert _read(_done(ROW), ROW) == [completed]
    assert _read(_done(ROW))[1:] == [completed]
    assert not _read(_done(ROW), _done(ROW))
    assert _read(ROW, _done(ROW)) == [PurchaseLinesCompleted(order_id=NUMBER, lines=())]
    both = PurchaseLinesCompleted(order_id=NUMBER, lines=("00010/1", "00010/2"))
    assert _read(_done(_split()), _split()) == [both]


def test_a_line_is_completed_as_the_item_it_belongs_to() -> None:
    known = Known(SETTINGS, None, local=NUMBER)
    split = CompletePurchaseLines(order_id=NUMBER, lines=("00010/1", "00010/2"))
    one = complete_purchase_lines.writes(split, known)
    assert one.target == (
        f"MERGE A_PurchaseOrderItem(PurchaseOrder='{NUMBER}',PurchaseOrderItem='00010')"
    )
    assert one.body == {"IsCompletelyDelivered": True}
    both = CompletePurchaseLines(order_id=NUMBER, lines=("00010", "00020"))
    assert complete_purchase_lines.writes(both, known).target == "POST $batch"


def test_a_receipt_names_order_line_and_lot() -> None:
    came = ReceivedLot(
        line="00010",
        material_id="SEAL",
        lot_id="material-lot/company:S1-0",
        quantity=Quantity(Decimal(5), "PC"),
    )
    command = PostReceipt(order_id=NUMBER, shipment_id="S1", received=(came,))
    request = post_receipt.writes(command, Known(SETTINGS, None, local=NUMBER))
    assert request.target == "POST A_MaterialDocumentHeader"
    (item,) = request.body["to_MaterialDocumentItem"]
    assert (item["PurchaseOrder"], item["PurchaseOrderItem"]) == (NUMBER, "00010")
    assert (item["Batch"], item["GoodsMovementType"]) == ("S1-0", "101")


def test_what_came_damaged_is_received_beside_stock_and_goes_back_from_there() -> None:
    known = Known(SETTINGS, None, local=NUMBER)
    some, one = Quantity(Decimal(5), "PC"), Quantity(Decimal(1), "PC")
    lot = ReceivedLot(line="00010", material_id="SEAL", lot_id="S1-0", quantity=some, damaged=one)
    broken = msgspec.structs.replace(lot, lot_id="S1-1", quantity=Quantity(Decimal(0), "PC"))
    command = PostReceipt(order_id=NUMBER, shipment_id="S1", received=(lot, broken))
    items = post_receipt.writes(command, known).body["to_MaterialDocumentItem"]
    assert [
        (row["Batch"], row["GoodsMovementType"], row["QuantityInEntryUnit"]) for row in items
    ] == [("S1-0", "101", 5), ("S1-0", "103", 1), ("S1-1", "103", 1)]

    back = ReturnedLot(
        line="00010", material_id="SEAL", lot_id="material-lot/company:S1-0", quantity=one
    )
    request = post_return.writes(
        PostReturn(
            order_id=NUMBER, shipment_id="S1", return_id="R1", instead="credit", returned=(back,)
        ),
        known,
    )
    (row,) = request.body["to_MaterialDocumentItem"]
    assert (row["GoodsMovementType"], row["GoodsMovementReasonCode"]) == ("124", "0003")
    assert (row["PurchaseOrder"], row["Batch"], row["EntryUnit"]) == (NUMBER, "S1-0", "PC")


@pytest.fixture
def company() -> Company:
    found = Company()
    found.purchases.place("17300001", [("SEAL", Decimal(12))])
    return found


def _came(amount: int, **more: str) -> Row:
    return {
        "GoodsMovementType": "101", "Material": "SEAL", "Batch": "S1-0",
        "PurchaseOrder": NUMBER, "PurchaseOrderItem": "00010",
        "QuantityInEntryUnit": Decimal(amount), **more,
    }  # fmt: skip


def test_what_came_is_in_stock_and_not_open_any_more(company: Company) -> None:
    company.movements.post({}, [_came(5)], "ANDON")
    assert company.purchases.open("SEAL") == 7
    assert company.movements.stock(Stock("SEAL", "1710", "171A", "S1-0")) == 5
    year, document = next(iter(company.books.rows("A_MaterialDocumentHeader")))
    company.movements.cancel(year, document, "ANDON")
    assert company.purchases.open("SEAL") == 12
    company.movements.post({}, [_came(12)], "ANDON")
    assert company.books.row("A_PurchaseOrderItem", NUMBER, "00010")["IsCompletelyDelivered"]


def test_more_than_was_ordered_is_refused_whole(company: Company) -> None:
    with pytest.raises(RefusedCallError, match="Ordered quantity exceeded by 1 PC : SEAL"):
        company.movements.post({}, [_came(10), _came(3)], "ANDON")
    assert company.purchases.open("SEAL") == 12
    assert company.movements.stock(Stock("SEAL", "1710", "171A", "S1-0")) == 0


def _moved(kind: str, amount: int = 1, **more: str) -> Row:
    return {**_came(amount), "GoodsMovementType": kind, **more}


def test_what_came_damaged_is_in_nobodys_stock_and_its_line_stays_open(company: Company) -> None:
    company.movements.post({}, [_came(5), _moved("103")], "ANDON")
    assert company.movements.stock(Stock("SEAL", "1710", "171A", "S1-0")) == 5
    assert company.purchases.open("SEAL") == 7
    assert not any(one["Quantity"] == 1 for one in company.ledger.lines()), "it has no value"
    company.movements.post({}, [_moved("124", GoodsMovementReasonCode="0003")], "ANDON")
    assert company.purchases.open("SEAL") == 7
    assert company.movements.stock(Stock("SEAL", "1710", "171A", "S1-0")) == 5
    (last,) = list(company.books.rows("A_MaterialDocumentItem").values())[-1:]
    assert (last["GoodsMovementRefDocType"], last["DebitCreditCode"]) == ("B", "H")


@pytest.mark.parametrize("gone", ["124", "104"], ids=["returned before", "taken back by hand"])
def test_what_is_not_there_any_more_does_not_go_back(company: Company, gone: str) -> None:
    back = _moved("124", GoodsMovementReasonCode="0003")
    with pytest.raises(RefusedCallError, match="Deficit of PU GR blocked stock 1 PC : SEAL"):
        company.movements.post({}, [back], "ANDON")
    company.movements.post({}, [_moved("103")], "ANDON")
    company.movements.post({}, [{**back, "GoodsMovementType": gone}], "ANDON")
    with pytest.raises(RefusedCallError, match="Deficit of PU GR blocked stock 1 PC : SEAL"):
        company.movements.post({}, [back], "ANDON")


def test_a_return_says_why_and_can_be_taken_back(company: Company) -> None:
    company.movements.post({}, [_moved("103")], "ANDON")
    with pytest.raises(RefusedCallError, match="required entry fields: GoodsMovementReasonCode"):
        company.movements.post({}, [_moved("124")], "ANDON")
    back = [_moved("124", GoodsMovementReasonCode="0003")]
    (made,) = company.movements.post({}, back, "ANDON")
    company.movements.cancel(made["MaterialDocumentYear"], made["MaterialDocument"], "ANDON")
    company.movements.post({}, back, "ANDON")


def test_more_than_was_ordered_is_not_set_aside_either(company: Company) -> None:
    with pytest.raises(RefusedCallError, match="Ordered quantity exceeded by 1 PC : SEAL"):
        company.movements.post({}, [_came(10), _moved("103", 3)], "ANDON")
    with pytest.raises(RefusedCallError, match="does not exist"):
        company.movements.post({}, [_moved("103", PurchaseOrder="")], "ANDON")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"PurchaseOrder": "4500000009"}, "does not exist"),
        ({"PurchaseOrderItem": "00020"}, "does not exist"),
        ({"Material": "HOUSING"}, "is not for HOUSING"),
    ],
)
def test_a_receipt_for_something_else_is_refused(
    company: Company, wrong: dict[str, str], words: str
) -> None:
    with pytest.raises(RefusedCallError, match=words):
        company.movements.post({}, [_came(1, **wrong)], "ANDON")


def test_an_order_needs_a_supplier_and_lines_that_exist() -> None:
    purchases = Company().purchases
    with pytest.raises(RefusedCallError, match="Enter Supplier"):
        purchases.create({}, [])
    with pytest.raises(RefusedCallError, match="no items"):
        purchases.place("17300001", [])
    with pytest.raises(RefusedCallError, match="material GOLD does not exist"):
        purchases.place("17300001", [("GOLD", Decimal(1))])
    with pytest.raises(RefusedCallError, match="Enter a purchase order quantity"):
        purchases.place("17300001", [("SEAL", Decimal(0))])
    assert purchases.open("SEAL") == 0


def test_what_a_supplier_commits_to_is_what_the_buyer_waits_for(company: Company) -> None:
    schedule = company.books.row("A_PurchaseOrderScheduleLine", NUMBER, "00010", "1")
    with pytest.raises(RefusedCallError, match="ScheduleLineOrderQuantity cannot be changed"):
        company.purchases.change(schedule, {"ScheduleLineOrderQuantity": Decimal(1)})
    with pytest.raises(RefusedCallError, match="Quantity -1 is not allowed"):
        company.purchases.change(schedule, {"ScheduleLineCommittedQuantity": Decimal(-1)})
    said = {"ScheduleLineCommittedQuantity": Decimal(8), "ScheduleLineDeliveryDate": DAY}
    company.purchases.locked[company.purchases.last()] = "HUBER"
    with pytest.raises(RefusedCallError, match=f"User HUBER already processing {NUMBER}"):
        company.purchases.change(schedule, said)
    company.purchases.locked.clear()
    company.purchases.change(schedule, said)
    assert company.purchases.promised(NUMBER, "00010") == (8, DAY.date())
    assert company.purchases.open("SEAL") == 8


def test_of_what_is_completely_delivered_the_buyer_expects_nothing(company: Company) -> None:
    item = company.books.row("A_PurchaseOrderItem", NUMBER, "00010")
    with pytest.raises(RefusedCallError, match="OrderQuantity cannot be changed"):
        company.purchases.complete(item, {"OrderQuantity": Decimal(11)})
    company.purchases.locked[NUMBER] = "HUBER"
    with pytest.raises(RefusedCallError, match=f"User HUBER already processing {NUMBER}"):
        company.purchases.complete(item, {"IsCompletelyDelivered": True})
    company.purchases.locked.clear()
    company.movements.post({}, [_came(10)], "ANDON")
    company.purchases.complete(item, {"IsCompletelyDelivered": True})
    assert company.purchases.open("SEAL") == 0
    company.movements.post({}, [_came(1)], "ANDON")
    assert company.purchases.open("SEAL") == 0, "it stays so, whatever comes"
    year, document = list(company.books.rows("A_MaterialDocumentHeader"))[-1]
    company.movements.cancel(year, document, "ANDON")
    assert company.purchases.open("SEAL") == 2, "what is taken back is expected"
