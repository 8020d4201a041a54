"""Messages: events (past tense) and commands (imperative) about one subject."""

__all__ = [
    "LOT",
    "PASSES",
    "Alias",
    "Claims",
    "Command",
    "Event",
    "Finding",
    "Link",
    "Message",
    "ReadBack",
    "Value",
    "claim",
    "full_name",
    "subject_name",
]

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar, cast

import msgspec

from andon.core.quantity import Quantity, plain

Value = str | int | bool | None
"""A believed value in its one canonical text,
so that two systems agree when the values are equal."""

LOT = "material-lot"
PASSES = "passes"
"""Relation of a lot to a held one that is in it and, by a concession, does not bind it."""
"""The kind of subject that can be held."""

Claims = dict[str, Value]
"""What a message says its speaker (an event) or its target (a delivered command) believes now."""


def claim(value: Quantity | Decimal | datetime | Value) -> Value:
    """The canonical form of a believed value: 12.0 and 12 are one, so are equal instants."""
    match value:
        case Quantity():
            return str(value)
        case Decimal():
            return plain(value)
        case datetime():
            return value.astimezone(UTC).isoformat()
        case _:
            return value


def subject_name(kind: str, issuer: str, local: str) -> str:
    """A subject's one name, `type/issuer:id` (design 9)."""
    return f"{kind}/{issuer}:{local}"


def full_name(kind: str, issuer: str, local: str) -> str:
    """What is a full name already stays; any other id is the issuer's."""
    return local if "/" in local else subject_name(kind, issuer, local)


class Link(msgspec.Struct, frozen=True):
    """A qualified relation from this message's subject to another object of the same speaker."""

    relation: str
    kind: str
    local: str


class Alias(msgspec.Struct, frozen=True):
    """Another system's name for this message's subject."""

    system: str
    local: str


class Finding(msgspec.Struct, frozen=True):
    """Something odd in an item that could still be read;
    it becomes an exception beside the event."""

    code: str
    text: str


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What travels through the log.
    The class says its contract name and which field is its subject."""

    TYPE: ClassVar[str]
    """Contract name with major version, `andon.<domain>.<object>.<word>.v<major>`."""
    KIND: ClassVar[str]
    """The subject's type, `production-order`."""
    KEY: ClassVar[str]
    """The field that holds the subject's id in the words of the speaking system."""

    @property
    def local(self) -> str:
        """The subject's id as the speaker knows it (or a full `type/issuer:id` name)."""
        return cast(str, getattr(self, self.KEY))

    def claims(self) -> Claims:
        """What the speaker, or the target once it has acted, believes after this message."""
        return {}

    def links(self) -> Iterable[Link]:
        """Objects this message ties to its subject."""
        return ()

    def aliases(self) -> Iterable[Alias]:
        """Names that other systems have for the subject, where the speaker knows them."""
        return ()


class Event(Message, frozen=True, kw_only=True):
    """Something that happened, said by one system about one subject."""


class Command(Message, frozen=True, kw_only=True):
    """Something asked for, about one subject."""

    OVERTAKES: ClassVar[bool] = False
    """Hold, stop and cancel pass what waits before them under the same order key;
    nothing else does."""
    URGENT: ClassVar[bool] = False
    """What binds a held lot leaves before all that is ready for its target, whatever that is about.
    Under its own order key it keeps its place, unless it overtakes; what overtakes is urgent."""
    HOLDS: ClassVar[bool | None] = None
    """True: its subject is held here from the moment this is recorded. False: it is free once this
    has come to its end at the target, done or refused there."""

    def lots(self) -> Sequence[str]:
        """Lots this would move or consume: while one of them is held, it may not pass."""
        return ()


class ReadBack(Event, frozen=True, kw_only=True):
    """What a system holds after our own change came back from it:
    a belief, not news (no echoes)."""

    TYPE: ClassVar[str] = "andon.belief.read-back.v1"
    KIND: ClassVar[str] = ""
    KEY: ClassVar[str] = "object_id"

    kind: str
    object_id: str
    holds: Claims

    def claims(self) -> Claims:
        """Exactly what was read."""
        return self.holds
