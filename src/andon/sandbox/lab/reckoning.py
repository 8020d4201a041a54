"""Postings against the facts they stand for: what is missing, what is there twice, what came early.

A pure comparison; which facts a system must hold, its own module says.
"""

__all__ = ["Planned", "Posting", "Reckoned", "as_planned", "compare", "reckon"]

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import structs


class Posting(msgspec.Struct, frozen=True):
    """A movement as it is booked, or as it must be."""

    movement: str
    order: str
    lot: str
    quantity: Decimal


class Planned(msgspec.Struct, frozen=True):
    """An order as planners want it now, or as a floor has it."""

    number: str
    quantity: Decimal
    cancelled: bool


class Reckoned(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing but zeros, if all went well."""

    lost: int
    """Facts without their posting."""
    doubled: int
    """Postings without a fact of their own, made twice or made up."""
    out_of_order: int
    """Postings of an order behind one of something that happened later."""

    def __add__(self, other: "Reckoned") -> "Reckoned":
        return Reckoned(
            lost=self.lost + other.lost,
            doubled=self.doubled + other.doubled,
            out_of_order=self.out_of_order + other.out_of_order,
        )

    @property
    def well(self) -> bool:
        """Whether the books say what happened."""
        return not (self.lost or self.doubled or self.out_of_order)


def reckon(facts: Sequence[tuple[datetime, Posting]], books: Sequence[Posting]) -> Reckoned:
    """`facts` with the time each happened; `books` in the order in which they were posted."""
    found = compare((posting for _, posting in facts), books)
    return structs.replace(found, out_of_order=_out_of_order(facts, books))


def compare(must: Iterable[Hashable], does: Iterable[Hashable]) -> Reckoned:
    """What must be there against what is, where no order is asked for."""
    wanted, there = Counter(iter(must)), Counter(iter(does))  # of a mapping its keys
    return Reckoned(lost=(wanted - there).total(), doubled=(there - wanted).total(), out_of_order=0)


def as_planned(
    wanted: Iterable[Planned], held: Iterable[Planned], *, refused: Container[str]
) -> Reckoned:
    """Each order that planners released is on the floor in the amount they want now, and one that
    they cancelled is made no more, but where the floor told them that it was too late. One that was
    cancelled before anybody heard of it never came there."""
    there = {one.number: one for one in held if one.number not in refused}
    must = (
        one
        for one in wanted
        if one.number not in refused and (one.number in there or not one.cancelled)
    )
    return compare(must, there.values())


def _out_of_order(facts: Sequence[tuple[datetime, Posting]], books: Sequence[Posting]) -> int:
    """What happened at one instant has no order; one that nothing stands behind is not counted."""
    times: dict[Posting, list[datetime]] = {}
    for at, posting in facts:
        times.setdefault(posting, []).append(at)
    latest: dict[str, datetime] = {}
    found = 0
    for posting in books:
        left = times.get(posting)
        if not left:
            continue
        at = left.pop(0)
        before = latest.setdefault(posting.order, at)
        found += at < before
        latest[posting.order] = max(at, before)
    return found
