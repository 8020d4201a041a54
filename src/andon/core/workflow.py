"""Workflows: long work about one subject that may only send, wait, ask and sleep."""

__all__ = [
    "All",
    "Ask",
    "Body",
    "First",
    "Run",
    "Send",
    "Settled",
    "Sleep",
    "Undo",
    "Verb",
    "Wait",
    "Withdraw",
    "Workflow",
    "workflow",
]

from collections.abc import Callable, Coroutine, Generator
from datetime import datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar, cast

from andon.core.connector import Receipt
from andon.core.message import Command, Event

T = TypeVar("T", covariant=True)
E = TypeVar("E", bound=Event)


class Verb(Generic[T]):
    """One thing a run asks of the engine; awaiting it gives the answer."""

    __slots__ = ("n",)

    def __init__(self, n: int) -> None:
        self.n = n

    def __await__(self) -> Generator["Verb[Any]", Any, T]:
        return cast(T, (yield self))


class Send(Verb[Receipt]):
    """A command, answered by its receipt;
    raises RejectedError, DeniedError or CancelledRunError."""

    __slots__ = ("command",)

    def __init__(self, n: int, command: Command) -> None:
        super().__init__(n)
        self.command = command


class Wait(Verb[E]):
    """The next event of these types that the run hears; raises LateError at the deadline.

    Types of the subject's own kind are heard about the subject; types of another kind about every
    subject of that kind that is linked to it, in either direction.
    """

    __slots__ = ("types", "within")

    def __init__(self, n: int, types: tuple[type[E], ...], within: timedelta | None) -> None:
        super().__init__(n)
        self.types = types
        self.within = within


class Ask(Verb[str]):
    """A question to a team, answered with one of the choices;
    it stands as an exception until then."""

    __slots__ = ("choices", "team", "text")

    def __init__(self, n: int, team: str, text: str, choices: tuple[str, ...]) -> None:
        super().__init__(n)
        self.team = team
        self.text = text
        self.choices = choices


class Sleep(Verb[None]):
    """A pause by the business clock."""

    __slots__ = ("span",)

    def __init__(self, n: int, span: timedelta) -> None:
        super().__init__(n)
        self.span = span


class All(Verb[list[Any]]):
    """Every one of these verbs; the answers stand in the order asked."""

    __slots__ = ("verbs",)

    def __init__(self, n: int, verbs: tuple[Verb[Any], ...]) -> None:
        super().__init__(n)
        self.verbs = verbs


class First(Verb[tuple[int, Any]]):
    """Whichever is answered first by log position: its place and its answer."""

    __slots__ = ("verbs",)

    def __init__(self, n: int, verbs: tuple[Verb[Any], ...]) -> None:
        super().__init__(n)
        self.verbs = verbs


class Settled(Verb[frozenset[int]]):
    """Until no command of the run is on its way or unknown; the numbers of those delivered."""

    __slots__ = ()


class Withdraw(Verb[None]):
    """A question is closed unanswered; done at once."""

    __slots__ = ("ask",)

    def __init__(self, ask: Ask) -> None:
        super().__init__(-ask.n)  # none of its own: bodies that withdraw count as those before them
        self.ask = ask


class Undo(NamedTuple):
    """What takes an effect back, and which effect; None is everything up to here."""

    by: Command
    of: Send | None


class Run:
    """The hands of a workflow.
    A verb is numbered where the body makes it, so a replay finds its answer."""

    __slots__ = ("_next", "earlier", "now", "subject", "undone", "undos")

    def __init__(self, subject: str, now: datetime) -> None:
        self.subject = subject
        self.now = now
        """The time of the last answer; the same on every replay."""
        self.earlier = False
        """Whether the event that a wait took last was said before the trigger."""
        self.undos: list[Undo] = []
        """What is sent, last first, if the body fails."""
        self.undone = 0
        """How many of them are done."""
        self._next = 0

    @property
    def local(self) -> str:
        """The subject's id as its issuer says it: `1000001` of `production-order/erp:1000001`."""
        return self.subject.partition(":")[2]

    def _number(self) -> int:
        self._next += 1
        return self._next

    def send(self, command: Command) -> Send:
        """Asks a system to do something; the answer is its receipt."""
        return Send(self._number(), command)

    def wait(self, *types: type[E], within: timedelta | None = None) -> Wait[E]:
        """The next of these events about the subject or a linked one since the trigger, or since
        ever where the workflow hears what came `earlier`.

        They come in log order, each once. One about a linked subject counts from where the log
        holds both the event and the link, so a link that is recorded late loses none.
        """
        return Wait(self._number(), types, within)

    def ask(self, team: str, text: str, *choices: str) -> Ask:
        """A person's decision."""
        return Ask(self._number(), team, text, choices)

    def withdraw(self, ask: Ask) -> Withdraw:
        """Closes a question that something else has answered. Without it a question that loses a
        `first` stays open until the run ends, and may be awaited again. One that a person answered
        meanwhile stays answered, and nobody reads it."""
        return Withdraw(ask)

    def sleep(self, span: timedelta) -> Sleep:
        """Waits by the business clock."""
        return Sleep(self._number(), span)

    def undo(self, by: Command, *, of: Send | None = None) -> None:
        """Says beside an effect how it is taken back if the body fails later.

        With `of`, only if that command was delivered by then, which for one that was left on its
        way shows later. Nothing is undone while a command of the run is unknown.
        """
        self.undos.append(Undo(by, of))

    def all(self, *verbs: Verb[Any]) -> All:
        """Waits for all of them; the first refusal is raised once every one is answered."""
        return All(self._number(), verbs)

    def first(self, *verbs: Verb[Any]) -> First:
        """Waits for whichever comes first."""
        return First(self._number(), verbs)


Body = Callable[[Run, Any], Coroutine[Verb[Any], Any, None]]
"""What a workflow does with its run and the event that began it."""


class Workflow:
    """A named body and the event that starts it. The name is part of every key: keep it."""

    __slots__ = ("body", "earlier", "name", "on")

    def __init__(self, name: str, on: type[Event], body: Body, *, earlier: bool = False) -> None:
        self.name = name
        self.on = on
        self.body = body
        self.earlier = earlier
        """Whether its waits also take what was said before the event that starts it."""


def workflow(
    *, on: type[E], name: str | None = None, earlier: bool = False
) -> Callable[[Callable[[Run, E], Coroutine[Verb[Any], Any, None]]], Workflow]:
    """Starts the body once for every such event.

    Two feeds have no order between them: what follows from an event may be in the log before it.
    With `earlier` the run's waits take that too, as far back as the log goes.
    """
    return lambda body: Workflow(name or body.__name__, on, cast(Body, body), earlier=earlier)
