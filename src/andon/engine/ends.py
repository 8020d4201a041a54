"""The parcels of a worker's lanes, and what became of each: receipt, refusal, a new state."""

__all__ = ["Ends"]

import msgspec

from andon.core.connector import Receipt
from andon.core.errors import CancelledRunError, DeniedError, RefusedError
from andon.core.message import LOT, PASSES, full_name
from andon.engine.answers import Answer
from andon.engine.cases import parked, refusal, unkept
from andon.engine.fence import hold_reason
from andon.engine.memory import Memory
from andon.engine.parcel import Asked, Delivered, Moved, Outcome, Parcel, Refused
from andon.engine.plan import Plan
from andon.engine.rows import jsonb, receipt_row, refusal_row
from andon.engine.steps import Steps
from andon.store.advance import Batch


class Ends:
    """Takes outcomes into a batch and answers the runs that asked for them."""

    def __init__(self, plan: Plan, memory: Memory, steps: Steps) -> None:
        self._plan = plan
        self._memory = memory
        self._steps = steps
        self.parcels: dict[str, Parcel] = {}
        """What is written and has not come to its end."""
        self.finished: set[str] = set()
        """What came to its end in the present batch."""
        self._popped: dict[str, Parcel] = {}

    def pop(self, key: str) -> Parcel | None:
        """Takes a parcel that has come to its end; it comes back if that cannot be written."""
        parcel = self.parcels.pop(key, None)
        if parcel is not None:
            self._popped[key] = parcel
            self.finished.add(key)
        return parcel

    def kept(self) -> None:
        """What was popped is written."""
        self._popped.clear()

    def restore(self) -> None:
        """What was popped is not written."""
        self.parcels |= self._popped
        self.finished -= set(self._popped)
        self._popped.clear()

    def take(self, batch: Batch, outcome: Outcome) -> None:
        """Writes one outcome; its run is in memory."""
        match outcome:
            case Delivered():
                self.delivered(batch, outcome)
            case Refused(parcel=parcel, error=error):
                self.refused(batch, parcel, error)
            case Moved():
                self.move(batch, outcome)
            case Asked(parcel=parcel):
                self.move(batch, Moved(parcel, "parked", outcome.text))
                batch.raise_exception(parked(outcome))

    def move(self, batch: Batch, moved: Moved) -> None:
        """Sets the state of a parcel that has not come to its end."""
        parcel = moved.parcel
        if parcel.key in self.parcels:
            parcel.state = moved.state
            batch.move(
                parcel.key, moved.state, parcel.attempts, parcel.due_at, parcel.looks, moved.error
            )

    def delivered(self, batch: Batch, outcome: Delivered) -> None:
        """The system did it."""
        if self._done(batch, outcome.parcel):
            outcome = self._keepable(batch, outcome)
            self.frees(batch, outcome.parcel, None)
            self._concedes(batch, outcome.parcel)
            place = batch.append(receipt_row(outcome, batch.now))
            self.answer(batch, outcome.parcel, Answer(outcome.receipt), -place)

    def _keepable(self, batch: Batch, outcome: Delivered) -> Delivered:
        """The effect is done whatever the answer looks like; one that no database keeps is cut."""
        try:
            jsonb(outcome.receipt)
        except (TypeError, ValueError, OverflowError) as error:
            batch.raise_exception(unkept(outcome.parcel, error))
            return msgspec.structs.replace(outcome, receipt=Receipt())
        return outcome

    def frees(self, batch: Batch, parcel: Parcel, error: RefusedError | None) -> None:
        """A release frees once the target has had it; a hold that was taken back binds nothing."""
        here = isinstance(error, DeniedError | CancelledRunError)
        if parcel.command.HOLDS is not None and parcel.command.HOLDS is here:
            batch.hold(parcel.subject, hold_reason(parcel.command), held=False)

    def _concedes(self, batch: Batch, parcel: Parcel) -> None:
        """What whoever owns holds has granted, our own holds grant with it."""
        for link in parcel.command.links():
            if (link.relation, link.kind) == (PASSES, LOT):
                root = self._plan.named(LOT, link.local)
                batch.concede(parcel.subject, full_name(LOT, parcel.wired.name, root))

    def refused(
        self, batch: Batch, parcel: Parcel, error: RefusedError, *, tell: bool = True
    ) -> None:
        """It will not be done; without a run, a person is told."""
        if not self._done(batch, parcel):
            return
        self.frees(batch, parcel, error)
        place = batch.append(refusal_row(parcel, error, batch.now))
        if parcel.run is None and tell:
            batch.raise_exception(refusal(parcel, error))
        self.answer(batch, parcel, Answer(error=error), -place)

    def _done(self, batch: Batch, parcel: Parcel) -> bool:
        """Takes a parcel off; False when it was already taken off."""
        if self.pop(parcel.key) is None:
            return False
        batch.done(parcel.key)
        if parcel.attempts > 1 or parcel.state != "pending":
            batch.settle(f"parked:{parcel.key}")
        return True

    def answer(self, batch: Batch, parcel: Parcel, answer: Answer, position: int) -> None:
        """Tells the run that asked, if one did."""
        live = None if parcel.run is None else self._memory.get(parcel.run)
        if live is not None:
            self._steps.answer(batch, live, parcel.n, answer, position)
