"""The QMS: it inspects what was made, holds what is not good, and says what becomes of it. One for
both plants, each of which subscribes to what concerns its lots."""

__all__ = ["AREA"]

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from andon.app.company.area import Area
from andon.app.company.service import complaint_decided, raise_complaint
from andon.capabilities.quality import (
    block_held_stock,
    block_inspected,
    close_inspection,
    dispose_in_warehouse,
    dispose_on_floor,
    free_accepted,
    hold_complained_lot,
    inspect_output,
    judge_consumed,
    lock_held_stock,
    stop_held_use,
)
from andon.connectors.rest import Rest
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.mapping import Known, Said, inbound, outbound
from andon.core.plant import Connection, Ownership, Route
from andon.model.concession import ConcessionGranted, GrantConcession
from andon.model.disposing import DecideUsage, DisposeLot, LotDisposed
from andon.model.holding import (
    AllowUse,
    BlockStock,
    LockStock,
    StopUse,
    UnblockStock,
    UnlockStock,
    Usage,
)
from andon.model.inspecting import BlockInspected, LotInspected, ReleaseInspected
from andon.model.quality import (
    Decision,
    HoldPlaced,
    HoldReleased,
    InspectionDecided,
    PlaceHold,
    ReleaseHold,
    RequestInspection,
)


class _Decided(msgspec.Struct, frozen=True):
    inspection: str
    lot: str
    decision: Decision
    reason: str
    at: datetime


@inbound("inspection.decided")
def _decided(item: Item, _: Known) -> Iterator[Said]:
    """Under our name of the inspection, which it keeps as a reference; and of the lot itself."""
    row = item.read(_Decided)
    yield InspectionDecided(
        inspection_id=row.inspection,
        decision=row.decision,
        lot_id=row.lot,
        reason=row.reason or None,
        decided_at=row.at,
    )
    yield LotInspected(
        lot_id=row.lot,
        decision=row.decision,
        inspection_id=row.inspection,
        inspected_at=row.at,
    )


class _Hold(msgspec.Struct, frozen=True):
    lot: str
    reason: str
    at: datetime


@inbound("hold.placed")
def _placed(item: Item, _: Known) -> Iterator[Said]:
    """Binds in Andon from its record on."""
    row = item.read(_Hold)
    yield HoldPlaced(lot_id=row.lot, reason=row.reason, placed_at=row.at)


@inbound("hold.released")
def _released(item: Item, _: Known) -> Iterator[Said]:
    """After rework, with its reason."""
    row = item.read(_Hold)
    yield HoldReleased(
        lot_id=row.lot, reason=row.reason, disposition="UnRestricted", released_at=row.at
    )


class _Disposed(msgspec.Struct, frozen=True):
    lot: str
    usage: Usage
    reason: str
    inspection: str
    at: datetime


@inbound("lot.disposed")
def _disposed(item: Item, _: Known) -> Iterator[Said]:
    """A release says so of the hold itself as well."""
    row = item.read(_Disposed)
    yield LotDisposed(
        lot_id=row.lot,
        usage=row.usage,
        reason=row.reason or None,
        inspection_id=row.inspection or None,
        disposed_at=row.at,
    )


class _Conceded(msgspec.Struct, frozen=True):
    lot: str
    held: str
    reason: str
    at: datetime


@inbound("concession.granted")
def _conceded(item: Item, _: Known) -> Iterator[Said]:
    """The hold stands; this lot passes it."""
    row = item.read(_Conceded)
    yield ConcessionGranted(
        lot_id=row.lot, held_lot_id=row.held, reason=row.reason or None, granted_at=row.at
    )


@outbound(RequestInspection, proof="findable")
def _inspect(command: RequestInspection, _: Known) -> Request:
    """The QMS keeps our key as a reference and does not look at it. Whose books the order is in
    says whose laboratory it is."""
    books, number = command.order_id.rsplit(":", 1)
    return Request(
        target="inspect",
        body={
            "lot": (command.lot_id or "").rpartition(":")[2],
            "item": command.material_id,
            "order": number,
            "plant": "plant-b" if books.endswith("/erp-b") else "plant-a",
        },
    )


@outbound(PlaceHold, proof="findable")
def _hold(command: PlaceHold, _: Known) -> Request:
    """What a person holds in Andon; the QMS then says so to everybody, as of its own holds."""
    lot = command.lot_id.rpartition(":")[2]
    return Request(target="hold", body={"lot": lot, "reason": command.reason})


@outbound(ReleaseHold, proof="findable")
def _release(command: ReleaseHold, _: Known) -> Request:
    """The hold that binds the lot now."""
    lot = command.lot_id.rpartition(":")[2]
    return Request(target="release", body={"lot": lot, "reason": command.reason or ""})


@outbound(DisposeLot, proof="findable")
def _dispose(command: DisposeLot, _: Known) -> Request:
    """What a person decides in Andon; the QMS refuses it for a lot that it does not hold."""
    lot = command.lot_id.rpartition(":")[2]
    return Request(
        target="dispose", body={"lot": lot, "usage": command.usage, "reason": command.reason}
    )


@outbound(GrantConcession, proof="findable")
def _concede(command: GrantConcession, _: Known) -> Request:
    """Of a lot that contains a held one; the QMS refuses it once the hold is over."""
    lot, held = (name.rpartition(":")[2] for name in (command.lot_id, command.held_lot_id))
    return Request(target="concede", body={"lot": lot, "held": held, "reason": command.reason})


AREA = Area(
    connections=(
        Connection("qms", Rest, (_inspect, raise_complaint, _hold, _release, _dispose, _concede)),
        Connection(
            "qms-events",
            Webhook,
            (_decided, _placed, _released, _disposed, _conceded, complaint_decided),
        ),
        Connection(
            "qms-events-b",
            Webhook,
            (_decided, _placed, _released, _disposed, _conceded),
            site="plant-b",
        ),
    ),
    workflows=(
        inspect_output,
        free_accepted,
        block_inspected,
        hold_complained_lot,
        judge_consumed,
        block_held_stock,
        stop_held_use,
        lock_held_stock,
        close_inspection,
        dispose_on_floor,
        dispose_in_warehouse,
    ),
    routes=(
        Route(RequestInspection, "qms"),
        Route(PlaceHold, "qms"),
        Route(ReleaseHold, "qms"),
        Route(DisposeLot, "qms"),
        Route(GrantConcession, "qms"),
        Route(DecideUsage, "erp", site="plant-a"),
        Route(ReleaseInspected, "erp", site="plant-a"),
        Route(BlockInspected, "erp", site="plant-a"),
        Route(BlockStock, "erp"),
        Route(UnblockStock, "erp"),
        Route(StopUse, "mes-a-orders"),
        Route(AllowUse, "mes-a-orders"),
        Route(LockStock, "wms", site="plant-a"),
        Route(UnlockStock, "wms", site="plant-a"),
    ),
    ownership=(
        Ownership(
            subject="material-lot",
            attribute="hold",
            owner="qms-events",
            followers=dict.fromkeys(("erp", "mes-a", "wms"), timedelta(minutes=30)),
            steward="quality",
        ),
    ),
)
