"""One clock for business time: deadlines, calendars, records. What a system needs to answer or to
settle, and the pause before it is called again, is real time."""

__all__ = ["SYSTEM_CLOCK", "Clock", "ScaledClock", "SystemClock"]

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells business time."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        ...

    def after(self, pause: timedelta) -> datetime:
        """What it will tell once so much real time has passed."""
        ...

    def left(self, moment: datetime) -> timedelta:
        """Real time until it tells this; negative when it has."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return datetime.now(UTC)

    def after(self, pause: timedelta) -> datetime:
        """So much later."""
        return self.now() + pause

    def left(self, moment: datetime) -> timedelta:
        """Time until then."""
        return moment - self.now()


SYSTEM_CLOCK = SystemClock()
"""What business time is where nobody scales it."""


class ScaledClock:
    """Business time that goes `speed` times as fast as the machine's clock since an instant.

    Said in full, all processes of an Andon tell the same time, also after a restart.
    """

    def __init__(self, speed: float, *, real: datetime, business: datetime) -> None:
        self.speed = speed
        self.real = real
        """When it began, by the machine's clock."""
        self.business = business
        """What time it told then."""

    def now(self) -> datetime:
        """The present instant, aware, UTC."""
        return self.business + (datetime.now(UTC) - self.real) * self.speed

    def after(self, pause: timedelta) -> datetime:
        """So much later, and as many times as it is fast."""
        return self.now() + pause * self.speed

    def left(self, moment: datetime) -> timedelta:
        """The same the other way."""
        return (moment - self.now()) / self.speed

    @classmethod
    def said(cls, text: str) -> "ScaledClock":
        """From `speed@real@business`, `60@2026-11-25T20:00:00Z@2026-03-02T06:00:00Z`, say.
        Raises ValueError with what is wrong."""
        parts = text.split("@")
        if len(parts) != 3:
            raise ValueError("is not speed@real@business")
        if re.fullmatch(r"\d+(\.\d+)?", parts[0], re.ASCII) is None:
            raise ValueError(f"{parts[0]!r} is no speed")
        speed = float(parts[0])
        if not 0 < speed <= 100_000 or not math.isfinite(speed):
            raise ValueError(f"{parts[0]!r} is no speed from above 0 to 100000")
        return cls(speed, real=_instant(parts[1]), business=_instant(parts[2]))


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no instant") from None
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return found.astimezone(UTC)
