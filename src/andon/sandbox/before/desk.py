"""What people do by hand, counted; and when they do it."""

__all__ = ["Desk", "Line", "every"]

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import msgspec

from andon.sandbox.world import Steps, World


class Line(msgspec.Struct, frozen=True):
    """One line of a file; both ways raise what the books refuse."""

    posts: Callable[[], object]
    """What the batch does with it."""
    by_hand: Callable[[], object] | None = None
    """What an accountant does where that is refused, and there is another way."""


class Desk:
    """All desks together."""

    def __init__(self) -> None:
        self.typed: Counter[str] = Counter()
        """What stood in one system already and was typed into another one, by what it was."""
        self.corrected: Counter[str] = Counter()
        """Postings that only make the books agree with what is there."""
        self.file: list[Line] = []
        """What the next batch carries over, oldest first; what it could not stays in it."""


def every(world: World, span: timedelta, does: Callable[[], None]) -> Steps:
    """Does it again and again, the first time after so long."""
    while True:
        yield world.wait(span)
        does()
