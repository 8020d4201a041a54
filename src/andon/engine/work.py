"""What came for one batch, and how it is cut when it cannot be carried out whole."""

__all__ = ["Work"]

from asyncio import Future
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import asyncpg
import msgspec

from andon.engine.parcel import Moved, Outcome
from andon.store.advance import Batch

_PARTS = ("outcomes", "saving", "due", "also", "events", "notes")


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """Everything is carried out part by part, in this order, between two places of the log."""

    after: int
    last: int
    lanes: Sequence[int] = ()
    outcomes: Sequence[Outcome] = ()
    saving: Sequence[tuple[Moved, "Future[None]"]] = ()
    due: Sequence[tuple[str, int, int]] = ()
    """Deadlines: run, question, lane."""
    also: Sequence[Callable[[Batch], None]] = ()
    events: Sequence[asyncpg.Record] = ()
    notes: Sequence[asyncpg.Record] = ()
    woken: Set[str] | None = None
    """Runs of which a linked subject was heard of; None: that is not known yet."""

    def __len__(self) -> int:
        return sum(len(getattr(self, part)) for part in _PARTS)

    def halves(self) -> tuple["Work", "Work"]:
        """The first and the second half; events up to the cut count as passed by the first."""
        first: dict[str, Any] = {}
        second: dict[str, Any] = {}
        room = len(self) // 2
        for part in _PARTS:
            units = getattr(self, part)
            first[part], second[part] = units[:room], units[room:]
            room -= len(first[part])
        middle = self.after
        if first["events"]:
            middle = int(first["events"][-1]["position"])
        if not second["events"]:
            middle = self.last
        return (
            Work(after=self.after, last=middle, lanes=self.lanes, **first),
            Work(after=middle, last=self.last, lanes=self.lanes, **second),
        )

    def without(self, runs: set[str], of_note: Callable[[asyncpg.Record], str | None]) -> "Work":
        """All but what is meant for these runs; an event may be meant for many."""
        return msgspec.structs.replace(
            self,
            outcomes=[one for one in self.outcomes if one.parcel.run not in runs],
            due=[one for one in self.due if one[0] not in runs],
            notes=[row for row in self.notes if of_note(row) not in runs],
        )

    def apart(
        self,
        about: Mapping[str, str | None],
        of_note: Callable[[asyncpg.Record], str | None],
    ) -> Mapping[str, "Work"]:
        """What may be meant for each of these runs, by the subject each is about."""
        outcomes, due, notes = _grouped(), _grouped(), _grouped()
        for one in self.outcomes:
            outcomes[one.parcel.run].append(one)
        for deadline in self.due:
            due[deadline[0]].append(deadline)
        for row in self.notes:
            notes[of_note(row)].append(row)
        events = _grouped()
        for row in self.events:
            events[row["subject"]].append(row)
        return {
            run: Work(
                after=self.after,
                last=self.last,
                lanes=self.lanes,
                outcomes=outcomes[run],
                due=due[run],
                events=events[subject],
                notes=notes[run],
                woken=None if self.woken is None else self.woken & {run},
            )
            for run, subject in about.items()
        }


def _grouped() -> defaultdict[str | None, list[Any]]:
    return defaultdict(list)
