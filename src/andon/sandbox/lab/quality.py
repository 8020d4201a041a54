"""Holds: what was taken of a lot although everybody could have known that it was held."""

__all__ = ["KNOWN_WITHIN", "hold_escapes", "inspections"]

from collections.abc import Iterable
from datetime import timedelta

from andon.sandbox.lab.reckoning import Reckoned
from andon.sandbox.systems.qms import Hold, Qms
from andon.sandbox.systems.wms import Task

KNOWN_WITHIN = timedelta(minutes=20)
"""Business time in which the word of a hold reaches who carries things; in the fastest lab some
eight seconds, more than Andon needs to start again and to send what waits."""


def hold_escapes(holds: Iterable[Hold], picks: Iterable[Task]) -> int:
    """Picks of a lot that were carried out while it was held, later than `KNOWN_WITHIN` after Andon
    had taken the word of the hold."""
    done = [task for task in picks if task.done_at is not None]
    return sum(_escaped(hold, task) for hold in holds for task in done if task.lot == hold.lot)


def _escaped(hold: Hold, pick: Task) -> bool:
    if hold.heard_at is None or pick.done_at is None:
        return False
    before = hold.released_at is None or pick.done_at < hold.released_at
    return before and pick.done_at > hold.heard_at + KNOWN_WITHIN


def inspections(qms: Qms, lots: Iterable[str]) -> Reckoned:
    """Each lot that was made is inspected once."""
    asked = [one.lot for one in qms.inspections.values()]
    return Reckoned(
        lost=len(set(lots) - set(asked)), doubled=len(asked) - len(set(asked)), out_of_order=0
    )
