"""Every message of the canonical model; contracts, catalogue and gate are built from this list."""

__all__ = ["VOCABULARY"]

from andon.core.message import Message, ReadBack
from andon.model.finance import JournalEntryPosted
from andon.model.fulfilment import DeliveryCreated, MilestonePassed, PostGoodsIssue
from andon.model.inventory import CreateLot, GoodsIssued, GoodsReceived, LotCreated
from andon.model.maintenance import (
    MaintenanceCompleted,
    MaintenanceScheduled,
    MaintenanceStarted,
    RaiseMaintenance,
)
from andon.model.master import (
    ChangeReleased,
    DistributeRevision,
    ItemRevised,
    ReleaseRevision,
    UpdateBom,
    UpdateItem,
)
from andon.model.planning import AnnounceDowntime, OrderScheduled, RescheduleOrder, ScheduleOrder
from andon.model.plant import EquipmentRegistered, EquipmentStateChanged
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CancelOrder,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderReleased,
    OrderStarted,
    ReceiveOutput,
    RecordOperation,
    StartOperation,
    StartProduction,
)
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
)

VOCABULARY: tuple[type[Message], ...] = (
    ReadBack,
    OrderReleased,
    OrderChanged,
    OrderCancelled,
    OrderStarted,
    OperationConfirmed,
    OrderCompleted,
    DistributeOrder,
    CancelOrder,
    AssignComponents,
    AssignLots,
    StartProduction,
    StartOperation,
    RecordOperation,
    ConfirmOperation,
    ReceiveOutput,
    CompleteProduction,
    LotCreated,
    GoodsReceived,
    GoodsIssued,
    CreateLot,
    InspectionDecided,
    HoldPlaced,
    HoldProposed,
    HoldReleased,
    RequestInspection,
    RecordInspection,
    DecideInspection,
    PlaceHold,
    ReleaseHold,
    EquipmentStateChanged,
    EquipmentRegistered,
    MaintenanceScheduled,
    MaintenanceStarted,
    MaintenanceCompleted,
    RaiseMaintenance,
    OrderScheduled,
    ScheduleOrder,
    RescheduleOrder,
    AnnounceDowntime,
    DeliveryCreated,
    MilestonePassed,
    PostGoodsIssue,
    ChangeReleased,
    ItemRevised,
    UpdateBom,
    DistributeRevision,
    ReleaseRevision,
    UpdateItem,
    JournalEntryPosted,
)
"""In the order a plant meets them."""
