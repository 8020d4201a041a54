"""Quality: a failed inspection becomes a hold on the lot; a proposed hold waits for a person."""

__all__ = ["confirm_proposed_hold", "hold_rejected_lot", "inspect_output"]

from andon.capabilities.quality.hold import confirm_proposed_hold, hold_rejected_lot
from andon.capabilities.quality.inspection import inspect_output
