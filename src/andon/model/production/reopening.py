"""Reopenings: of which part of an order's work a word is, and whether the floor is done with it."""

__all__ = ["Reopenings", "Span"]

from datetime import datetime

from andon.model.production.events import OperationConfirmed, OrderCompleted, OrderReopened


class Span:
    """From one reopening to the next: whatever was done in it belongs to it, whenever it is said,
    for a reopening may overtake what was done before it. A floor that counts reopenings tells by
    their number; of one that does not, the clock must do, which may be set meanwhile."""

    def __init__(self, begins: datetime | None = None, number: int | None = 0) -> None:
        self._begins = begins
        self._number = number
        self._ends: datetime | None = None
        self.ended = False

    def end(self, reopened: OrderReopened) -> None:
        """The first one that follows ends it."""
        number = reopened.reopening
        before = self._number is not None and number is not None and number <= self._number
        if not self.ended and not before:
            self.ended, self._ends = True, reopened.reopened_at

    def holds(self, said: OperationConfirmed | OrderCompleted, *, earlier: bool = False) -> bool:
        """A word with neither number nor time counts for when it is heard. One that was said
        `earlier` than the reopening and has no number is of the span in which it was heard."""
        if self._number is not None and said.reopening is not None:
            return said.reopening == self._number
        if earlier:
            return False
        at = said.completed_at
        if at is None:
            return not self.ended
        after = self._begins is None or at >= self._begins
        return after and (self._ends is None or at < self._ends)


class Reopenings:
    """An order's spans one after the other, as they are heard. A floor that counts its reopenings
    may say the end of one before it says that there is one."""

    def __init__(self) -> None:
        self._span = Span()
        self._ahead: list[OrderCompleted] = []
        self.done = False
        """Whether the floor is at the end of the last span."""

    def hear(self, said: OrderReopened | OrderCompleted) -> None:
        """One more end, or beginning; either may be said twice."""
        match said:
            case OrderReopened():
                self._span.end(said)
                if self._span.ended:
                    self._span = Span(said.reopened_at, said.reopening)
                    self.done = any(self._span.holds(one) for one in self._ahead)
            case OrderCompleted() if self._span.holds(said):
                self.done = True
            case OrderCompleted():
                self._ahead.append(said)
