"""What a user's project says about the plant: connections, routes, ownership, policies."""

__all__ = [
    "Allow",
    "Approve",
    "Connection",
    "Decision",
    "Deny",
    "Ownership",
    "Partnership",
    "Policy",
    "Route",
    "policy",
]

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from andon.core.connector import Connector
from andon.core.mapping import Inbound, Outbound
from andon.core.message import Command
from andon.core.record import Actor

C = TypeVar("C", bound=Command)


class Connection(msgspec.Struct, frozen=True):
    """A connector in use under a name; its settings stand in the parameters under the same name."""

    name: str
    connector: type[Connector[Any]]
    mappings: Sequence[Inbound | Outbound] = ()
    site: str | None = None
    """None: the project's site."""


class Route(msgspec.Struct, frozen=True):
    """Where commands of one type go, for one site or for all."""

    command: type[Command]
    connection: str
    site: str | None = None


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """Whose belief is true, who follows, how soon they must agree, and who looks after it. Sites
    may have owners of their own for one attribute: of a subject that one counts who has spoken."""

    subject: str
    attribute: str
    owner: str
    followers: Mapping[str, timedelta]
    steward: str = "integration"


class Partnership(msgspec.Struct, frozen=True, kw_only=True):
    """What partners of one role (`customer`, `supplier`) may see and ask, each of its own subjects:
    those that are linked to it by a relation of that name. What is not said here is not theirs."""

    role: str
    sees: Mapping[str, Sequence[str]] = {}
    """Kind of subject -> its attributes."""
    asks: Sequence[type[Command]] = ()


class Allow(msgspec.Struct, frozen=True):
    """The command may pass."""


class Deny(msgspec.Struct, frozen=True):
    """The command may not pass, and why."""

    reason: str


class Approve(msgspec.Struct, frozen=True):
    """The command may pass once a person of this team says so, and why they are asked.

    It is recorded and keeps its place: later commands for its order key wait behind it.
    """

    team: str
    reason: str


Decision = Allow | Deny | Approve


class Policy(msgspec.Struct, frozen=True):
    """One rule about one command type."""

    command: type[Command]
    decides: Callable[[Any, Actor], Decision]


def policy(command: type[C]) -> Callable[[Callable[[C, Actor], Decision]], Policy]:
    """Marks a pure rule: a command and its actor in, a decision out."""
    return lambda decides: Policy(command, decides)
