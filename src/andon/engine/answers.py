"""Answers to a run's verbs, and how its journal keeps them."""

__all__ = [
    "Answer",
    "Heard",
    "Replay",
    "answer_from",
    "answer_json",
    "answer_of_record",
    "asks",
    "error_words",
]

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from andon.core.connector import Receipt
from andon.core.errors import (
    CancelledRunError,
    DeniedError,
    InvalidError,
    LateError,
    RefusedError,
    RejectedError,
    ReplayError,
    UnroutedError,
)
from andon.core.message import Event
from andon.core.workflow import Ask, Send, Verb, Wait
from andon.governance.contracts import Contracts


class Answer(msgspec.Struct, frozen=True):
    """What a verb came to: a value, or a refusal to raise in the body."""

    value: Any = None
    error: RefusedError | None = None
    heard_at: int | None = None
    """Where an event counts from, if that is not its own position: its link came later."""


class Heard(NamedTuple):
    """A place in what a run hears: where the log held event and link, then the event's own."""

    at: int
    position: int


_ERRORS: dict[str, type[RefusedError]] = {
    "rejected": RejectedError,
    "denied": DeniedError,
    "unrouted": UnroutedError,
    "invalid": InvalidError,
    "late": LateError,
    "cancelled": CancelledRunError,
}
_NAMES = {kind: name for name, kind in _ERRORS.items()}


def answer_json(answer: Answer, verb: Verb[Any]) -> str:
    """An answer as the journal keeps it, with the command it answers; a NUL, which no database
    keeps, reads as U+FFFD."""
    if (error := answer.error) is not None:
        kept: dict[str, Any] = {**error_words(error), "text": str(error)}
    elif isinstance(answer.value, Event):
        kept = {"event": answer.value.TYPE, "data": answer.value}
        if answer.heard_at is not None:
            kept["heard_at"] = answer.heard_at
    else:
        kept = {"value": answer.value}
    if isinstance(verb, Send):
        kept["to"] = verb.command.TYPE
    return msgspec.json.encode(kept).decode().replace("\\u0000", "\\ufffd")


def error_words(error: RefusedError) -> dict[str, str]:
    """What tells a refusal's class, and its code if it has one."""
    words = {"error": _NAMES.get(type(error), "rejected")}
    if isinstance(error, RejectedError) and error.code is not None:
        words["code"] = error.code
    return words


def _error(words: Mapping[str, Any], text: str) -> RefusedError:
    if "code" in words:
        return RejectedError(text, words["code"])
    return _ERRORS[words.get("error", "rejected")](text)


def answer_of_record(kind: str, data: Mapping[str, Any]) -> Answer:
    """The answer that a receipt or refusal in the log gives to its command."""
    if kind == "receipt":
        return Answer(Receipt(reference=data.get("reference"), body=data.get("body") or {}))
    return Answer(error=_error(data, str(data.get("says"))))


def answer_from(verb: Verb[Any], text: str | bytes, contracts: Contracts) -> Answer:
    """The journal's answer again, in the type the verb gives.
    Raises ReplayError, saying both, when the verb asks for something else."""
    kept: dict[str, Any] = msgspec.json.decode(text)
    if not _fits(verb, kept):
        raise ReplayError(f"answers {_answered(kept)}, and the body {asks(verb)}")
    if "error" in kept:
        return Answer(error=_error(kept, kept["text"]))
    if "event" in kept:
        event = contracts.decode(kept["event"], msgspec.json.encode(kept["data"]))
        return Answer(event, heard_at=kept.get("heard_at"))
    if isinstance(verb, Send):
        return Answer(msgspec.convert(kept["value"], Receipt))
    return Answer(kept["value"])


class Replay(msgspec.Struct, frozen=True):
    """One line of a journal."""

    n: int
    answered_at: datetime
    data: str
    position: int = 0


def _fits(verb: Verb[Any], kept: Mapping[str, Any]) -> bool:
    match verb:
        case Send(command=command):
            # lines of an older Andon do not say the command
            refused = kept.get("error", "late") != "late"
            done = isinstance(kept.get("value"), dict)
            return (refused or done) and kept.get("to", command.TYPE) == command.TYPE
        case Wait(types=types):
            return kept.get("event") in {kind.TYPE for kind in types} or (
                kept.get("error") == "late"
            )
        case Ask():
            return "to" not in kept and isinstance(kept.get("value"), str)
        case _:
            return "to" not in kept and kept.get("value", "") is None


def _answered(kept: Mapping[str, Any]) -> str:
    match kept:
        case {"to": type}:
            return f"the command {type}"
        case {"event": type}:
            return f"a wait with {type}"
        case {"error": "late"}:
            return "a wait that was late"
        case {"value": None}:
            return "a sleep"
        case {"value": str(choice)}:
            return f"a question with {choice!r}"
        case _:
            return "a command"


def asks(verb: Verb[Any]) -> str:
    """What a verb does, in words."""
    match verb:
        case Send(command=command):
            return f"sends {command.TYPE}"
        case Wait(types=types):
            return f"waits for {' or '.join(kind.TYPE for kind in types)}"
        case Ask(text=text):
            return f"asks {text!r}"
        case _:
            return "sleeps"
