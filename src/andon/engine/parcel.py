"""A command on its way, and what became of it."""

__all__ = ["Asked", "Delivered", "Moved", "Outcome", "Parcel", "Refused", "State"]

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from andon.core.connector import Receipt
from andon.core.errors import RefusedError
from andon.core.mapping import Outbound
from andon.core.message import Command
from andon.engine.plan import Wired

State = Literal[
    "awaiting",
    "pending",
    "sending",
    "unknown",
    "waiting",
    "parked",
    "offered",
    "acknowledged",
]
"""How a delivery stands; one that is awaiting waits for a person's approval."""


class Parcel(msgspec.Struct, kw_only=True, eq=False):
    """One command to deliver. Only its worker changes it."""

    key: str
    position: int
    run: str | None
    n: int
    lane: int
    subject: str
    order_key: str
    correlation: str
    site: str
    command: Command
    wired: Wired
    outbound: Outbound
    state: State = "pending"
    attempts: int = 0
    looks: int = 0
    unknown_since: timedelta | None = None
    """By this process's monotonic clock."""
    sent_at: datetime | None = None
    due_at: datetime | None = None


class Delivered(msgspec.Struct, frozen=True):
    """The system did it;
    `ms` is how long its last call took, `found` whether a look-up proved it."""

    parcel: Parcel
    receipt: Receipt
    ms: float
    found: bool = False


class Refused(msgspec.Struct, frozen=True):
    """The system will not do it, in its words."""

    parcel: Parcel
    error: RefusedError


class Moved(msgspec.Struct, frozen=True):
    """The parcel's state changed and must be written before anything relies on it."""

    parcel: Parcel
    state: State
    error: str | None = None


class Asked(msgspec.Struct, frozen=True):
    """A parcel that needs a person: parked, with the reason."""

    parcel: Parcel
    code: str
    acts: str
    text: str


Outcome = Delivered | Refused | Moved | Asked
