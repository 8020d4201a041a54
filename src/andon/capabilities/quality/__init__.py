"""Quality: a failed inspection becomes a hold on the lot; a proposed hold waits for a person; what
is held is disposed of."""

__all__ = [
    "block_held_stock",
    "block_inspected",
    "close_inspection",
    "confirm_proposed_hold",
    "dispose_in_warehouse",
    "dispose_on_floor",
    "free_accepted",
    "hold_complained_lot",
    "hold_rejected_lot",
    "inspect_output",
    "judge_consumed",
    "lock_held_stock",
    "stop_held_use",
]

from andon.capabilities.quality.consumed import judge_consumed
from andon.capabilities.quality.disposing import (
    close_inspection,
    dispose_in_warehouse,
    dispose_on_floor,
)
from andon.capabilities.quality.everywhere import (
    block_held_stock,
    lock_held_stock,
    stop_held_use,
)
from andon.capabilities.quality.hold import (
    confirm_proposed_hold,
    hold_complained_lot,
    hold_rejected_lot,
)
from andon.capabilities.quality.inspected import block_inspected, free_accepted
from andon.capabilities.quality.inspection import inspect_output
