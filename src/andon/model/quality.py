"""Quality: inspections, their decisions, holds on lots (ISA-95 TestResult, lot Disposition)."""

__all__ = [
    "DecideInspection",
    "Decision",
    "HoldPlaced",
    "HoldProposed",
    "HoldReleased",
    "InspectionCommand",
    "InspectionDecided",
    "LotCommand",
    "PlaceHold",
    "RecordInspection",
    "ReleaseHold",
    "RequestInspection",
    "Result",
]

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from andon.core.message import Claims, Command, Event, Link
from andon.model.isa95 import Disposition
from andon.model.terms import Instant, LotId, MaterialId, Name, OrderId, Text

Decision = Literal["accept", "reject"]
"""What quality says of a lot after an inspection."""


class InspectionDecided(Event, frozen=True, kw_only=True):
    """The inspection is over and says yes or no. A reject holds nothing by itself; a hold does."""

    TYPE: ClassVar[str] = "andon.quality.inspection.decided.v1"
    KIND: ClassVar[str] = "inspection-lot"
    KEY: ClassVar[str] = "inspection_id"

    inspection_id: Name
    decision: Decision
    lot_id: LotId | None = None
    order_id: OrderId | None = None
    reason: Text | None = None
    decided_at: Instant | None = None

    def claims(self) -> Claims:
        """Closed, with the decision."""
        return {"status": "Closed", "decision": self.decision}

    def links(self) -> Iterable[Link]:
        """The lot and the order it was about."""
        return _about(self.lot_id, self.order_id)


class HoldPlaced(Event, frozen=True, kw_only=True):
    """The lot must not be used or moved until released."""

    TYPE: ClassVar[str] = "andon.quality.hold.placed.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    reason: Text
    placed_at: Instant | None = None

    def claims(self) -> Claims:
        """Held, and restricted."""
        return {"hold": True, "disposition": "Restricted"}


class HoldProposed(Event, frozen=True, kw_only=True):
    """Somebody asks that the lot be held. Nothing is held by it: a person confirms or dismisses."""

    TYPE: ClassVar[str] = "andon.quality.hold.proposed.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    reason: Text
    proposed_by: Name

    def claims(self) -> Claims:
        """That it ought to be held, which is not that it is."""
        return {"hold-asked": True}


class HoldReleased(Event, frozen=True, kw_only=True):
    """The lot is no longer held; what it may be used for is said where the speaker knows."""

    TYPE: ClassVar[str] = "andon.quality.hold.released.v1"
    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId
    reason: Text | None = None
    disposition: Disposition | None = None
    released_at: Instant | None = None

    def claims(self) -> Claims:
        """Not held."""
        use: Claims = {} if self.disposition is None else {"disposition": self.disposition}
        return {"hold": False, **use}


class InspectionCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all commands about one inspection; the asker gives the id."""

    KIND: ClassVar[str] = "inspection-lot"
    KEY: ClassVar[str] = "inspection_id"

    inspection_id: Name


class RequestInspection(InspectionCommand, frozen=True, kw_only=True):
    """Open an inspection of what an order made."""

    TYPE: ClassVar[str] = "andon.quality.inspection.request.v1"

    material_id: MaterialId
    order_id: OrderId
    lot_id: LotId | None = None

    def claims(self) -> Claims:
        """Open, waiting for results."""
        return {"status": "Waiting", "material": self.material_id}

    def links(self) -> Iterable[Link]:
        """The lot and the order it is about."""
        return _about(self.lot_id, self.order_id)


class Result(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One characteristic: a measured figure (in the unit of the plan), or whether it conforms."""

    characteristic: Name
    measured: Decimal | None = None
    conforms: bool | None = None


class RecordInspection(InspectionCommand, frozen=True, kw_only=True):
    """Write results into the inspection; it decides nothing yet."""

    TYPE: ClassVar[str] = "andon.quality.inspection.record.v1"

    results: Annotated[tuple[Result, ...], msgspec.Meta(min_length=1)]

    def claims(self) -> Claims:
        """Running: results are there, a decision is not."""
        return {"status": "Running"}


class DecideInspection(InspectionCommand, frozen=True, kw_only=True):
    """Let the target judge the results. What it decides comes back as InspectionDecided."""

    TYPE: ClassVar[str] = "andon.quality.inspection.decide.v1"

    def claims(self) -> Claims:
        """Closed; the decision is the target's to say."""
        return {"status": "Closed"}


class LotCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parent of all quality commands about one lot."""

    KIND: ClassVar[str] = "material-lot"
    KEY: ClassVar[str] = "lot_id"

    lot_id: LotId


class PlaceHold(LotCommand, frozen=True, kw_only=True):
    """Hold the lot, now: overtakes what waits before it."""

    TYPE: ClassVar[str] = "andon.quality.hold.place.v1"
    OVERTAKES: ClassVar[bool] = True
    HOLDS: ClassVar[bool | None] = True

    reason: Text

    def claims(self) -> Claims:
        """Held, and restricted."""
        return {"hold": True, "disposition": "Restricted"}


class ReleaseHold(LotCommand, frozen=True, kw_only=True):
    """Let the lot go again. Waits its turn: a release must not pass the hold it releases."""

    TYPE: ClassVar[str] = "andon.quality.hold.release.v1"
    HOLDS: ClassVar[bool | None] = False

    reason: Text | None = None

    def claims(self) -> Claims:
        """Not held."""
        return {"hold": False}


def _about(lot_id: str | None, order_id: str | None) -> Iterable[Link]:
    if lot_id is not None:
        yield Link("inspects", "material-lot", lot_id)
    if order_id is not None:
        yield Link("inspects", "production-order", order_id)
