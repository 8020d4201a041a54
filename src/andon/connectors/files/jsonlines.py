"""JSON lines: one object per line, kept as it came."""

__all__ = ["json_rows"]

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from andon.connectors._folders.rows import Bad, Body, Broken, Row, Yielded, longest
from andon.connectors.files.lines import Lines, UnreadableTextError, stray_bytes
from andon.connectors.files.shapes import JsonLines
from andon.core.faults import UNREADABLE

_OBJECT = msgspec.json.Decoder(Body)


def json_rows(stream: BinaryIO, form: JsonLines) -> Iterator[Yielded]:
    """Every line that is not blank."""
    lines = Lines(stream, form.encoding)
    number = 0
    try:
        while line := lines.next():
            text = line.strip()
            if text:
                number += 1
                yield _row(number, lines, text)
    except (UnicodeError, UnreadableTextError) as error:
        yield Broken(lines.number, str(error))
    finally:
        lines.release()


def _row(number: int, lines: Lines, text: str) -> Row | Bad:
    if lines.cut:
        return Bad(number, lines.number, f"the line is longer than {longest} characters", None)
    if (stray := stray_bytes(text)) is not None:
        return Bad(number, lines.number, stray, text)
    raw = text.encode()
    try:
        return Row(number, lines.number, _OBJECT.decode(raw), raw)
    except UNREADABLE as error:
        return Bad(number, lines.number, f"the line is no JSON object: {error}", text)
