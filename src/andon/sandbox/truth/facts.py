"""Physical facts, in the order they happen. Whoever stands beside sees them; nobody else."""

__all__ = [
    "Arrived",
    "Broke",
    "Consumed",
    "Counted",
    "Fact",
    "Finished",
    "Left",
    "Made",
    "Mended",
    "Moved",
    "Processed",
    "Provided",
    "Returned",
    "Scrapped",
    "Serviced",
    "Started",
    "Strayed",
    "Used",
    "Wore",
]

from datetime import datetime
from decimal import Decimal

import msgspec


class Fact(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something happened at this instant of business time."""

    at: datetime


class Arrived(Fact, frozen=True, kw_only=True):
    """A lot came in from outside."""

    lot: str
    material: str
    quantity: Decimal
    place: str
    because: str = ""
    """What it came for: a purchase order and line, say."""


class Started(Fact, frozen=True, kw_only=True):
    """A machine began to work on an order."""

    order: str
    machine: str


class Consumed(Fact, frozen=True, kw_only=True):
    """Material went into an order."""

    order: str
    operation: str
    lot: str
    material: str
    quantity: Decimal
    place: str


class Made(Fact, frozen=True, kw_only=True):
    """An operation made good pieces and scrap. Only the last one puts a lot into the world."""

    order: str
    operation: str
    machine: str
    began: datetime
    material: str
    good: Decimal
    scrap: Decimal
    lot: str = ""
    place: str = ""


class Finished(Fact, frozen=True, kw_only=True):
    """Nothing more is made for the order."""

    order: str
    material: str
    lot: str
    good: Decimal
    scrap: Decimal


class Moved(Fact, frozen=True, kw_only=True):
    """An amount of a lot lies somewhere else now."""

    lot: str
    material: str
    quantity: Decimal
    origin: str
    place: str
    because: str = ""


class Provided(Fact, frozen=True, kw_only=True):
    """A driver has taken an amount of a lot to a supplier that processes it."""

    lot: str
    material: str
    quantity: Decimal
    origin: str
    place: str
    because: str
    """The purchase order and line."""


class Processed(Fact, frozen=True, kw_only=True):
    """A supplier has made something of what we provided. What is good of it comes later."""

    lot: str
    material: str
    quantity: Decimal
    """How much of the lot went into what is good."""
    scrap: Decimal
    """How much of it was spoiled."""
    place: str
    made: str
    """The lot that came of it; empty, if nothing good did."""
    because: str
    """The purchase order and line."""


class Scrapped(Fact, frozen=True, kw_only=True):
    """An amount of a lot is no more."""

    lot: str
    material: str
    quantity: Decimal
    place: str
    because: str = ""


class Strayed(Fact, frozen=True, kw_only=True):
    """Nobody saw it and no scanner heard of it: an amount of a lot lies elsewhere now, or is
    gone."""

    lot: str
    material: str
    quantity: Decimal
    origin: str
    place: str = ""
    """Where it lies now; empty when it is no more."""


class Counted(Fact, frozen=True, kw_only=True):
    """Somebody counted what lies of a lot in one place, rightly or not, and wrote it down."""

    lot: str
    material: str
    place: str
    quantity: Decimal
    """What was written down."""
    there: Decimal
    """What lay there; only the truth knows it."""


class Left(Fact, frozen=True, kw_only=True):
    """An amount of a lot went out to a customer."""

    lot: str
    material: str
    quantity: Decimal
    place: str
    because: str
    """Delivery on which it went."""


class Returned(Fact, frozen=True, kw_only=True):
    """An amount of a lot went back to who had sent it."""

    lot: str
    material: str
    quantity: Decimal
    place: str
    because: str
    """What it had come for: a purchase order and line."""


class Used(Fact, frozen=True, kw_only=True):
    """A spare part went into a piece at a customer's."""

    case: str
    visit: str
    lot: str
    material: str
    quantity: Decimal
    place: str


class Broke(Fact, frozen=True, kw_only=True):
    """A machine stands still."""

    machine: str
    cause: str


class Wore(Fact, frozen=True, kw_only=True):
    """A machine's bearing is worn so far that it shakes like that."""

    machine: str
    vibration: Decimal
    """RMS velocity, in millimetres per second."""


class Serviced(Fact, frozen=True, kw_only=True):
    """A mechanic has stopped a machine to work on it before it breaks."""

    machine: str


class Mended(Fact, frozen=True, kw_only=True):
    """A machine can work again."""

    machine: str
