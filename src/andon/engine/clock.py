"""One clock for business time: deadlines, backoff, records. Transport time-outs use real time."""

__all__ = ["Clock", "SystemClock"]

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells business time."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)
