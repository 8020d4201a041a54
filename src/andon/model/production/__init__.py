"""Production orders: what is released, what is reported, what is asked of ERP and shop floor.

ISA-95: OperationsRequest for the order, OperationsResponse and SegmentResponse for reports.
One command is one call with an effect.
"""

__all__ = [
    "AssignComponents",
    "AssignLots",
    "CancelOrder",
    "ChangeOrder",
    "CompleteProduction",
    "ComponentLot",
    "ConfirmOperation",
    "DistributeOrder",
    "NeededComponent",
    "OperationConfirmed",
    "OrderCancelled",
    "OrderChanged",
    "OrderCommand",
    "OrderCompleted",
    "OrderEvent",
    "OrderReleased",
    "OrderReopened",
    "OrderStarted",
    "ReceiveOutput",
    "RecordOperation",
    "ReleaseOrder",
    "Reopenings",
    "Span",
    "StartOperation",
    "StartProduction",
    "amounts_of",
]

from andon.model.production.commands import (
    AssignComponents,
    AssignLots,
    CancelOrder,
    ChangeOrder,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
    OrderCommand,
    ReceiveOutput,
    RecordOperation,
    ReleaseOrder,
    StartOperation,
    StartProduction,
)
from andon.model.production.events import (
    OperationConfirmed,
    OrderCancelled,
    OrderChanged,
    OrderCompleted,
    OrderEvent,
    OrderReleased,
    OrderReopened,
    OrderStarted,
)
from andon.model.production.parts import ComponentLot, NeededComponent, amounts_of
from andon.model.production.reopening import Reopenings, Span
