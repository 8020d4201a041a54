"""One lot in the books, the runs that are about it, and the words of quality, in one order.

The books are refused while their period is closed, and hold one kind of stock for the whole lot.
"""

from datetime import timedelta
from typing import Any

from andon.capabilities.quality import block_held_stock, block_inspected, free_accepted
from andon.core.connector import Receipt
from andon.core.errors import DeniedError, RefusedError, RejectedError
from andon.core.message import Command, Event
from andon.core.workflow import Ask, First, Send, Sleep, Verb, Wait, Workflow
from andon.engine.answers import Answer, Heard
from andon.engine.live import Live
from andon.model.holding import BlockStock, UnblockStock
from andon.model.inspecting import BlockInspected, LotInspected, ReleaseInspected
from andon.model.quality import HoldPlaced, HoldReleased
from tests.unit.capabilities.doing import NOON

LOT = "material-lot/company:A0000001"


class _Running:
    """One run: it takes what the log has for it when it is its turn."""

    def __init__(self, flow: Workflow, at: int, event: Event) -> None:
        self.live = Live(
            flow, id=f"{flow.name}@{at}", subject=LOT, lane=0, correlation="c", site="here",
            trigger=at, started_at=NOON,
        )  # fmt: skip
        self.next = 0 if flow.earlier else at + 1
        self.own = at
        self.open: dict[int, Verb[Any]] = {}
        self.asks(self.live.start(event))

    def asks(self, verbs: list[Verb[Any]]) -> None:
        for verb in verbs:
            parts = verb.verbs if isinstance(verb, First) else (verb,)
            self.open.update((part.n, part) for part in parts)

    def take(self, n: int, answer: Answer) -> None:
        self.open.pop(n, None)
        self.asks(self.live.take(n, answer, NOON))

    def stands_at(self, kind: type[Verb[Any]]) -> list[Any]:
        found = [v for v in self.open.values() if isinstance(v, kind)]
        return [v for v in found if self.live.awaits(v.n)]


class Books:
    """All that is known of the lot: `kind` is what the books have it as, once it is received."""

    def __init__(self) -> None:
        self.kind: str | None = None
        self.closed = False
        self.held = False
        self.decision = ""
        self.documents: list[str] = []
        self.log: list[Event] = []
        self.runs: list[_Running] = []
        self.waiting: list[tuple[_Running, Send]] = []

    @property
    def settled(self) -> bool:
        """Whether nothing holds it, and nothing is left to do about an older hold."""
        older = [run for run in self.runs if run.live.flow is not free_accepted]
        return all(run.live.ended for run in older) and not self.held

    # What happens

    def receive(self) -> None:
        self.kind = self.kind or "inspection"

    def says(self, event: Event) -> None:
        """A word of quality; who began with it, and who waits for it, hear it when it is their
        turn."""
        at = len(self.log)
        self.log.append(event)
        match event:
            case HoldPlaced():
                self.held = True
                for flow in (block_held_stock, block_inspected):
                    self.runs.append(_Running(flow, at, event))
            case HoldReleased():
                self.held = False
            case LotInspected():
                self.runs.append(_Running(free_accepted, at, event))
            case _:
                pass

    def hold(self) -> None:
        at = NOON + timedelta(minutes=len(self.log))
        self.says(HoldPlaced(lot_id=LOT, reason="porous", placed_at=at))

    def release(self) -> None:
        at = NOON + timedelta(minutes=len(self.log))
        self.says(HoldReleased(lot_id=LOT, released_at=at))

    def decide(self, decision: Any) -> None:
        self.decision = decision
        self.says(LotInspected(lot_id=LOT, decision=decision, inspection_id="INS-1"))

    # What is done about it

    def hear(self, run: _Running) -> None:
        """All that it has not heard, one after the other."""
        while (found := self._next(run)) is not None:
            wait, at = found
            run.next = at + 1
            run.live.hears(Heard(at, at))
            run.take(wait.n, Answer(self.log[at]))
        self._sent(run)

    def about_the_lot(self) -> None:
        """Runs about one lot are on one lane: they hear together, in the log's order."""
        for run in self.runs:
            self.hear(run)

    def carry(self) -> None:
        """The oldest command leaves; those about one lot keep their order."""
        if self.waiting:
            run, send = self.waiting.pop(0)
            try:
                self._does(send.command)
            except RefusedError as error:
                run.take(send.n, Answer(error=error))
            else:
                run.take(send.n, Answer(Receipt(reference="1")))
            self._sent(run)

    def pause(self) -> None:
        """Five minutes, or whatever they pause for."""
        for run in self.runs:
            for sleep in run.stands_at(Sleep):
                run.take(sleep.n, Answer(None))
            self._sent(run)

    def answer(self) -> None:
        """Quality says that it shall be tried again."""
        for run in self.runs:
            for ask in run.stands_at(Ask):
                run.take(ask.n, Answer("try again"))
            self._sent(run)

    def rest(self) -> None:
        """The period is open and everything has come: until nothing is left to do."""
        self.closed = False
        self.receive()
        for _ in range(30):
            self.about_the_lot()
            self.carry()
            if not self.waiting:
                self.pause()
                self.answer()

    def _next(self, run: _Running) -> tuple[Wait[Any], int] | None:
        for wait in run.stands_at(Wait):
            for at in range(run.next, len(self.log)):
                if at != run.own and isinstance(self.log[at], wait.types):
                    return wait, at
        return None

    def _sent(self, run: _Running) -> None:
        """What it sends is recorded; the fence stops it at once."""
        for send in run.stands_at(Send):
            if any(known is send for _, known in self.waiting):
                continue
            self.waiting.append((run, send))

    def _does(self, command: Command) -> None:
        if self.held and isinstance(command, ReleaseInspected):
            raise DeniedError("is held by qms: porous")
        if self.closed:
            raise RejectedError("Posting only possible in period 04", "period-closed")
        if self.kind is None and not isinstance(command, UnblockStock):
            raise RejectedError("Nothing of the batch is there")
        match command, self.kind:
            case BlockStock(), "unrestricted":
                self._moves("344", "blocked")
            case UnblockStock(), "blocked":
                self._moves("343", "unrestricted")
            case ReleaseInspected(), "inspection":
                self._moves("321", "unrestricted")
            case BlockInspected(), "inspection":
                self._moves("350", "blocked")
            case _:
                pass

    def _moves(self, movement: str, kind: str) -> None:
        self.documents.append(movement)
        self.kind = kind
