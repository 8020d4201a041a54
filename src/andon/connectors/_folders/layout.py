"""What a connector says about its files: how one is read, and how a request becomes one."""

__all__ = ["Answers", "Beside", "Draft", "Layout", "Writes"]

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from andon.connectors._folders.rows import Row, Yielded
from andon.core.connector import Request

Draft = Callable[[int], bytes]
"""The content of an outgoing file, once its number is known (0: its name has none)."""

Writes = Callable[[Request], Draft]
"""Raises RejectedError for what cannot be written; no number is used up then."""


Answers = Callable[[Path, str], Awaitable[None]]
"""Answers the file's sender: the file, and why it is rejected (empty: all of it is recorded).
It may be called again for the same file, after a restart."""


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """What a connector keeps of a file it sends, on the disk before that is sent."""

    files: Mapping[str, bytes] = {}
    """By path."""
    notes: Sequence[str] = ()
    """Paths below `sent` at which the note of it lies, too."""
    says: str = ""
    """What stands in the note besides stamp and name; see `Noted`."""


def _fits(_: bytes) -> str | None:
    return None


def _own(row: Row) -> str:
    return row.key


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How incoming files are read."""

    kind: str
    """What an item is called whose row does not say it itself."""
    rows: Callable[[BinaryIO], Iterator[Yielded]]
    """All that a file holds, read in a thread: rows, or one row that is the whole document.
    Raises nothing but OSError, whatever the file holds; see `guarded`."""
    unfit: Callable[[bytes], str | None] = _fits
    """Why a file that begins with these four bytes cannot be read at all."""
    answers: Answers | None = None
    """Called for files that ask for it (`rows.Asks`), before they are put away."""
    trailer: str = ""
    """What the last row begins with, where senders count: a file without it is truncated.
    `rows` yields a Total for it."""
    key: Callable[[Row], str] = _own
    """What names the fact, empty where `identity` does. Raises MappingError for a row that should
    have a key and has none."""
    identity: Literal["content", "file", "name"] = "content"
    """What makes two rows without a key of their own the same fact: the file's content and the
    row's number; the file's name as well; its name and the row's number only."""
