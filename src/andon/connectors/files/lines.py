"""Text lines of a file: decoded, numbered, none longer than may be carried."""

__all__ = ["Lines", "UnreadableTextError", "foreign_mark", "stray_bytes"]

import codecs
import io
from typing import BinaryIO

from andon.connectors._folders.rows import longest
from andon.core.errors import MappingError

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableTextError(MappingError):
    """The bytes are not text of the declared encoding; nothing after them can be read."""


def foreign_mark(head: bytes, encoding: str) -> str | None:
    """The encoding a byte order mark names, when it is not the declared one."""
    declared = codecs.lookup(encoding).name
    for mark, name in _MARKS:
        if head.startswith(mark):
            return None if declared.startswith(name) else name
    return None


def stray_bytes(line: str) -> str | None:
    """Which bytes of a line are not of its encoding; None when all are."""
    try:
        if not line.isascii():
            line.encode()
    except UnicodeEncodeError as error:
        byte = ord(line[error.start]) & 0xFF
        return f"the byte 0x{byte:02x} at character {error.start + 1} is not of its encoding"
    return None


class Lines:
    """Lines with their ends, one by one. `push_back` gives them out again."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        if codecs.lookup(encoding).name == "utf-8":
            encoding = "utf-8-sig"
        # A byte that is none of its encoding spoils its row and no other.
        self._text = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")
        self._readline = self._text.readline
        self._again: list[str] = []
        self.number = 0
        """Number of the line given out last."""
        self.cut = False
        """Whether that line was longer than may be carried, and what follows was left out."""

    def next(self) -> str:
        """The next line, empty at the end. Raises UnreadableTextError."""
        self.cut = False
        if self._again:
            self.number += 1
            return self._again.pop()
        try:
            line = self._readline(longest)
        except UnicodeError as error:
            raise self._unreadable(error) from error
        if line:
            self.number += 1
            if len(line) >= longest and not line.endswith(("\n", "\r")):
                self._skip_rest()
        return line

    def push_back(self, lines: list[str]) -> None:
        """These lines, the last ones given out, come again."""
        self._again.extend(reversed(lines))
        self.number -= len(lines)

    def _skip_rest(self) -> None:
        try:
            while rest := self._readline(longest):
                self.cut = True
                if rest.endswith(("\n", "\r")):
                    return
        except UnicodeError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: UnicodeError) -> UnreadableTextError:
        return UnreadableTextError(
            f"after line {self.number} come bytes that are not {self._text.encoding}: {error}"
        )

    def release(self) -> None:
        """Lets go of the stream without closing it."""
        self._text.detach()
