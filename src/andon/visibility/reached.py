"""The shapes in which is shown what a missed movement of stock reaches."""

__all__ = ["Gap", "PlaceWord", "Reach", "ReachedOrder", "ReachedSale"]

from datetime import datetime
from typing import Literal

from msgspec import Struct


class PlaceWord(Struct, frozen=True):
    """How much of a lot one system says lies at a place, for whatever use."""

    location: str
    source: str
    amount: str
    """`0` too where it says nothing of the lot there, and speaks of others."""
    said_at: datetime | None
    age_s: float | None
    """Seconds since that was recorded."""


class Gap(Struct, frozen=True):
    """One lot of which systems say that other amounts lie somewhere."""

    lot: str
    unit: str
    words: list[PlaceWord]
    """At each place where they differ."""
    off: str
    """How much one of them has too much or too little of over all places. `0`: they only have it
    in other places."""
    worth: str | None
    """That, at the value of the newest entry of the item in the journal; none where there is no
    such entry."""


class ReachedOrder(Struct, frozen=True):
    """A production order that is open."""

    order: str
    how: Literal["misses", "makes"]
    """It cannot be made without the item, or it makes it."""
    missing: str | None
    """What nobody can promise to it now."""
    machine: str | None
    due_at: datetime | None
    ends_at: datetime | None
    """As it is scheduled."""


class ReachedSale(Struct, frozen=True):
    """A sales order that has not left."""

    order: str
    customer: str | None
    wanted_by: datetime | None
    through: str | None
    """The lot it would leave from, or the production order that cannot make what it wants; none
    where the item is missing and no such order is known."""


class Reach(Struct, frozen=True):
    """From stock to the schedule, to customers and to the journal, by what is believed now."""

    items: list[str]
    gaps: list[Gap]
    """The youngest lots first, 50 at most, of the youngest 2,000 of each item."""
    valued_by: dict[str, str]
    """Item -> the entry in the journal whose value was taken."""
    orders: list[ReachedOrder]
    """Which end soonest first, 50 at most."""
    sales: list[ReachedSale]
    """Who wants it soonest first, 50 at most."""
    generated_at: datetime
