"""What each round on the real systems showed, and whether the proof holds."""

from collections.abc import Iterable

import msgspec

from proof.real.difference import Difference
from proof.real.proving import Proven
from proof.real.rounds import Played

__all__ = ["Row", "faults", "rows"]

_COUNTED = 0.4
"""Share of the rounds that must count: twenty of fifty."""


class Row(msgspec.Struct, frozen=True):
    """One round, as `kill.json` has it."""

    round: int
    kill: str
    call: str
    processes: int
    held: tuple[str, ...]
    confirming: int
    """Confirmations the MES made from two seconds before the kill to the first new completion."""
    orders: tuple[str, ...]
    confirmations: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    wrong: tuple[str, ...]
    first_commit_s: float
    recovery_s: float

    @property
    def counts(self) -> bool:
        """An answer was held after its commit while the MES was confirming."""
        return bool(self.held and self.confirming)


def rows(proven: Proven) -> list[Row]:
    """A row per round; a difference stands with the round in which its order was released."""
    lasts = [*(one.first for one in proven.played[1:]), len(proven.ordered)]
    return [
        _row(one, {order.number for order in proven.ordered[one.first : last]}, proven)
        for one, last in zip(proven.played, lasts, strict=True)
    ]


def _row(one: Played, numbers: set[str], proven: Proven) -> Row:
    since, to = one.down
    mine = [found for found in proven.found if found.order in numbers]
    return Row(
        one.shot.number, one.shot.kill, one.shot.call, one.killed, one.held,
        sum(since <= said.made_at <= to for said in proven.look.said),
        tuple(sorted(numbers)),
        sum(said.content.order in numbers for said in proven.look.said),
        _said(mine, "lost"), _said(mine, "doubled"), _said(mine, "wrong"),
        one.effect_s, one.recovery_s,
    )  # fmt: skip


def _said(found: Iterable[Difference], kind: str) -> tuple[str, ...]:
    return tuple(f"{one.order}: {one.says}" for one in found if one.kind == kind)


def faults(proven: Proven) -> list[str]:
    """What the proof does not show; nothing when it holds."""
    found = [f"{one.kind}: {one.order}: {one.says}" for one in proven.found]
    found += [f"open: {one.code} about {one.subject}: {one.text}" for one in proven.look.log.open]
    counted = sum(row.counts for row in rows(proven))
    if counted < _COUNTED * len(proven.played):
        found.append(f"only {counted} of {len(proven.played)} rounds count; the rest prove nothing")
    return found
