"""What one connector held while many things waited, and while it read them."""

__all__ = ["Reading"]

import msgspec


class Reading(msgspec.Struct, frozen=True, kw_only=True):
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
    items_per_s: int

    @property
    def fault(self) -> str | None:
        """What it does not show."""
        if self.keys != self.asked:
            return f"{self.keys} different items of {self.asked}"
        if (most := max(self.waiting_mb, self.reading_mb)) > _BOUND_MB:
            return f"{most} MB grown"
        return None


_BOUND_MB = 48.0
"""However many items there are: buffers, a page and its rows, the allocator's slack."""
