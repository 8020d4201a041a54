"""The world the company lives in: its time, its chance, its truth."""

__all__ = ["BEGAN", "Steps", "World"]

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import simpy

from andon.sandbox.truth import Truth

BEGAN = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
"""A Monday, the early shift."""

Steps = Generator[simpy.Event, Any, None]
"""What somebody does, one step after the other, waiting in between."""


class World:
    """One seed, one history. Everybody draws from a chance of their own, so that one more life
    changes nothing for the others."""

    def __init__(self, seed: int, *, began: datetime = BEGAN, pace: float = 1.0) -> None:
        self.seed = seed
        self.began = began
        self.pace = pace
        """How busy the company is: so many times as many orders, made so many times as fast."""
        self.time = simpy.Environment()
        self.truth = Truth()

    def now(self) -> datetime:
        """Business time."""
        return self.began + timedelta(seconds=self.time.now)

    def chance(self, name: str) -> Random:
        """The same draws for the same seed and name."""
        return Random(f"{self.seed}/{name}")

    def lives(self, steps: Steps) -> None:
        """Somebody begins to act."""
        self.time.process(steps)

    def wait(self, span: timedelta) -> simpy.Event:
        """So much business time goes by."""
        return self.time.timeout(span.total_seconds())

    def run(self, until: datetime) -> None:
        """All that happens until then, at once."""
        ahead = (until - self.began).total_seconds()
        if ahead > self.time.now:
            self.time.run(until=ahead)
