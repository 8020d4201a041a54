"""What one connector held while many things waited, and while it read them."""

__all__ = ["NotShown", "Reading", "Shown"]

from datetime import date

import msgspec


class Reading(msgspec.Struct, frozen=True, kw_only=True, tag="reading", tag_field="is"):
    """Megabytes are of the connector's process, above what it used after its first item."""

    connector: str
    counterpart: str
    asked: int
    items: int
    keys: int
    waiting_mb: float
    """Grown while all waited and nobody consumed."""
    reading_mb: float
    """Grown at most until the last one was read."""
    seconds: float
    """From the first to the last one that waited."""
    measured_on: date

    @property
    def items_per_s(self) -> int:
        """Beside whatever else the machine did."""
        return round(self.items / self.seconds)

    @property
    def fault(self) -> str | None:
        """What it does not show."""
        if self.keys != self.asked:
            return f"{self.keys} different items of {self.asked}"
        if (most := max(self.waiting_mb, self.reading_mb)) > _BOUND_MB:
            return f"{most} MB grown, {_BOUND_MB} MB allowed"
        return None


class NotShown(msgspec.Struct, frozen=True, kw_only=True, tag="not shown", tag_field="is"):
    """A connector that reads, of which nothing was measured."""

    connector: str
    counterpart: str
    fault: str
    """Why not."""
    measured_on: date


Shown = Reading | NotShown


_BOUND_MB = 48.0
"""However many items there are: buffers, a page and its rows, the allocator's slack."""
