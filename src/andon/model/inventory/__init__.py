"""Stock: lots, and the movements that put material in and take it out (ISA-95 MaterialLot)."""

__all__ = [
    "STOCK_DEFICIT",
    "CreateLot",
    "GoodsIssued",
    "GoodsReceived",
    "HandlingUnitEvent",
    "HandlingUnitPacked",
    "HandlingUnitShipped",
    "IssueGoods",
    "LotCreated",
    "MovementEvent",
    "PackedContent",
    "PostAdjustment",
    "PostScrap",
    "PostTransfer",
    "PutAway",
    "ReceiveGoods",
    "StockCounted",
    "StockMoved",
    "StockReported",
    "StockScrapped",
    "StockUse",
]

from andon.model.inventory.commands import (
    STOCK_DEFICIT,
    CreateLot,
    IssueGoods,
    PostAdjustment,
    PostScrap,
    PostTransfer,
    PutAway,
    ReceiveGoods,
)
from andon.model.inventory.events import (
    GoodsIssued,
    GoodsReceived,
    LotCreated,
    MovementEvent,
    StockCounted,
    StockMoved,
    StockReported,
    StockScrapped,
    StockUse,
)
from andon.model.inventory.handling import (
    HandlingUnitEvent,
    HandlingUnitPacked,
    HandlingUnitShipped,
    PackedContent,
)
