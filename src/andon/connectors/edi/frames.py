"""Bytes of a file as raw segments, one after the other, never more than one in memory."""

__all__ = ["Frame", "Frames", "UnframedError"]

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from andon.connectors.edi.delimiters import Delimiters

_CHUNK = 1 << 16
_LONGEST = 1_000_000
_BLANK = b" \t\r\n\0\x1a\xef\xbb\xbf"
_ISA_LONGEST = 300
_PLAIN_EDIFACT = b":+.? '"


class UnframedError(ValueError):
    """From here on nothing can be cut; `segment` counts from 1 in the file."""

    def __init__(self, segment: int, says: str) -> None:
        super().__init__(says)
        self.segment = segment


class Frame(msgspec.Struct, frozen=True):
    """One raw segment, without its end."""

    number: int
    """Within the file, from 1."""
    raw: bytes
    signs: Delimiters


class Frames:
    """Iterates once. Each interchange is cut by its own signs. Raises UnframedError."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._number = 0
        self._ended = False

    def __iter__(self) -> Iterator[Frame]:
        while self._skip_blanks():
            yield from self._interchange()

    def _interchange(self) -> Iterator[Frame]:
        while not self._ended and len(self._buffer) - self._at < _ISA_LONGEST:
            self._fill()
        head = self._buffer[self._at : self._at + _ISA_LONGEST]
        if head.startswith(b"ISA"):
            signs, last = _isa_signs(head, self._number + 1), b"IEA"
        elif head.startswith((b"UNA", b"UNB")):
            signs, last = self._una_signs(head), b"UNZ"
        else:
            raise UnframedError(
                self._number + 1, f"{head[:20]!r} stands where an interchange begins: ISA, UNA, UNB"
            )
        end, release = signs.segment.encode("latin-1"), signs.release.encode("latin-1")
        while (raw := self._next(end, release, last)) is not None:
            self._number += 1
            if raw or not self._is_blank_end():
                yield Frame(self._number, raw, signs)
            if raw.startswith(last):
                return

    def _is_blank_end(self) -> bool:
        return not self._skip_blanks()

    def _una_signs(self, head: bytes) -> Delimiters:
        advice = _PLAIN_EDIFACT
        if head.startswith(b"UNA"):
            advice, head = head[3:9], head[9:].lstrip(_BLANK)
            self._at += 9
        used = advice.replace(b" ", b"")
        if len(advice) < 6 or len(set(used)) < len(used) or used[:2] != advice[:2]:
            raise UnframedError(
                self._number + 1, f"UNA says {advice!r}: six different signs are needed"
            )
        component, element, decimal, release, repetition, segment = advice.decode("latin-1")
        if not head[9:10] >= b"4":  # before syntax version 4 nothing repeats
            repetition = ""
        elif advice is _PLAIN_EDIFACT:
            repetition = "*"
        return Delimiters(
            element=element,
            component=component,
            segment=segment,
            repetition=repetition.strip(),
            release=release.strip(),
            decimal=decimal,
        )

    def _next(self, end: bytes, release: bytes, last: bytes) -> bytes | None:
        """One segment; None at the end of the file. The last one of all may lack its end."""
        self._skip_blanks()
        found = self._at
        while True:
            found = self._buffer.find(end, found)
            if found < 0:
                found = len(self._buffer)
                if self._ended:
                    rest, self._at = self._buffer[self._at :].rstrip(_BLANK), len(self._buffer)
                    if rest.startswith(last):
                        return rest
                    if rest:
                        raise UnframedError(
                            self._number + 1, f"{rest[:20]!r} has no end: the file is truncated"
                        )
                    return None
                if found - self._at > _LONGEST:
                    raise UnframedError(
                        self._number + 1, f"a segment has no end within {_LONGEST} bytes"
                    )
                kept = found - self._at
                self._fill()
                found = self._at + max(kept - 1, 0)
                continue
            if release and _is_released(self._buffer, self._at, found, release):
                found += 1
                continue
            raw, self._at = self._buffer[self._at : found], found + 1
            return raw

    def _fill(self) -> None:
        chunk = self._stream.read(_CHUNK)
        self._ended = not chunk
        self._buffer = self._buffer[self._at :] + chunk
        self._at = 0

    def _skip_blanks(self) -> bool:
        """Whether anything else follows."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._buffer):
                return True
            if self._ended:
                return False
            self._fill()


def _is_released(buffer: bytes, start: int, end: int, release: bytes) -> bool:
    at = end
    while at > start and buffer[at - 1 : at] == release:
        at -= 1
    return (end - at) % 2 == 1


def _isa_signs(head: bytes, number: int) -> Delimiters:
    """By its sixteen elements: fixed widths are not kept to by everybody."""
    element = head[3:4]
    at = 3
    for _ in range(15):
        at = head.find(element, at + 1)
        if at < 0:
            raise UnframedError(number, "ISA has fewer than sixteen elements")
    signs = head[at + 1 : at + 3]
    version = head[:at].split(element)[12:13]
    if len(signs) < 2 or len({element, signs[:1], signs[1:]}) < 3 or signs.isalnum():
        raise UnframedError(number, f"ISA16 and the end of ISA are {signs!r}: no separators")
    repetition = head[:at].split(element)[11].decode("latin-1")
    repeats = len(repetition) == 1 and not repetition.isalnum() and version[0] >= b"00402"
    return Delimiters(
        element=element.decode("latin-1"),
        component=signs[:1].decode("latin-1"),
        segment=signs[1:].decode("latin-1"),
        repetition=repetition.strip() if repeats else "",
    )
