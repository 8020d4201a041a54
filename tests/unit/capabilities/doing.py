"""A run of one workflow, answered by hand: no database, no time."""

from datetime import UTC, datetime
from typing import Any

from andon.core.message import Command, Event
from andon.core.workflow import Send, Verb, Workflow
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

    def answer(self, kind: type[Verb[Any]], answer: Answer) -> None:
        verb = next(v for v in self.open if isinstance(v, kind))
        self.open = self.live.take(verb.n, answer, NOON)

    @property
    def sends(self) -> Command | None:
        return next((v.command for v in self.open if isinstance(v, Send)), None)
