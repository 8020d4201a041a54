"""Field service: defects at customers', the complaints they become, and the parts of visits."""

__all__ = [
    "CaseEvent",
    "CaseReported",
    "CaseStatus",
    "ComplaintDecided",
    "IssueParts",
    "RaiseComplaint",
    "UpdateCase",
    "UsedPart",
    "Verdict",
    "VisitCompleted",
    "VisitOutcome",
]

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims, Command, Event, Link
from andon.core.quantity import Quantity
from andon.model.terms import Instant, LotId, MaterialId, Name, Text

Verdict = Literal["justified", "unjustified"]
"""What quality says of a complaint: the defect is ours, or it is not."""

VisitOutcome = Literal["repaired", "replaced", "nothing-found", "comes-again"]
"""What came out of a technician's visit."""

CaseStatus = Literal["with-quality", "justified", "unjustified", "parts-posted"]
"""How far a case is with us, for those who speak with the customer."""


class CaseEvent(Event, frozen=True, kw_only=True):
    """Parent of all events about one service case."""

    KIND: ClassVar[str] = "service-case"
    KEY: ClassVar[str] = "case_id"

    case_id: Name


class CaseReported(CaseEvent, frozen=True, kw_only=True):
    """A customer reports a defect on something delivered."""

    TYPE: ClassVar[str] = "andon.service.case.reported.v1"

    customer_id: Name
    material_id: MaterialId
    defect: Text
    """In the customer's words."""
    serial: Name | None = None
    """Of the piece, as it stands on its plate."""
    lot_id: LotId | None = None
    """None where nobody can tell from which lot the piece is."""
    delivery_id: Name | None = None
    reported_at: Instant | None = None

    def claims(self) -> Claims:
        """Open, for whom, and what of."""
        return {"status": "Waiting", "customer": self.customer_id, "material": self.material_id}

    def links(self) -> Iterable[Link]:
        """The lot and the delivery it is about."""
        if self.lot_id is not None:
            yield Link("complains-of", "material-lot", self.lot_id)
        if self.delivery_id is not None:
            yield Link("complains-of", "delivery", self.delivery_id)


class UsedPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of a spare part that went into the customer's piece."""

    material_id: MaterialId
    lot_id: LotId
    quantity: Quantity


class VisitCompleted(CaseEvent, frozen=True, kw_only=True):
    """A technician has been there."""

    TYPE: ClassVar[str] = "andon.service.visit.completed.v1"

    visit_id: Name
    outcome: VisitOutcome
    parts: tuple[UsedPart, ...] = ()
    found: Text | None = None
    """In the technician's words."""
    completed_at: Instant | None = None

    def claims(self) -> Claims:
        """What came out of the last visit; over, unless somebody comes again."""
        over = self.outcome != "comes-again"
        return {"status": "Completed" if over else "Running", "outcome": self.outcome}

    def links(self) -> Iterable[Link]:
        """The lots of the parts."""
        for part in self.parts:
            yield Link("repaired-with", "material-lot", part.lot_id)


class ComplaintDecided(CaseEvent, frozen=True, kw_only=True):
    """Quality has looked into the complaint of a case."""

    TYPE: ClassVar[str] = "andon.service.complaint.decided.v1"

    verdict: Verdict
    complaint_id: Name | None = None
    reason: Text | None = None
    lot_id: LotId | None = None
    """The lot it is of, where quality has found that out."""
    held: bool = False
    """Whether quality holds that lot already."""
    decided_at: Instant | None = None

    def claims(self) -> Claims:
        """What quality says of it."""
        return {"complaint": self.verdict}

    def links(self) -> Iterable[Link]:
        """The lot it is of."""
        if self.lot_id is not None:
            yield Link("complains-of", "material-lot", self.lot_id)


class _CaseCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    KIND: ClassVar[str] = "service-case"
    KEY: ClassVar[str] = "case_id"

    case_id: Name


class RaiseComplaint(_CaseCommand, frozen=True, kw_only=True):
    """Let quality look into a case. The receipt is the number of the complaint."""

    TYPE: ClassVar[str] = "andon.service.complaint.raise.v1"

    customer_id: Name
    material_id: MaterialId
    defect: Text
    lot_id: LotId | None = None

    def claims(self) -> Claims:
        """Raised, and not decided."""
        return {"complaint": "raised"}


class IssueParts(_CaseCommand, frozen=True, kw_only=True):
    """Post the spare parts of a visit as used. Posts a fact: no hold can bring them back."""

    TYPE: ClassVar[str] = "andon.service.parts.issue.v1"

    visit_id: Name
    parts: Annotated[tuple[UsedPart, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """Up to which visit the parts are in the books."""
        return {"parts-posted": self.visit_id}


class UpdateCase(_CaseCommand, frozen=True, kw_only=True):
    """Tell those who speak with the customer how far the case is with us."""

    TYPE: ClassVar[str] = "andon.service.case.update.v1"

    status: CaseStatus
    reference: Name | None = None
    """The complaint's or the posting's number, where there is one."""
    text: Text | None = None

    def claims(self) -> Claims:
        """What it was told last."""
        return {"told": self.status}
