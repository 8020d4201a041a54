"""Between the words of QMS, MES and WMS about held lots, and ours."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.app.company import mes_a, quality, warehouse
from andon.app.company.area import Area
from andon.core.connector import Item, Request, Settings
from andon.core.errors import MappingError
from andon.core.mapping import Inbound, Known, Outbound, Said
from andon.core.message import Command, ReadBack
from andon.core.quantity import Quantity
from andon.model.concession import ConcessionGranted, GrantConcession
from andon.model.disposing import DisposeLot, LotDisposed
from andon.model.holding import LockStock, StopUse, UnlockStock, Usage
from andon.model.inspecting import LotInspected
from andon.model.inventory import StockScrapped
from andon.model.quality import InspectionDecided, RequestInspection

LOT, AT = "material-lot/company:A 1", "2026-03-02T06:00:00Z"


def _mappings(area: Area) -> Iterable[Inbound | Outbound]:
    return (one for connection in area.connections for one in connection.mappings)


def said(area: Area, kind: str, row: dict[str, Any]) -> Said:
    # both plants hear the QMS in the same words
    (reads,) = {
        one.reads for one in _mappings(area) if isinstance(one, Inbound) and one.kind == kind
    }
    item = Item(key="1", kind=kind, raw=msgspec.json.encode({"at": AT, **row}))
    (event,) = reads(item, Known(Settings()))
    return event


def asked(area: Area, command: Command) -> Request:
    (writes,) = (
        one.writes
        for one in _mappings(area)
        if isinstance(one, Outbound) and one.command is type(command)
    )
    return writes(command, Known(Settings()))


@pytest.mark.parametrize("inspection", ["INS-5001", ""])
def test_a_disposition_names_the_inspection_that_it_closes(inspection: str) -> None:
    row = {"lot": "A1", "usage": "scrap", "reason": "porous", "inspection": inspection}
    event = said(quality.AREA, "lot.disposed", row)
    assert isinstance(event, LotDisposed)
    assert (event.usage, event.reason) == ("scrap", "porous")
    assert event.inspection_id == (inspection or None)


@pytest.mark.parametrize(("issuer", "plant"), [("erp", "plant-a"), ("erp-b", "plant-b")])
def test_an_inspection_is_asked_of_the_laboratory_of_its_plant(issuer: str, plant: str) -> None:
    command = RequestInspection(
        inspection_id="I-V1",
        material_id="VALVE",
        order_id=f"production-order/{issuer}:B000001",
        lot_id="material-lot/company:V1",
    )
    body = {"lot": "V1", "item": "VALVE", "order": "B000001", "plant": plant}
    assert asked(quality.AREA, command) == Request(target="inspect", body=body)


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_a_decision_is_said_of_the_inspection_and_of_its_lot(decision: str) -> None:
    reads, of_plant_b = (
        one.reads
        for one in _mappings(quality.AREA)
        if isinstance(one, Inbound) and one.kind == "inspection.decided"
    )
    assert of_plant_b is reads
    row = {"inspection": "INS-5001", "lot": "A1", "decision": decision, "reason": "", "at": AT}
    item = Item(key="1", kind="inspection.decided", raw=msgspec.json.encode(row))
    closed, inspected = reads(item, Known(Settings()))
    assert isinstance(closed, InspectionDecided)
    assert isinstance(inspected, LotInspected)
    assert inspected.claims() == {"accepted": decision == "accept"}
    assert (inspected.lot_id, inspected.inspection_id) == ("A1", "INS-5001")


def test_what_is_decided_here_goes_to_the_qms() -> None:
    command = DisposeLot(lot_id=LOT, usage="rework", reason="seal it")
    body = {"lot": "A 1", "usage": "rework", "reason": "seal it"}
    assert asked(quality.AREA, command) == Request(target="dispose", body=body)


def test_a_concession_names_the_lot_that_passes_and_the_held_one() -> None:
    held = "material-lot/company:H 1"
    command = GrantConcession(lot_id=LOT, held_lot_id=held, reason="dry")
    body = {"lot": "A 1", "held": "H 1", "reason": "dry"}
    assert asked(quality.AREA, command) == Request(target="concede", body=body)
    event = said(quality.AREA, "concession.granted", {"lot": "A1", "held": "H1", "reason": ""})
    assert event == ConcessionGranted(
        lot_id="A1", held_lot_id="H1", granted_at=datetime(2026, 3, 2, 6, tzinfo=UTC)
    )


def test_the_floor_hears_of_a_hold_and_of_what_becomes_of_it() -> None:
    cases: list[tuple[Usage | None, str]] = [(None, ""), ("scrap", "scrap")]
    for usage, told in cases:
        request = asked(mes_a.AREA, StopUse(lot_id=LOT, reason="porous", usage=usage))
        assert request.body == {"lot": "A 1", "reason": "porous", "usage": told}


def test_scrap_of_the_floor_is_of_its_store() -> None:
    row = {"lot": "A1", "item": "PUMP", "quantity": "3", "reason": "scrapped by quality"}
    event = said(mes_a.AREA, "lot.scrapped", row)
    assert isinstance(event, StockScrapped)
    assert (event.quantity, event.location) == (Quantity(Decimal(3), "PC"), "production")


def test_the_warehouse_keeps_what_is_held_in_a_category_of_its_own() -> None:
    cases: list[tuple[Usage | None, str]] = [(None, "Q"), ("rework", "R"), ("scrap", "S")]
    for usage, category in cases:
        request = asked(warehouse.AREA, LockStock(lot_id=LOT, reason="porous", usage=usage))
        assert request.body == {"lot": "A 1", "category": category, "reason": "porous"}
    with pytest.raises(MappingError, match="no category for release"):
        asked(warehouse.AREA, LockStock(lot_id=LOT, reason="porous", usage="release"))
    assert asked(warehouse.AREA, UnlockStock(lot_id=LOT)).target == "DELETE /locks/A%201"


@pytest.mark.parametrize("held", [True, False])
def test_a_lock_is_what_the_warehouse_believes_and_no_news(held: bool) -> None:
    row = {"seq": 1, "lot": "A1", "item": "", "quantity": "0", "bin": ""}
    back = said(warehouse.AREA, "change", {**row, "type": "locked" if held else "unlocked"})
    assert isinstance(back, ReadBack)
    assert (back.object_id, back.holds) == ("A1", {"hold": held})
