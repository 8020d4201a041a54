"""A message in the log, with its CloudEvents envelope."""

__all__ = ["Actor", "Record", "RecordKind"]

from datetime import datetime
from typing import Any, Literal

import msgspec

RecordKind = Literal["event", "command", "receipt", "refusal", "note"]


class Actor(msgspec.Struct, frozen=True):
    """Who asks: a person, a program with a key, or a workflow of ours."""

    name: str
    roles: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    """Empty means every site."""
    party: str | None = None
    """A partner, by the name of its subject: it sees and asks what a `Partnership` lets it."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log. `position` is its place;
    readers see positions rise without gaps in time."""

    position: int
    kind: RecordKind
    source: str
    """The connection (or `andon`) that says it."""
    id: str
    type: str
    subject: str
    order_key: str
    correlation: str
    causation: int | None
    """Position of the record this one follows from."""
    occurred_at: datetime
    recorded_at: datetime
    site: str
    actor: str
    data: dict[str, Any]
