"""What quality says and asks of lots: one full message of every class, and those with the least."""

from datetime import UTC, datetime
from decimal import Decimal

from andon.core.message import Message
from andon.core.quantity import Quantity
from andon.model.concession import ConcessionGranted, GrantConcession
from andon.model.disposing import DecideUsage, DisposeLot, LotDisposed
from andon.model.holding import (
    AllowUse,
    BlockStock,
    LockStock,
    StopUse,
    UnblockConsumed,
    UnblockDeparted,
    UnblockStock,
    UnlockStock,
)
from andon.model.inspecting import BlockInspected, LotInspected, ReleaseInspected
from andon.model.production import ComponentLot
from andon.model.quality import (
    DecideInspection,
    HoldPlaced,
    HoldProposed,
    HoldReleased,
    InspectionDecided,
    PlaceHold,
    RecordInspection,
    ReleaseHold,
    RequestInspection,
    Result,
)

A, PUMP, LOT, PUMPS, CHECK, NOTE = "WO-1", "PUMP", "L77", "A1", "WO-1/L77", "seal leaks"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TWO = Quantity(Decimal(2), "PC")

FULL: tuple[Message, ...] = (
    InspectionDecided(
        inspection_id=CHECK,
        decision="reject",
        lot_id=LOT,
        order_id=A,
        reason=NOTE,
        decided_at=NOON,
    ),
    HoldPlaced(lot_id=LOT, reason=NOTE, placed_at=NOON),
    HoldProposed(lot_id=LOT, reason=NOTE, proposed_by="qa@acme.example"),
    HoldReleased(lot_id=LOT, reason=NOTE, disposition="UnRestricted", released_at=NOON),
    RequestInspection(inspection_id=CHECK, material_id=PUMP, order_id=A, lot_id=LOT),
    RecordInspection(
        inspection_id=CHECK,
        results=(
            Result(characteristic="pressure", measured=Decimal("25.0")),
            Result(characteristic="visual", conforms=True),
        ),
    ),
    DecideInspection(inspection_id=CHECK),
    LotInspected(lot_id=LOT, decision="accept", inspection_id=CHECK, inspected_at=NOON),
    ReleaseInspected(lot_id=LOT),
    BlockInspected(lot_id=LOT),
    PlaceHold(lot_id=LOT, reason=NOTE),
    ReleaseHold(lot_id=LOT, reason=NOTE),
    BlockStock(lot_id=LOT, reason=NOTE),
    UnblockStock(lot_id=LOT),
    UnblockDeparted(delivery_id="delivery/erp:80000001"),
    UnblockConsumed(
        order_id=A,
        components=(ComponentLot(material_id="SEAL", lot_id=LOT, quantity=TWO),),
    ),
    StopUse(lot_id=LOT, reason=NOTE, usage="scrap"),
    AllowUse(lot_id=LOT),
    LockStock(lot_id=LOT, reason=NOTE, usage="rework"),
    UnlockStock(lot_id=LOT),
    LotDisposed(lot_id=LOT, usage="scrap", reason=NOTE, inspection_id=CHECK, disposed_at=NOON),
    DisposeLot(lot_id=LOT, usage="rework", reason=NOTE),
    DecideUsage(lot_id=LOT, usage="release"),
    ConcessionGranted(lot_id=PUMPS, held_lot_id=LOT, reason=NOTE, granted_at=NOON),
    GrantConcession(lot_id=PUMPS, held_lot_id=LOT, reason=NOTE),
)
BARE: tuple[Message, ...] = (
    InspectionDecided(inspection_id=CHECK, decision="accept"),
    LotInspected(lot_id=LOT, decision="reject", inspection_id=CHECK),
    HoldReleased(lot_id=LOT),
    LotDisposed(lot_id=LOT, usage="release"),
    ConcessionGranted(lot_id=PUMPS, held_lot_id=LOT),
    StopUse(lot_id=LOT, reason=NOTE),
    LockStock(lot_id=LOT, reason=NOTE),
)
