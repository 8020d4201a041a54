"""Quality: a failed inspection becomes a hold on the lot."""

__all__ = ["hold_rejected_lot"]

from andon.capabilities.quality.hold import hold_rejected_lot
