"""Fixed width: fields at fixed places, one or more types of record."""

__all__ = ["cut", "fixed_rows"]

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from andon.connectors._folders.rows import Bad, Body, Broken, Row, Total, Yielded, longest
from andon.connectors.files.lines import Lines, UnreadableTextError, stray_bytes
from andon.connectors.files.shapes import Fixed, Place
from andon.connectors.files.values import Reader, ValueFaultError, readers_of

BodyOf = Callable[[str], Body]


def fixed_rows(stream: BinaryIO, form: Fixed) -> Iterator[Yielded]:
    """Every line that is not blank; the record's code is `@record`."""
    lines = Lines(stream, form.encoding)
    readers = readers_of(form)
    bodies = {code: _body_of(code, f, form, readers) for code, f in form.records.items()}
    number = 0
    try:
        while line := lines.next():
            text = line.rstrip("\r\n")
            if not text.strip():
                continue
            code = cut(text, form.code).strip() if form.code else ""
            if form.trailer and code == form.trailer.first:
                yield Total(lines.number, _count(text, form))
                continue
            number += 1
            yield _row(number, lines, text, code, bodies)
    except (UnicodeError, UnreadableTextError) as error:
        yield Broken(lines.number, str(error))
    finally:
        lines.release()


def cut(text: str, place: Place) -> str:
    """What stands at a place; many senders leave blanks out at the end of a line."""
    return text[place[0] - 1 : place[0] - 1 + place[1]]


def _row(
    number: int, lines: Lines, text: str, code: str, bodies: Mapping[str, BodyOf]
) -> Row | Bad:
    if lines.cut:
        return Bad(number, lines.number, f"the line is longer than {longest} characters", None)
    if (stray := stray_bytes(text)) is not None:
        return Bad(number, lines.number, stray, text)
    if code not in bodies:
        known = ", ".join(sorted(map(repr, bodies)))
        return Bad(number, lines.number, f"no record has the code {code!r} ({known})", text)
    try:
        return Row(number, lines.number, bodies[code](text))
    except ValueFaultError as error:
        return Bad(number, lines.number, str(error), text)


def _body_of(
    code: str, fields: Mapping[str, Place], form: Fixed, readers: Mapping[str, Reader]
) -> BodyOf:
    columns = form.columns
    plan = [
        (name, place, readers.get(name), (columns[name].name or name) if name in columns else name)
        for name, place in fields.items()
    ]

    def body(text: str) -> Body:
        found: Body = {"@record": code}
        for name, place, read, named in plan:
            cell = cut(text, place).strip()
            try:
                found[named] = cell if read is None else read(cell)
            except ValueFaultError as error:
                raise ValueFaultError(f"{name} at {place[0]}: {error}") from error
        return found

    return body


def _count(text: str, form: Fixed) -> int | None:
    code = form.trailer.first if form.trailer else ""
    cell = cut(text, form.records[code]["count"]).strip()
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 19 else None
