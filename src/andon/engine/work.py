"""What came for one batch, and how it is cut when it cannot be carried out whole."""

__all__ = ["Work"]

from asyncio import Future
from collections.abc import Callable, Sequence, Set
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

    def of(
        self, run: str, subject: str | None, of_note: Callable[[asyncpg.Record], str | None]
    ) -> "Work":
        """What may be meant for this run, which is about this subject."""
        return Work(
            after=self.after,
            last=self.last,
            lanes=self.lanes,
            outcomes=[one for one in self.outcomes if one.parcel.run == run],
            due=[one for one in self.due if one[0] == run],
            events=[row for row in self.events if row["subject"] == subject],
            notes=[row for row in self.notes if of_note(row) == run],
            woken=None if self.woken is None else self.woken & {run},
        )
