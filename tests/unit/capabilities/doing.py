"""A run of one workflow, answered by hand: no database, no time."""

from datetime import UTC, datetime
from typing import Any

from andon.core.message import Command, Event
from andon.core.workflow import First, Send, Verb, Wait, Workflow
from andon.engine.answers import Answer
from andon.engine.live import Live

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Doing:
    """It has heard its first event; `open` is what it has asked for since its last answer."""

    def __init__(self, flow: Workflow, subject: str, event: Event) -> None:
        self.live = Live(
            flow, id="run", subject=subject, lane=0, correlation="c", site="here", trigger=1,
            started_at=NOON,
        )  # fmt: skip
        self.open = self.live.start(event)
        self.now = NOON

    @property
    def verbs(self) -> list[Verb[Any]]:
        """What it asked for, and what it takes the first of."""
        return [*self.open, *(one for v in self.open if isinstance(v, First) for one in v.verbs)]

    def answer(self, kind: type[Verb[Any]], answer: Answer) -> None:
        verb = next(v for v in self.verbs if isinstance(v, kind))
        self.open = self.live.take(verb.n, answer, self.now)

    def heard(self, *events: Event) -> None:
        for event in events:
            self.answer(Wait, Answer(event))

    @property
    def sends(self) -> Command | None:
        return next((v.command for v in self.open if isinstance(v, Send)), None)
