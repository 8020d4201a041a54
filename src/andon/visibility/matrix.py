"""The belief matrix: rows attributes, columns systems; a pure fold."""

__all__ = ["Belief", "Claimed", "Owned", "beliefs_of", "matrix"]

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from andon.visibility.views import Cell, MatrixRow, Stands

Value = str | int | bool | None


class Belief(msgspec.Struct, frozen=True):
    """What one system holds about one attribute, and which record said so."""

    attribute: str
    system: str
    value: Value
    occurred_at: datetime
    recorded_at: datetime
    since: datetime
    position: int


class Claimed(msgspec.Struct, frozen=True):
    """One record's claims."""

    position: int
    system: str
    claims: dict[str, Any]
    occurred_at: datetime
    recorded_at: datetime
    since: datetime | None = None
    """When this was first claimed, where the record itself was archived."""


class Owned(msgspec.Struct, frozen=True):
    """One line of the ownership file: an attribute, its owner, one follower and its time."""

    attribute: str
    owner: str
    follower: str
    within_s: float
    steward: str


def beliefs_of(records: Iterable[Claimed]) -> list[Belief]:
    """The newest claim of each system, by when it occurred; an older read-back changes nothing."""
    held: dict[tuple[str, str], Belief] = {}
    for record in records:
        for attribute, value in record.claims.items():
            before = held.get((attribute, record.system))
            if before and before.occurred_at > record.occurred_at:
                continue
            held[attribute, record.system] = Belief(
                attribute=attribute,
                system=record.system,
                value=value,
                occurred_at=record.occurred_at,
                recorded_at=record.recorded_at,
                since=before.since
                if before and before.value == value
                else record.since or record.recorded_at,
                position=record.position,
            )
    return list(held.values())


def matrix(beliefs: Sequence[Belief], ownership: Sequence[Owned], now: datetime) -> list[MatrixRow]:
    """Every attribute with its owner's cell first, and how each other cell stands to it. Where
    sites have owners of their own, it is the one that has spoken of this subject."""
    attributes = sorted({belief.attribute for belief in beliefs})
    return [
        _row(
            attribute,
            [belief for belief in beliefs if belief.attribute == attribute],
            [owned for owned in ownership if owned.attribute == attribute],
            now,
        )
        for attribute in attributes
    ]


def _row(
    attribute: str, beliefs: Sequence[Belief], owned: Sequence[Owned], now: datetime
) -> MatrixRow:
    owners = list(dict.fromkeys(line.owner for line in owned))
    truth = next((belief for belief in beliefs if belief.system in owners), None)
    owner = truth.system if truth is not None else next(iter(owners), None)
    theirs = [line for line in owned if line.owner == owner]
    within = {line.follower: line.within_s for line in theirs}
    ordered = sorted(beliefs, key=lambda belief: (belief.system != owner, belief.system))
    return MatrixRow(
        attribute=attribute,
        owner=owner,
        steward=theirs[0].steward if theirs else None,
        cells=[
            Cell(
                system=belief.system,
                value=belief.value,
                occurred_at=belief.occurred_at,
                recorded_at=belief.recorded_at,
                since=belief.since,
                position=belief.position,
                stands=_stands(belief, truth, within.get(belief.system), now),
                follower_within_s=within.get(belief.system),
            )
            for belief in ordered
        ],
    )


def _stands(belief: Belief, truth: Belief | None, within_s: float | None, now: datetime) -> Stands:
    if belief is truth:
        return "owner"
    if truth is None or within_s is None:
        return "unowned"
    if belief.value == truth.value and isinstance(belief.value, bool) == isinstance(
        truth.value, bool
    ):
        return "agrees"
    # The clock of a follower starts at whichever changed last: it may also have left an agreement.
    parted_at = max(truth.since, belief.since)
    return "settling" if parted_at + timedelta(seconds=within_s) >= now else "differs"
