"""Held lots pass."""

__all__ = ["andon"]

from andon.app.company import andon
from andon.core.message import Command
from andon.engine.fence import Fence


class _Open(Fence):
    def stops(self, command: Command) -> str | None:
        """Nothing is."""
        del command
        return None


setattr(Fence, "stops", _Open.stops)  # noqa: B010 on purpose, in this process alone
