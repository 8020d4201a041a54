"""A recorded run, kept beside the code: a changed body must still come the same way."""

__all__ = ["Asked", "Journal", "Line", "Trigger", "follow"]

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from andon.core.errors import InvalidError, ReplayError
from andon.core.message import Command, Event
from andon.core.workflow import Ask, Send, Sleep, Verb, Wait, Workflow
from andon.engine.answers import Replay, asks
from andon.engine.live import Live
from andon.governance.contracts import Contracts


class Trigger(msgspec.Struct, frozen=True):
    """The record that began the run."""

    position: int
    type: str
    data: dict[str, Any]


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the run asked for at one step, as far as it was kept."""

    n: int
    verb: Literal["send", "wait", "ask", "sleep"]
    type: str | None = None
    """Of a command."""
    data: dict[str, Any] | None = None
    """Of a command; one that the gate did not let pass is kept without."""
    types: Sequence[str] | None = None
    """What a wait took or would take."""
    choices: Sequence[str] | None = None
    """What a question was answered with, or may be."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One answer."""

    n: int
    at: datetime
    position: int
    answer: dict[str, Any]


class Journal(msgspec.Struct, frozen=True, kw_only=True):
    """One run from its trigger to where it stood when it was recorded."""

    workflow: str
    run: str
    subject: str
    site: str
    correlation: str
    state: Literal["running", "parked", "ended", "failed"]
    started_at: datetime
    trigger: Trigger
    asked: Sequence[Asked]
    answers: Sequence[Line]


def follow(journal: Journal, flow: Workflow, contracts: Contracts) -> None:
    """Runs the body over a recorded journal. Raises ReplayError, naming run and step, where it no
    longer comes the same way."""
    live = Live(
        flow,
        id=journal.run,
        subject=journal.subject,
        lane=0,
        correlation=journal.correlation,
        site=journal.site,
        trigger=journal.trigger.position,
        started_at=journal.started_at,
    )
    event = contracts.decode(journal.trigger.type, msgspec.json.encode(journal.trigger.data))
    assert isinstance(event, Event)
    lines = [
        Replay(line.n, line.at, msgspec.json.encode(line.answer).decode(), line.position)
        for line in journal.answers
    ]
    failed = False
    try:
        live.replay(event, lines, contracts)
    except ReplayError:
        raise
    except Exception as error:
        failed = True
        if journal.state != "failed":
            last = lines[-1].n if lines else 0
            raise _strayed(
                journal, last, f"goes on, and the body raises {type(error).__name__}: {error}"
            ) from error
    _compare(journal, live, contracts)
    _compare_end(journal, live, failed=failed)


def _compare(journal: Journal, live: Live, contracts: Contracts) -> None:
    for asked in journal.asked:
        verb = live.verb(asked.n)
        if verb is None:
            raise _strayed(
                journal, asked.n, f"asks {_said(asked)}, and the body does not come to it"
            )
        if not _same(asked, verb, contracts):
            raise _strayed(journal, asked.n, f"asks {_said(asked)}, and the body {_does(verb)}")


def _compare_end(journal: Journal, live: Live, *, failed: bool) -> None:
    last = journal.answers[-1].n if journal.answers else 0
    if journal.state == "failed" and not failed:
        raise _strayed(journal, last, "is its last before it failed, and the body goes on")
    if journal.state == "ended" and not live.ended:
        left = ", ".join(_does(verb) for verb in live.left()) or "waits"
        raise _strayed(journal, last, f"is its last, and the body still {left}")
    if journal.state in ("running", "parked") and live.ended:
        raise _strayed(journal, last, "was not its last, and the body ends there")


def _same(asked: Asked, verb: Verb[Any], contracts: Contracts) -> bool:
    match asked.verb, verb:
        case "send", Send(command=command):
            return asked.type == command.TYPE and _same_command(asked, command, contracts)
        case "wait", Wait(types=types):
            return {kind.TYPE for kind in types} >= set(asked.types or ())
        case "ask", Ask(choices=choices):
            return set(choices) >= set(asked.choices or ())
        case "sleep", Sleep():
            return True
        case _:
            return False


def _same_command(asked: Asked, command: Command, contracts: Contracts) -> bool:
    """A field that the record has no word of was added since, and is not sent again."""
    if asked.data is None:
        return True
    try:
        sent = contracts.decode(command.TYPE, msgspec.json.encode(asked.data))
    except InvalidError:
        return False
    since = command.__struct_fields__
    added = {name: getattr(command, name) for name in since if name not in asked.data}
    return msgspec.structs.replace(sent, **added) == command


def _said(asked: Asked) -> str:
    match asked.verb:
        case "send":
            return f"for {asked.type} {_short(asked.data or {})}"
        case "wait":
            return f"to wait for {' or '.join(asked.types or ('an event',))}"
        case "ask":
            return f"a person, who may say {' or '.join(map(repr, asked.choices or ()))}"
        case "sleep":
            return "to sleep"


def _does(verb: Verb[Any]) -> str:
    match verb:
        case Send(command=command):
            return f"{asks(verb)} {_short(msgspec.to_builtins(command))}"
        case Ask(choices=choices):
            return f"asks a person, who may say {' or '.join(map(repr, choices))}"
        case _:
            return asks(verb)


def _short(data: dict[str, Any]) -> str:
    text = msgspec.json.encode(data).decode()
    return text if len(text) <= 300 else f"{text[:300]}..."


def _strayed(journal: Journal, n: int, how: str) -> ReplayError:
    return ReplayError(
        f"{journal.run} ({journal.subject}), step {n}: its journal {how}. Give the changed body a"
        f" new name, and let runs that are open end on the old {journal.workflow}."
    )
