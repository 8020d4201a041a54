"""A place in the log as others keep it: the position, and the generation it counts in."""

__all__ = ["OtherGenerationError", "Place", "read_place"]

import re
from uuid import UUID

import msgspec

from andon.core.errors import Fault, InvalidError, RefusedError

_WORDS = re.compile(r"([0-9a-f]{12})-([0-9]{1,18})")


class OtherGenerationError(RefusedError):
    """The position was kept from another generation of the log: it means another record now."""


class Place(msgspec.Struct, frozen=True):
    """Where a reader stands. Its text is given out and taken back as it is."""

    generation: str
    position: int

    @classmethod
    def of(cls, generation: UUID, position: int) -> "Place":
        """A place in this generation."""
        return cls(generation.hex[:12], position)

    def __str__(self) -> str:
        return f"{self.generation}-{self.position}"

    def after(self, kept: "Place") -> int:
        """The position a reader kept, if it is one of this place's generation."""
        if kept.generation != self.generation:
            raise OtherGenerationError(
                f"The position {kept} is of another generation of the log: the database was"
                " restored or failed over since, and the same numbers mean other records."
                " Read everything again and go on from the new positions; begin without a position."
            )
        return kept.position


def read_place(text: str) -> Place:
    """The place that a reader sends back. Raises InvalidError."""
    found = _WORDS.fullmatch(text)
    if found is None:
        raise InvalidError(
            "This is no position of the feed. Send back what it gave, unchanged, or begin without"
            " one.",
            [Fault("Last-Event-ID", "is no position of the feed")],
        )
    return Place(found[1], int(found[2]))
