"""What the company asks and hears about what its contract manufacturer processes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.app.company import AREAS
from andon.app.company.partners import is_service
from andon.app.company.stock import BOOKS
from andon.core.connector import Item
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Command
from andon.core.quantity import Quantity
from andon.model.inventory import StockReported
from andon.model.processing import (
    ComponentsScrapped,
    ConsumedLot,
    LotProcessed,
    PostProvidedScrap,
    ProcessedCounted,
    ProcessingReported,
    RequestStop,
)
from andon.model.subcontracting import (
    ComponentsProvided,
    ProvidedLot,
    ProvidedStockReported,
    RequestProvision,
)
from andon.model.supply import PurchaseLine, ShipmentCounted
from tests.unit.connectors.test_odata_deliveries import SETTINGS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ORDER, PLATER = "purchase-order/erp:4600000001", "17300004"
KNOWN = Known(SETTINGS)
MAPPINGS = [one for area in AREAS for connection in area.connections for one in connection.mappings]
LOT = {"line": "00010", "item": "SHAFT", "lot": "F00001", "quantity": "12"}


def pcs(amount: int) -> Quantity:
    return Quantity(Decimal(amount), "PC")


SHAFTS = ProvidedLot(line="00010", material_id="SHAFT", lot_id="F00001", quantity=pcs(12))


def written(command: Command) -> Any:
    (piece,) = [
        one for one in MAPPINGS if isinstance(one, Outbound) and one.command is type(command)
    ]
    return piece.writes(command, KNOWN)


def posted(kind: str, body: object) -> list[Said]:
    (piece,) = [one for one in MAPPINGS if isinstance(one, Inbound) and one.kind == kind]
    return list(piece.reads(Item(kind=kind, key="1", raw=msgspec.json.encode(body)), KNOWN))


def test_what_is_provided_is_a_task_for_the_dock_and_comes_back_from_there_with_its_lots() -> None:
    need = PurchaseLine(line="00010", material_id="SHAFT", quantity=pcs(12))
    request = written(RequestProvision(order_id=ORDER, supplier_id=PLATER, needed=(need,)))
    assert request.target == "provide"
    told = {**request.body, "id": "V00001", "at": NOON, "lots": [LOT]}
    assert posted("components.provided", told) == [
        ComponentsProvided(
            order_id=ORDER,
            provision_id="V00001",
            supplier_id=PLATER,
            lots=(SHAFTS,),
            provided_at=NOON,
        )
    ]


def test_whoever_posts_as_the_manufacturer_speaks_for_it_alone() -> None:
    order: dict[str, Any] = {"order": "4600000001", "at": NOON, "supplier": "17300001"}
    assert posted("processing.reported", {**order, "progress": "started", "lots": [LOT]}) == [
        ProcessingReported(
            order_id=ORDER,
            supplier_id=PLATER,
            progress="started",
            lots=(SHAFTS,),
            reported_at=NOON,
        )
    ]
    made = {"line": "00010", "item": "SHAFT-ZN", "lot": "P1", "good": "11", "consumed": [LOT]}
    taken = ConsumedLot(material_id="SHAFT", lot_id="F00001", quantity=pcs(12))
    assert posted("lot.processed", {**order, **made}) == [
        LotProcessed(
            lot_id="P1",
            material_id="SHAFT-ZN",
            order_id=ORDER,
            line="00010",
            supplier_id=PLATER,
            good=pcs(11),
            consumed=(taken,),
            processed_at=NOON,
        )
    ]
    gone = {"id": "C7", "reason": "burnt", "lots": [LOT]}
    assert posted("components.scrapped", {**order, **gone}) == [
        ComponentsScrapped(
            order_id=ORDER,
            scrap_id="C7",
            supplier_id=PLATER,
            lots=(SHAFTS,),
            reason="burnt",
            scrapped_at=NOON,
        )
    ]


def test_what_is_spoiled_is_taken_out_of_what_the_supplier_has() -> None:
    shafts = msgspec.structs.replace(SHAFTS, lot_id="material-lot/company:F00001")
    request = written(
        PostProvidedScrap(
            order_id=ORDER, scrap_id="C7", supplier_id=PLATER, scrapped=(shafts,), reason="burnt"
        )
    )
    (line,) = request.body["to_MaterialDocumentItem"]
    wanted = {
        "GoodsMovementType": "551",
        "InventorySpecialStockType": "O",
        "Supplier": PLATER,
        "Batch": "F00001",
    }
    assert line.items() >= wanted.items()
    assert "StorageLocation" not in line, "it is in no store"


def test_a_stop_is_noted_without_its_reason() -> None:
    request = written(RequestStop(order_id=ORDER, held=("F00002", "F00001")))
    assert request.body == {"order": ORDER, "held": ["F00002", "F00001"]}
    stop = RequestStop(order_id=ORDER, held=("material-lot/company:F2", "F1"))
    assert stop.claims() == {"stop": "F1, F2"}
    assert RequestStop(order_id=ORDER, held=()).claims() == {"stop": None}


@pytest.mark.parametrize(
    ("number", "kind"), [("4500000001", ShipmentCounted), ("4600000001", ProcessedCounted)]
)
def test_a_service_is_known_by_its_number(number: str, kind: type[object]) -> None:
    body = {"id": "count-1", "order": number, "shipment": "S1", "at": NOON, "lots": [LOT]}
    (counted,) = posted("shipment.counted", body)
    assert type(counted) is kind
    assert is_service(number) is (kind is ProcessedCounted)


def test_what_is_with_a_supplier_lies_in_no_store_of_ours() -> None:
    row = {
        "Material": "SHAFT",
        "Plant": "1710",
        "StorageLocation": "171A",
        "Batch": "F00001",
        "Supplier": "",
        "InventoryStockType": "01",
        "MaterialBaseUnit": "PC",
        "MatlWrhsStkQtyInMatlBaseUnit": "12",
    }
    piece, _ = BOOKS

    def said(row: object) -> list[Said]:
        item = Item(kind="stock", key="1", raw=msgspec.json.encode(row))
        return list(piece.reads(item, KNOWN))

    (here,) = said(row)
    assert isinstance(here, StockReported)
    (there,) = said({**row, "StorageLocation": "", "Supplier": PLATER})
    assert isinstance(there, ProvidedStockReported)
    assert there.claims() == {"material": "SHAFT", f"provided.{PLATER}.unrestricted": "12 PC"}
