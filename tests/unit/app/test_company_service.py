"""What the field service and the QMS say of a case, in our words; and ours in theirs."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from andon.app.company.service import AREA, complaint_decided, issue_parts, raise_complaint
from andon.core.connector import Item, Request, Settings
from andon.core.mapping import Inbound, Known, Outbound
from andon.core.message import Finding, Link
from andon.core.quantity import Quantity
from andon.model.service import (
    CaseReported,
    ComplaintDecided,
    IssueParts,
    RaiseComplaint,
    UpdateCase,
    UsedPart,
    VisitCompleted,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KNOWN = Known(settings=Settings())
CASE = "service-case/field-service:FS-100001"
MAPPINGS = {
    one.kind if isinstance(one, Inbound) else one.command: one
    for connection in AREA.connections
    for one in connection.mappings
}


def reads(kind: str, **body: Any) -> list[Any]:
    mapping = complaint_decided if kind == "complaint.decided" else MAPPINGS[kind]
    assert isinstance(mapping, Inbound)
    item = Item(kind=kind, key="1", raw=msgspec.json.encode({"id": "1", **body}))
    return list(mapping.reads(item, KNOWN))


def case(plate: str, delivery_note: str = "80000007") -> dict[str, Any]:
    return {
        "number": "FS-100001",
        "account": "17100001",
        "product": {"article": "PUMP", "plate": plate},
        "delivery_note": delivery_note,
        "complaint": "loud",
    }


@pytest.mark.parametrize(
    ("plate", "lot"),
    [
        ("A0000017-004", "A0000017"),
        ("a0000017 / 004", "A0000017"),
        (" a0000017-004", "A0000017"),
        ("a0000017-1-004", "A0000017-1"),  # made after its order was reopened
        ("A0000017-1 / 004", "A0000017-1"),
    ],
)
def test_a_plate_names_the_lot_however_it_is_read(plate: str, lot: str) -> None:
    (said,) = reads("case.opened", case=case(plate), opened=NOON)
    assert said == CaseReported(
        case_id=CASE,
        customer_id="17100001",
        material_id="PUMP",
        defect="loud",
        serial=plate,
        lot_id=lot,
        delivery_id="delivery/erp:80000007",
        reported_at=NOON,
    )
    assert [link.local for link in said.links()] == [lot, "delivery/erp:80000007"]


@pytest.mark.parametrize("plate", ["", "on the back", "A0000017", "A0000017-4"])
def test_a_plate_that_names_no_lot_is_still_a_case_and_somebody_is_told(plate: str) -> None:
    said, doubt = reads("case.opened", case=case(plate, ""), opened=NOON)
    assert (said.lot_id, said.delivery_id, list(said.links())) == (None, None, [])
    assert isinstance(doubt, Finding)
    assert "FS-100001" in doubt.text


def test_a_visit_says_its_parts_and_what_came_out() -> None:
    visit = {
        "number": "V-5001",
        "parts": [{"article": "SEAL", "batch": "S90001", "qty": "2"}],
        "outcome": "FIXED",
        "remark": "",
        "at": NOON,
    }
    (said,) = reads("visit.closed", case=case("?"), visit=visit)
    seal = UsedPart(material_id="SEAL", lot_id="S90001", quantity=Quantity(Decimal(2), "PC"))
    assert said == VisitCompleted(
        case_id=CASE, visit_id="V-5001", outcome="repaired", parts=(seal,), completed_at=NOON
    )


def test_a_verdict_is_about_the_case() -> None:
    (said,) = reads(
        "complaint.decided", complaint="CMP-9001", case="FS-100001", verdict="not justified",
        reason="", at=NOON,
    )  # fmt: skip
    assert said == ComplaintDecided(
        case_id=CASE, verdict="unjustified", complaint_id="CMP-9001", decided_at=NOON
    )


@pytest.mark.parametrize("held", [True, False])
def test_a_verdict_names_the_lot_and_whether_it_is_held_already(held: bool) -> None:
    (said,) = reads(
        "complaint.decided", complaint="CMP-9001", case="FS-100001", verdict="justified",
        reason="porous casting", lot="A0000017", held=held, at=NOON,
    )  # fmt: skip
    assert isinstance(said, ComplaintDecided)
    assert (said.lot_id, said.held) == ("A0000017", held)
    assert list(said.links()) == [Link("complains-of", "material-lot", "A0000017")]


def _written(mapping: Inbound | Outbound, command: Any) -> Request:
    assert isinstance(mapping, Outbound)
    assert mapping.proof == "findable"
    return mapping.writes(command, KNOWN)


def test_the_qms_is_told_plain_numbers() -> None:
    complaint = RaiseComplaint(
        case_id=CASE,
        customer_id="17100001",
        material_id="PUMP",
        defect="loud",
        lot_id="material-lot/company:A0000017",
    )
    body = _written(raise_complaint, complaint).body
    assert body == {
        "lot": "A0000017", "item": "PUMP", "customer": "17100001", "defect": "loud",
        "case": "FS-100001",
    }  # fmt: skip
    assert _written(raise_complaint, msgspec.structs.replace(complaint, lot_id=None)).body == {
        **body,
        "lot": "",
    }


def test_a_visit_is_one_document_from_the_van() -> None:
    seal = UsedPart(material_id="SEAL", lot_id="S90001", quantity=Quantity(Decimal(2), "PC"))
    command = IssueParts(case_id=CASE, visit_id="V-5001", parts=(seal, seal))
    written = _written(issue_parts, command)
    assert written.target == "POST A_MaterialDocumentHeader"
    assert written.body["MaterialDocumentHeaderText"] == "FS-100001/V-5001"
    assert [
        (one["GoodsMovementType"], one["StorageLocation"], one["Batch"], one["QuantityInEntryUnit"])
        for one in written.body["to_MaterialDocumentItem"]
    ] == [("201", "171V", "S90001", Decimal(2))] * 2


def test_the_field_service_is_told_in_its_states() -> None:
    update = UpdateCase(case_id=CASE, status="unjustified", reference="CMP-9001")
    assert _written(MAPPINGS[UpdateCase], update).body == {
        "case": "FS-100001", "state": "DECLINED", "reference": "CMP-9001", "text": "",
    }  # fmt: skip
