"""Holds: what was taken of a lot although everybody could have known that it was held; and what
became of those that were decided about."""

__all__ = [
    "KNOWN_WITHIN",
    "Escape",
    "hold_escapes",
    "inspections",
    "scrapped",
    "usage_decisions",
]

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from andon.sandbox.lab.reckoning import Reckoned, compare
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.mes_a import MesA
from andon.sandbox.systems.qms import Concession, Hold, Qms, plant_of
from andon.sandbox.systems.wms import Task, Wms
from andon.sandbox.truth import Consumed, Fact, Left, Used, family, made_of

Span = tuple[datetime, datetime | None]
"""From when until when; None is not yet."""
KNOWN_WITHIN = timedelta(minutes=20)
"""Business time in which the word of a hold reaches who carries things; in the fastest lab some
eight seconds, more than Andon needs to start again and to send what waits. Andon must live so
long: while it is dead it tells nobody."""
_NEVER = datetime.max.replace(tzinfo=UTC)
_CLOCK = timedelta(minutes=1)
"""So much may the warehouse's clock, by which tasks are asked for and done, be wrong."""


class Escape(msgspec.Struct, frozen=True):
    """One of a held lot, or of what was made of it, that was taken all the same."""

    hold: Hold
    lot: str
    how: str
    """The task, or the fact of the truth, that took it."""
    at: datetime

    @property
    def words(self) -> str:
        """For people who look for the cause."""
        heard, until = self.hold.heard_at, self.hold.released_at
        held = f"{self.hold.lot} was held by {self.hold.id}, heard {heard}, released {until}"
        return f"{self.lot} was taken at {self.at} by {self.how}; {held}"


def hold_escapes(
    holds: Iterable[Hold],
    picks: Iterable[Task],
    facts: Iterable[Fact] = (),
    cut_off: Sequence[Span] = (),
    dead: Sequence[Span] = (),
    concessions: Sequence[Concession] = (),
) -> tuple[Escape, ...]:
    """What was asked to be picked, and what was picked, consumed or sent away, of a lot or of what
    was made of it, while it was held: later than `KNOWN_WITHIN` after Andon had taken the word of
    the hold, the time in which it was `dead` not counted. A task is an escape though the terminal
    refuses it: Andon should not have asked. No word reaches plant A's floor while it is `cut_off`:
    it has as long once it is back. What quality let pass by a concession of the hold is none, nor
    is what was made of it."""
    seen = list(facts)
    made = made_of(seen)
    taken: list[tuple[str, datetime, Task | Fact]] = [
        (task.lot, at, task) for task in picks for at in {task.taken_at, task.done_at} if at
    ]
    taken += [(one.lot, one.at, one) for one in seen if isinstance(one, Consumed | Left | Used)]
    families = [(hold, family(hold.lot, made)) for hold in holds]
    return tuple(
        Escape(hold, lot, str(how), at)
        for hold, kin in families
        for lot, at, how in taken
        if lot in kin
        and _bound(hold, at + _CLOCK if isinstance(how, Task) else at)
        and at > _known(hold, dead, cut_off if _at_plant_a(how) else ())
        and lot in family(hold.lot, made, _passing(hold, concessions, at))
    )


def _at_plant_a(how: Task | Fact) -> bool:
    return isinstance(how, Consumed) and how.place.startswith("A.")


def _passing(hold: Hold, concessions: Sequence[Concession], at: datetime) -> set[str]:
    return {one.lot for one in concessions if one.hold == hold.id and one.granted_at <= at + _CLOCK}


def _bound(hold: Hold, at: datetime) -> bool:
    return hold.heard_at is not None and (hold.released_at is None or at < hold.released_at)


def _known(hold: Hold, dead: Sequence[Span], cut_off: Sequence[Span]) -> datetime:
    """From when on it is an escape."""
    assert hold.heard_at is not None
    known = hold.heard_at + KNOWN_WITHIN
    for begins, ends in dead:
        if ends is None and begins < known:
            return _NEVER
        if ends is not None and begins < known and ends > hold.heard_at:
            known += ends - max(begins, hold.heard_at)
    for begins, ends in cut_off:
        if begins < known and (ends is None or ends > hold.heard_at):
            known = _NEVER if ends is None else ends + KNOWN_WITHIN
    return known


def inspections(qms: Qms, lots: Iterable[str]) -> Reckoned:
    """Each lot that was made is inspected once."""
    asked = [one.lot for one in qms.inspections.values()]
    return Reckoned(
        lost=len(set(lots) - set(asked)), doubled=len(asked) - len(set(asked)), out_of_order=0
    )


def usage_decisions(qms: Qms, erp: Erp) -> Reckoned:
    """Each decision that closes an inspection is in the books, once; those of plant B know none."""
    decided = [
        (one.lot, "R" if one.usage == "scrap" else "A")
        for one in qms.dispositions
        if one.inspection and plant_of(one.lot) == "plant-a"
    ]
    lots = erp.company.books.rows("A_InspectionLot")
    booked = [
        (lots[key]["Batch"], row["InspectionLotUsageDecisionCode"])
        for key, row in erp.company.books.rows("A_InspLotUsageDecision").items()
    ]
    return compare(decided, booked)


def scrapped(qms: Qms, mes: MesA, wms: Wms) -> Reckoned:
    """Floor and warehouse each know which lots are to be scrapped; what was thrown away then is
    scrap as any other, and compared with the books as such."""
    lots = {one.lot for one in qms.dispositions if one.usage == "scrap"}
    floor = {lot for lot, usage in mes.usages.items() if usage == "scrap"}
    shelves = {lot for lot, lock in wms.locks.items() if lock.category == "S"}
    return compare(lots, floor) + compare(lots, shelves)
