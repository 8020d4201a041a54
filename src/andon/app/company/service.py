"""The field service: a defect becomes a complaint, parts leave the books, and it hears of both."""

__all__ = ["AREA", "complaint_decided", "issue_parts", "raise_complaint"]

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec

from andon.app.company.area import Area
from andon.capabilities.service import answer_case, post_parts
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.message import Finding
from andon.core.plant import Connection, Route
from andon.core.quantity import Quantity
from andon.model.service import (
    CaseReported,
    CaseStatus,
    ComplaintDecided,
    IssueParts,
    RaiseComplaint,
    UpdateCase,
    UsedPart,
    Verdict,
    VisitCompleted,
    VisitOutcome,
)

_PLATE = re.compile(r"([A-Z]\d{5,7}(?:-\d{1,2})?)[-/](\d{3})")
"""Lot and piece, as they are stamped; a lot made after a reopening has its number too."""
_OUTCOMES: Mapping[str, VisitOutcome] = {
    "FIXED": "repaired",
    "SWAPPED": "replaced",
    "NO_FAULT": "nothing-found",
    "REVISIT": "comes-again",
}
_STATES: Mapping[CaseStatus, str] = {
    "with-quality": "IN_QUALITY",
    "justified": "ACCEPTED",
    "unjustified": "DECLINED",
    "parts-posted": "PARTS_BOOKED",
}
_VERDICTS: Mapping[str, Verdict] = {"justified": "justified", "not justified": "unjustified"}
_VAN, _COST_CENTER = "171V", "17101601"
"""Of the technicians, in the ERP."""


class _Product(msgspec.Struct, frozen=True):
    article: str
    plate: str


class _Case(msgspec.Struct, frozen=True):
    number: str
    account: str
    product: _Product
    delivery_note: str
    complaint: str


class _Opened(msgspec.Struct, frozen=True):
    case: _Case
    opened: datetime


class _Part(msgspec.Struct, frozen=True):
    article: str
    batch: str
    qty: Decimal


class _Visit(msgspec.Struct, frozen=True):
    number: str
    parts: tuple[_Part, ...]
    outcome: Literal["FIXED", "SWAPPED", "NO_FAULT", "REVISIT"]
    remark: str
    at: datetime


class _Visited(msgspec.Struct, frozen=True):
    case: _Case
    visit: _Visit


class _Judged(msgspec.Struct, frozen=True):
    complaint: str
    case: str
    verdict: Literal["justified", "not justified"]
    reason: str
    at: datetime
    lot: str = ""
    held: bool = False
    """Whether the QMS holds the lot at that moment."""


def _case(number: str) -> str:
    """Everybody writes the field service's number on the paper."""
    return f"service-case/field-service:{number}"


def _number(case_id: str) -> str:
    return case_id.rpartition(":")[2]


def _lot_on(plate: str) -> str | None:
    """Customers read a plate in any case and with any blanks."""
    stamped = _PLATE.fullmatch("".join(plate.split()).upper())
    return None if stamped is None else stamped[1]


@inbound("case.opened")
def _opened(item: Item, _: Known) -> Iterator[Said]:
    """The plate names the lot; the delivery note, where the customer has it, the delivery."""
    row = item.read(_Opened)
    case, lot = row.case, _lot_on(row.case.product.plate)
    yield CaseReported(
        case_id=_case(case.number),
        customer_id=case.account,
        material_id=case.product.article,
        defect=case.complaint,
        serial=case.product.plate or None,
        lot_id=lot,
        delivery_id=f"delivery/erp:{case.delivery_note}" if case.delivery_note else None,
        reported_at=row.opened,
    )
    if lot is None:
        yield Finding(
            "unknown-serial",
            f"{case.number}: no lot can be read from the serial number {case.product.plate!r}. Ask"
            f" {case.account} for the plate once more, and complete the complaint.",
        )


@inbound("visit.closed")
def _visited(item: Item, _: Known) -> Iterator[Said]:
    """Parts by the labels that the technician scanned."""
    row = item.read(_Visited)
    yield VisitCompleted(
        case_id=_case(row.case.number),
        visit_id=row.visit.number,
        outcome=_OUTCOMES[row.visit.outcome],
        parts=tuple(
            UsedPart(material_id=part.article, lot_id=part.batch, quantity=Quantity(part.qty, "PC"))
            for part in row.visit.parts
        ),
        found=row.visit.remark or None,
        completed_at=row.visit.at,
    )


@outbound(UpdateCase, proof="findable")
def _update(command: UpdateCase, _: Known) -> Request:
    """The field service keeps our key as an external id and does not look at it."""
    return Request(
        target="update",
        body={
            "case": _number(command.case_id),
            "state": _STATES[command.status],
            "reference": command.reference or "",
            "text": command.text or "",
        },
    )


@outbound(RaiseComplaint, proof="findable")
def raise_complaint(command: RaiseComplaint, _: Known) -> Request:
    """The QMS keeps our key as a reference; without a lot it takes none."""
    return Request(
        target="complain",
        body={
            "lot": _number(command.lot_id or ""),
            "item": command.material_id,
            "customer": command.customer_id,
            "defect": command.defect,
            "case": _number(command.case_id),
        },
    )


@inbound("complaint.decided")
def complaint_decided(item: Item, _: Known) -> Iterator[Said]:
    """The engineer's word; the QMS has the case's number on its paper."""
    row = item.read(_Judged)
    yield ComplaintDecided(
        case_id=_case(row.case),
        verdict=_VERDICTS[row.verdict],
        complaint_id=row.complaint,
        reason=row.reason or None,
        lot_id=row.lot or None,
        held=row.held,
        decided_at=row.at,
    )


@outbound(IssueParts, proof="findable")
def issue_parts(command: IssueParts, _: Known) -> Request:
    """Movement 201: from the van, at the cost of the field service. One document for a visit,
    which stands in its header."""
    items = [
        {
            "Plant": "1710",
            "StorageLocation": _VAN,
            "Material": part.material_id,
            "Batch": _number(part.lot_id),
            "GoodsMovementType": "201",
            "CostCenter": _COST_CENTER,
            "QuantityInEntryUnit": part.quantity.amount,
            "EntryUnit": part.quantity.unit,
        }
        for part in command.parts
    ]
    body = {
        "GoodsMovementCode": "03",
        "MaterialDocumentHeaderText": f"{_number(command.case_id)}/{command.visit_id}",
        "to_MaterialDocumentItem": items,
    }
    return Request(target="POST A_MaterialDocumentHeader", body=body)


AREA = Area(
    connections=(
        Connection("field-service", Rest, (_update,)),
        Connection("field-service-events", Webhook, (_opened, _visited)),
    ),
    workflows=(answer_case, post_parts),
    routes=(
        Route(UpdateCase, "field-service"),
        Route(RaiseComplaint, "qms"),
        Route(IssueParts, "erp"),
    ),
)
