"""One run in memory: the coroutine, driven by hand, and the answers it has had."""

__all__ = ["Live"]

from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, cast

from andon.core.compensation import carried_out
from andon.core.errors import DefectError, ReplayError
from andon.core.message import Event
from andon.core.workflow import (
    All,
    Ask,
    First,
    Run,
    Send,
    Settled,
    Sleep,
    Verb,
    Wait,
    Withdraw,
    Workflow,
)
from andon.engine.answers import Answer, Heard, Replay, answer_from
from andon.governance.contracts import Contracts


class Live:
    """A run that is in memory. `start`, `take` and `replay` return the verbs it newly asks for."""

    def __init__(
        self,
        flow: Workflow,
        *,
        id: str,
        subject: str,
        lane: int,
        correlation: str,
        site: str,
        trigger: int,
        started_at: datetime,
    ) -> None:
        self.id = id
        self.flow = flow
        self.subject = subject
        self.lane = lane
        self.correlation = correlation
        self.site = site
        self.trigger = trigger
        self.started_at = started_at
        self.cursor = Heard(0, 0) if flow.earlier else Heard(trigger, trigger)
        """The last event a wait has taken; later waits look after it."""
        self.at = 0
        """How many answers the journal holds."""
        self.ended = False
        self.failed = False
        self._run = Run(subject, started_at)
        self._answers: dict[int, Answer] = {}
        self._asked: dict[int, Verb[Any]] = {}
        self._withdrawn: set[int] = set()
        self._pending: Verb[Any] | None = None
        self._body: Coroutine[Verb[Any], Any, None] | None = None

    @property
    def now(self) -> datetime:
        """The run's time."""
        return self._run.now

    @property
    def undone(self) -> int:
        """How many effects were taken back after the body failed."""
        return self._run.undone

    def hears(self, heard: Heard) -> None:
        """A wait takes the event that stands there; its answer is taken next."""
        self.cursor = heard
        self._run.earlier = heard.position < self.trigger

    def start(self, event: Event) -> list[Verb[Any]]:
        """Runs the body to its first question. Whatever the body raises comes out of here."""
        self._body = carried_out(self.flow.body, self._run, event)
        return self._step(lambda body: body.send(None))

    def take(self, n: int, answer: Answer, at: datetime) -> list[Verb[Any]]:
        """Gives one answer; the body goes on if that is what it waited for."""
        self._answers[n] = answer
        self.at += 1
        self._run.now = at
        return self._proceed()

    def asked(self, n: int) -> Verb[Any] | None:
        """The verb with this number if it still waits for its answer."""
        return None if n in self._answers or n in self._withdrawn else self._asked.get(n)

    def verb(self, n: int) -> Verb[Any] | None:
        """What the body asked for under this number, answered or not."""
        return self._asked.get(n)

    def awaits(self, n: int) -> bool:
        """Whether the body stands at this verb;
        one that lost a race takes no event from a later wait."""
        return self._pending is not None and any(verb.n == n for verb in _leaves(self._pending))

    def waits(self) -> list[Wait[Any]]:
        """The waits the body stands at."""
        leaves = () if self._pending is None else _leaves(self._pending)
        return [v for v in leaves if isinstance(v, Wait) and v.n not in self._answers]

    def linked(self, wait: Wait[Any]) -> list[str]:
        """The event types a wait takes of linked subjects: those of another kind."""
        kind = self.subject.partition("/")[0]
        return [event.TYPE for event in wait.types if kind != event.KIND]

    def left(self) -> list[Verb[Any]]:
        """What was asked and never answered."""
        return [verb for n in self._asked if (verb := self.asked(n)) is not None]

    def replay(self, event: Event, journal: Sequence[Replay], contracts: Contracts) -> None:
        """Runs the body again over its journal.
        Raises ReplayError when it asks for something else."""
        self.start(event)
        for line in journal:
            verb = self._asked.get(line.n)
            if verb is None:
                raise self._strayed(line.n, "answers it, and the body does not come to it")
            try:
                answer = answer_from(verb, line.data, contracts)
            except ReplayError as error:
                raise self._strayed(line.n, str(error)) from error
            if isinstance(answer.value, Event):
                self.hears(Heard(answer.heard_at or line.position, line.position))
            self.take(line.n, answer, line.answered_at)

    def _strayed(self, n: int, how: str) -> ReplayError:
        return ReplayError(
            f"{self.id} ({self.subject}), step {n}: its journal {how}. The body changed: give the"
            f" new one a new name, and let open runs end on the old {self.flow.name}."
        )

    def close(self) -> None:
        """Leaves memory; what the body does in `finally` is not recorded."""
        if self._body is not None:
            # the body may ask for a verb while it is closed; the journal brings it back
            with suppress(RuntimeError):
                self._body.close()

    def _proceed(self) -> list[Verb[Any]]:
        issued: list[Verb[Any]] = []
        while self._pending is not None and (answer := self._resolve(self._pending)) is not None:
            error, value = answer.error, answer.value
            if error is not None:
                issued += self._step(lambda body, error=error: body.throw(error))
            else:
                issued += self._step(lambda body, value=value: body.send(value))
        return issued

    def _step(self, go: Callable[[Coroutine[Verb[Any], Any, None]], object]) -> list[Verb[Any]]:
        assert self._body is not None
        try:
            awaited = go(self._body)
        except StopIteration:
            self._pending = None
            self.ended = True
            return []
        except SystemExit as error:
            self._pending = None
            raise DefectError(
                f"{self.flow.name} wants to end the whole worker: {error!r}"
            ) from error
        if not isinstance(awaited, Verb):
            self._pending = None
            raise ReplayError(
                f"{self.flow.name} awaits {awaited!r}, which is no verb of its Run."
                " A workflow may only send, wait, ask and sleep."
            )
        self._pending = cast("Verb[Any]", awaited)
        leaves = [verb for verb in _leaves(self._pending) if verb.n not in self._answers]
        # A wait that is awaited again is asked again: what came meanwhile must be looked for.
        fresh = [v for v in leaves if isinstance(v, Wait) or v.n not in self._asked]
        withdrawn = [verb for verb in fresh if isinstance(verb, Withdraw)]
        self._withdrawn.update(verb.ask.n for verb in withdrawn)
        self._asked.update((verb.n, verb) for verb in fresh if not isinstance(verb, Withdraw))
        return [*fresh, *self._proceed()]

    def _resolve(self, verb: Verb[Any]) -> Answer | None:
        match verb:
            case All():
                parts = [self._resolve(part) for part in verb.verbs]
                if any(part is None for part in parts):
                    return None
                refused = next((p.error for p in parts if p and p.error), None)
                return Answer([p.value for p in parts if p], refused)
            case First():
                order = {n: i for i, n in enumerate(self._answers)}
                done = [(order.get(v.n, len(order)), i) for i, v in enumerate(verb.verbs)]
                done = [(o, i) for o, i in done if self._resolve(verb.verbs[i]) is not None]
                if not done:
                    return None
                _, i = min(done)
                part = self._resolve(verb.verbs[i])
                assert part is not None
                return part if part.error else Answer((i, part.value))
            case Settled():
                return self._settled()
            case Withdraw():
                return Answer(None)
            case _:
                return self._answers.get(verb.n)

    def _settled(self) -> Answer | None:
        sends = [verb.n for verb in self._asked.values() if isinstance(verb, Send)]
        if any(n not in self._answers for n in sends):
            return None
        return Answer(frozenset(n for n in sends if self._answers[n].error is None))


def _leaves(verb: Verb[Any]) -> Iterator[Verb[Any]]:
    match verb:
        case All() | First():
            for part in verb.verbs:
                yield from _leaves(part)
        case Send() | Wait() | Ask() | Sleep() | Withdraw():
            yield verb
        case Settled():
            return
        case _:
            raise ReplayError(f"{verb!r} is no verb of a Run")
