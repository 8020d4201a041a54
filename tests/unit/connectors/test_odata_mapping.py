"""Rows as S/4HANA's services say them, and the events they become; commands, and their calls."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import pytest
from msgspec import structs

from andon.connectors.odata import ODataSettings, mappings
from andon.connectors.odata.blocking import LEFT_BEFORE
from andon.connectors.odata.documents import goods_movement
from andon.connectors.odata.inspections import inspection_lot
from andon.connectors.odata.orders import production_order
from andon.connectors.odata.postings import receive_output
from andon.core.connector import Item, Request
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Command, Finding, ReadBack
from andon.core.quantity import Quantity
from andon.model.inspecting import LotInspected
from andon.model.inventory import GoodsIssued, GoodsReceived
from andon.model.production import (
    AssignLots,
    CompleteProduction,
    ComponentLot,
    ConfirmOperation,
    OrderCancelled,
    OrderChanged,
    OrderReleased,
    ReceiveOutput,
)
from andon.model.quality import InspectionDecided

SETTINGS = ODataSettings(
    url="http://s4.example", writes_as="ANDON", plant="1710", time_zone="Europe/Berlin"
)
ORDER = {
    "ManufacturingOrder": "1000001",
    "Material": "PUMP",
    "TotalQuantity": "10.000",
    "ProductionUnit": "PC",
    "OrderIsCreated": "",
    "OrderIsReleased": "X",
    "MfgOrderScheduledEndDate": "2026-07-09T00:00:00+00:00",
    "MfgOrderScheduledEndTime": "PT14H00M00S",
    "LastChangeDateTime": "20260701100000",
    "SomethingNewInTheNextRelease": 1,
}
PLANNED = {**ORDER, "OrderIsReleased": ""}


def said(mapping: Inbound, row: dict[str, Any], before: dict[str, Any] | None = None) -> list[Said]:
    item = Item(kind=mapping.kind, key="k", raw=json.dumps(row).encode())
    previous = None if before is None else json.dumps(before).encode()
    return list(mapping.reads(item, Known(SETTINGS, previous)))


def status(said_: Said) -> object:
    assert isinstance(said_, ReadBack)
    return said_.holds["status"]


def test_a_released_order_is_released_with_its_due_moment_where_the_plant_is() -> None:
    for before in (None, PLANNED):
        event, held = said(production_order, ORDER, before)
        assert event == OrderReleased(
            order_id="1000001",
            material_id="PUMP",
            planned=Quantity(Decimal("10.000"), "PC"),
            due_at=datetime(2026, 7, 9, 12, tzinfo=UTC),
        )
        assert status(held) == "Released"


def test_what_is_made_for_one_sales_order_says_which() -> None:
    event, _ = said(production_order, {**ORDER, "SalesOrder": "5000001"}, PLANNED)
    assert isinstance(event, OrderReleased)
    assert [(one.relation, one.local) for one in event.links()] == [("made-for", "5000001")]


def test_an_order_is_released_once() -> None:
    assert [
        status(one) for one in said(production_order, ORDER, {**ORDER, "OrderIsLocked": "X"})
    ] == ["Released"]
    assert said(production_order, {**ORDER, "LastChangeDateTime": "20260701100001"}, ORDER) == []


def test_a_release_seen_only_when_work_has_begun_is_a_release() -> None:
    event, held = said(production_order, {**ORDER, "OrderIsPartiallyConfirmed": "X"}, PLANNED)
    assert isinstance(event, OrderReleased)
    assert status(held) == "Running"


@pytest.mark.parametrize(
    ("marks", "is_"),
    [
        ({"OrderIsReleased": ""}, "Forecast"),
        ({"OrderIsPartiallyConfirmed": "X"}, "Running"),
        ({"OrderIsDelivered": "X", "OrderIsConfirmed": "X"}, "Running"),
        ({"OrderIsLocked": "X"}, "Held"),
        ({"OrderIsTechnicallyCompleted": "X", "OrderIsDelivered": "X"}, "Completed"),
        ({"OrderIsClosed": "X", "OrderIsTechnicallyCompleted": "X"}, "Closed"),
        ({"OrderIsMarkedForDeletion": "X"}, "Cancelled"),
    ],
)
def test_an_order_first_seen_on_its_way_is_held_and_starts_nothing(
    marks: dict[str, str], is_: str
) -> None:
    (held,) = said(production_order, {**ORDER, **marks})
    assert status(held) == is_


def test_a_changed_header_is_a_change_and_a_withdrawal_a_cancellation() -> None:
    changed, _ = said(production_order, {**ORDER, "TotalQuantity": "12.000"}, ORDER)
    assert isinstance(changed, OrderChanged)
    assert str(changed.planned) == "12 PC"
    deleted = {**ORDER, "OrderIsMarkedForDeletion": "X"}
    (gone,) = said(production_order, deleted, ORDER)
    assert isinstance(gone, OrderCancelled)
    again, _ = said(production_order, ORDER, deleted)
    assert isinstance(again, OrderReleased)
    back, held = said(production_order, PLANNED, ORDER)
    assert isinstance(back, OrderCancelled)
    assert status(held) == "Forecast"


def test_a_change_is_news_though_the_order_was_ended_before_anybody_looked() -> None:
    ended = {**ORDER, "OrderIsTechnicallyCompleted": "X"}
    changed, held = said(production_order, {**ended, "TotalQuantity": "12.000"}, ORDER)
    assert isinstance(changed, OrderChanged)
    assert str(changed.planned) == "12 PC"
    assert status(held) == "Completed"
    (held,) = said(production_order, ended, ORDER)
    assert status(held) == "Completed"
    (held,) = said(production_order, {**ended, "TotalQuantity": "12.000"}, ended)
    assert status(held) == "Completed"


@pytest.mark.parametrize("wrong", [{"TotalQuantity": "ten"}, {"ManufacturingOrder": None}])
def test_a_row_that_cannot_be_read_names_the_field(wrong: dict[str, Any]) -> None:
    with pytest.raises(MappingError) as raised:
        said(production_order, {**ORDER, **wrong})
    assert [fault.at for fault in raised.value.faults] == [f"/{next(iter(wrong))}"]


LINE = {
    "MaterialDocumentItem": "0001",
    "Material": "SEAL",
    "Plant": "1710",
    "StorageLocation": "171A",
    "Batch": "B1",
    "GoodsMovementType": "261",
    "ManufacturingOrder": "1000001",
    "QuantityInEntryUnit": "2.500",
    "EntryUnit": "PC",
}


def document(*kinds: str, by: str = "PLANNER") -> dict[str, Any]:
    lines = [
        {**LINE, "MaterialDocumentItem": f"{n:04}", "GoodsMovementType": kind}
        for n, kind in enumerate(kinds, start=1)
    ]
    return {
        "MaterialDocument": "4900000001",
        "MaterialDocumentYear": "2026",
        "CreatedByUser": by,
        "CreationDate": "2026-07-01T00:00:00+00:00",
        "CreationTime": "PT10H30M00S",
        "to_MaterialDocumentItem": lines,
    }


def test_each_line_of_a_document_is_a_movement() -> None:
    issued, received, back = said(goods_movement, document("261", "101", "262"))
    assert issued == GoodsIssued(
        movement_id="4900000001/2026/0001",
        material_id="SEAL",
        quantity=Quantity(Decimal("2.500"), "PC"),
        use="Material Consumed",
        lot_id="B1",
        order_id="1000001",
        location="1710/171A",
        posted_at=datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
    )
    assert isinstance(received, GoodsReceived)
    assert received.use == "Material Produced"
    assert isinstance(back, GoodsReceived)
    assert back.use == "Material Consumed"


def test_what_stays_in_stock_is_no_movement_and_what_nobody_knows_is_a_doubt() -> None:
    (doubt,) = said(goods_movement, document("311", "Z61", "325"))
    assert isinstance(doubt, Finding)
    assert "Z61" in doubt.text


def test_what_is_blocked_or_given_to_use_again_is_what_the_books_believe_of_the_hold() -> None:
    blocked, free = said(goods_movement, document("344", "343"))
    assert isinstance(blocked, ReadBack)
    assert isinstance(free, ReadBack)
    assert (blocked.kind, blocked.holds, free.holds) == (
        "material-lot", {"hold": True}, {"hold": False},
    )  # fmt: skip


def test_what_is_given_back_because_it_has_left_says_nothing_of_the_hold_of_the_rest() -> None:
    assert (
        said(goods_movement, {**document("343"), "MaterialDocumentHeaderText": LEFT_BEFORE}) == []
    )


def test_what_we_posted_ourselves_is_a_read_back() -> None:
    (held,) = said(goods_movement, document("101", by="ANDON"))
    assert isinstance(held, ReadBack)
    assert (held.kind, held.object_id) == ("inventory-movement", "4900000001/2026/0001")
    assert said(goods_movement, document("101"), document("101")) == []


LOT: dict[str, Any] = {
    "InspectionLot": "040000000001",
    "Batch": "L7",
    "ManufacturingOrder": "1000001",
    "to_InspLotUsageDecision": None,
}
DECISION = {
    "InspLotUsageDecisionValuation": "R",
    "InspectionLotUsageDecisionCode": "R2",
    "InspectionLotUsageDecidedOn": "2026-07-01T00:00:00+00:00",
    "InspLotUsageDecisionTime": "PT10H30M00S",
}


def test_a_usage_decision_is_said_once() -> None:
    assert said(inspection_lot, LOT) == []
    decided = {**LOT, "to_InspLotUsageDecision": DECISION}
    assert said(inspection_lot, decided, LOT) == [
        InspectionDecided(
            inspection_id="040000000001",
            decision="reject",
            lot_id="L7",
            order_id="1000001",
            reason="Usage decision R2",
            decided_at=datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
        ),
        LotInspected(
            lot_id="L7",
            decision="reject",
            inspection_id="040000000001",
            inspected_at=datetime(2026, 7, 1, 8, 30, tzinfo=UTC),
        ),
    ]
    assert len(said(inspection_lot, {**decided, "Batch": ""}, LOT)) == 1
    assert said(inspection_lot, decided, decided) == []
    with pytest.raises(MappingError, match="neither A nor R"):
        said(
            inspection_lot,
            {**LOT, "to_InspLotUsageDecision": {"InspLotUsageDecisionValuation": "X"}},
        )


def asked(command: Command) -> Request:
    writers = {one.command: one for one in mappings if isinstance(one, Outbound)}
    writer = writers[type(command)]
    assert writer.local
    return writer.writes(command, Known(SETTINGS, local="1000001"))


def pieces(amount: str) -> Quantity:
    return Quantity(Decimal(amount), "PC")


def line(request: Request) -> dict[str, Any]:
    (found,) = cast("list[dict[str, Any]]", request.body["to_MaterialDocumentItem"])
    return found


def test_output_is_received_with_movement_type_101() -> None:
    request = asked(
        ReceiveOutput(
            order_id="o", material_id="PUMP", good=pieces("5"), lot_id="material-lot/mes:L7"
        )
    )
    assert request.target == "POST A_MaterialDocumentHeader"
    assert request.body["GoodsMovementCode"] == "02"
    found = line(request)
    assert found["GoodsMovementType"] == "101"
    assert (found["Batch"], found["ManufacturingOrder"]) == ("L7", "1000001")
    assert (found["QuantityInEntryUnit"], found["EntryUnit"]) == (5, "PC")
    assert found["Plant"] == "1710"
    assert "StorageLocation" not in found


def test_output_is_received_into_inspection_where_the_settings_say_so() -> None:
    known = Known(structs.replace(SETTINGS, receives_into="inspection"), local="1000001")
    output = ReceiveOutput(order_id="o", material_id="PUMP", good=pieces("5"), lot_id="L7")
    assert line(receive_output.writes(output, known))["InventoryUsabilityCode"] == "X"
    assert "InventoryUsabilityCode" not in line(asked(output))


def test_lots_are_issued_with_movement_type_261_and_only_with_an_amount() -> None:
    part = ComponentLot(material_id="SEAL", lot_id="B1", quantity=pieces("2"))
    found = line(asked(AssignLots(order_id="o", components=(part,))))
    assert (found["GoodsMovementType"], found["Batch"]) == ("261", "B1")
    with pytest.raises(MappingError, match="without an amount"):
        asked(AssignLots(order_id="o", components=(ComponentLot(material_id="S", lot_id="B"),)))


def test_an_operation_is_confirmed_in_one_unit_and_local_time() -> None:
    ended = datetime(2026, 7, 1, 22, 30, 5, 7, tzinfo=UTC)
    confirm = ConfirmOperation(
        order_id="o", operation="0010", good=pieces("4"), scrap=pieces("1"), completed_at=ended
    )
    body = asked(confirm).body
    assert (body["OrderID"], body["OrderOperation"]) == ("1000001", "0010")
    assert (body["ConfirmationYieldQuantity"], body["ConfirmationScrapQuantity"]) == (4, 1)
    assert body["ConfirmedExecutionEndDate"].isoformat() == "2026-07-02"
    assert body["ConfirmedExecutionEndTime"].isoformat() == "00:30:05"
    with pytest.raises(MappingError, match="one unit"):
        asked(
            ConfirmOperation(
                order_id="o", operation="1", good=pieces("4"), scrap=Quantity(Decimal(1), "KG"),
                machine_time=timedelta(minutes=1),
            )
        )  # fmt: skip


def test_completion_is_technical() -> None:
    target = "POST TechlyCmpltOrder?ManufacturingOrder='1000001'"
    assert asked(CompleteProduction(order_id="o")).target == target
