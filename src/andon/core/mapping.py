"""Mappings: pure functions between a system's words and ours."""

__all__ = [
    "Before",
    "Inbound",
    "Known",
    "Outbound",
    "Proof",
    "Said",
    "TooLarge",
    "inbound",
    "outbound",
]

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

import msgspec

from andon.core.connector import Item, Proof, Request, Settings
from andon.core.errors import MappingError
from andon.core.message import Command, Event, Finding

Said = Event | Finding
"""What an item means: events, and doubts about them."""

T = TypeVar("T")
C = TypeVar("C", bound=Command)


class TooLarge(msgspec.Struct, frozen=True):
    """A reading of which too much came to be kept."""

    sha256: bytes
    bytes: int


Before = bytes | TooLarge
"""The last reading of a row: itself, or its digest and size."""


class Known(msgspec.Struct, frozen=True):
    """What a mapping may know besides the item or command; read-only, fetched per batch."""

    settings: Settings
    """The connection's settings: a time zone, the id of our technical user."""
    previous: Before | None = None
    """The last reading of the same mirrored row."""
    local: str = ""
    """The target's own id of the command's subject."""

    def before(self, shape: type[T]) -> T | None:
        """The last reading of the mirrored row, None at first sight. Raises MappingError when it
        was too large to be kept and this one is another: what changed cannot be told then."""
        if isinstance(self.previous, TooLarge):
            raise MappingError(
                f"The last reading of its row had {self.previous.bytes:,} bytes and was not kept,"
                " so what changed since then cannot be told"
            )
        return None if self.previous is None else msgspec.json.decode(self.previous, type=shape)


class Inbound(msgspec.Struct, frozen=True):
    """How items of one kind are read."""

    kind: str
    reads: Callable[[Item, Known], Iterable[Said]]


class Outbound(msgspec.Struct, frozen=True):
    """How commands of one type are written, and what proves that they were done."""

    command: type[Command]
    writes: Callable[[Any, Known], Request]
    proof: Proof
    local: bool = False
    """Whether `writes` needs the target's own id of the subject (costs a look-up)."""


def inbound(kind: str) -> Callable[[Callable[[Item, Known], Iterable[Said]]], Inbound]:
    """Marks the reader of one kind of item. It yields nothing for an item that is no news."""
    return lambda reads: Inbound(kind, reads)


def outbound(
    command: type[C], *, proof: Proof, local: bool = False
) -> Callable[[Callable[[C, Known], Request]], Outbound]:
    """Marks the writer of one type of command."""
    return lambda writes: Outbound(
        command, cast("Callable[[Any, Known], Request]", writes), proof, local
    )
