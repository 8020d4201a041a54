"""Quality: a failed inspection becomes a hold on the lot; a proposed hold waits for a person."""

__all__ = [
    "block_held_stock",
    "confirm_proposed_hold",
    "hold_rejected_lot",
    "inspect_output",
    "stop_held_use",
]

from andon.capabilities.quality.everywhere import block_held_stock, stop_held_use
from andon.capabilities.quality.hold import confirm_proposed_hold, hold_rejected_lot
from andon.capabilities.quality.inspection import inspect_output
