"""CSV: cells between delimiters. A row that cannot be read spoils no other."""

__all__ = ["csv_rows"]

import csv
from collections.abc import Callable, Iterator
from typing import BinaryIO

from andon.connectors._folders.rows import (
    Bad,
    Body,
    Broken,
    Row,
    Total,
    UnreadableFileError,
    Yielded,
    longest,
)
from andon.connectors.files.lines import Lines, UnreadableTextError, stray_bytes
from andon.connectors.files.shapes import Csv
from andon.connectors.files.values import ValueFaultError, readers_of

Cells = list[str]


class _RowLines:
    """Gives csv its lines and keeps those of the row under way."""

    def __init__(self, lines: Lines, most: int) -> None:
        self._lines = lines
        self._most = most
        self.used: list[str] = []

    def __iter__(self) -> "_RowLines":
        return self

    def __next__(self) -> str:
        if len(self.used) == self._most:
            raise csv.Error(f"a quote that opens here does not close within {self._most} lines")
        line = self._lines.next()
        if not line:
            raise StopIteration
        self.used.append(line)
        if self._lines.cut:
            raise csv.Error(f"the line is longer than {longest} characters")
        if not line.isascii() and (stray := stray_bytes(line)) is not None:
            raise csv.Error(stray)
        return line


def csv_rows(stream: BinaryIO, form: Csv) -> Iterator[Yielded]:
    """Rows from the first one after the header."""
    lines = Lines(stream, form.encoding)
    try:
        for _ in range(form.skip):
            lines.next()
        rows = _cells(lines, form)
        names = list(form.names) or _header(rows)
        yield from _read(rows, names, form)
    except (UnicodeError, UnreadableTextError, UnreadableFileError) as error:
        yield Broken(lines.number, str(error))
    finally:
        lines.release()


def _cells(lines: Lines, form: Csv) -> Iterator[tuple[int, Cells | Bad]]:
    """Each row's first line and cells. After a fault the next line begins a new row."""
    source = _RowLines(lines, form.lines_per_row)
    reader = csv.reader(
        source,
        delimiter=form.delimiter,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        strict=True,
    )
    while True:
        source.used = []
        first = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = None
            if not lines.cut:
                text = source.used[0] if source.used else ""
                lines.push_back(source.used[1:])
            yield first, Bad(0, first, str(error), text)
            continue
        if cells:  # a blank line is no row
            yield first, cells


def _header(rows: Iterator[tuple[int, Cells | Bad]]) -> Cells:
    for _, cells in rows:
        if isinstance(cells, Bad):
            raise UnreadableFileError(f"the header row cannot be read: {cells.says}")
        return [cell.strip() for cell in cells]
    return []


def _read(rows: Iterator[tuple[int, Cells | Bad]], names: Cells, form: Csv) -> Iterator[Yielded]:
    body_of = _body_of(names, form) if names else None
    first_of_trailer = form.trailer.first if form.trailer else None
    number = 0
    for line, cells in rows:
        if isinstance(cells, Bad):
            number += 1
            yield Bad(number, line, cells.says, cells.text)
        elif cells[0] == first_of_trailer:
            yield Total(line, _count(cells, form))
        else:
            number += 1
            yield _row(number, line, cells, body_of, form)


def _row(
    number: int, line: int, cells: Cells, body_of: Callable[[Cells], Body] | None, form: Csv
) -> Row | Bad:
    try:
        assert body_of is not None
        return Row(number, line, body_of(cells))
    except ValueFaultError as error:
        return Bad(number, line, str(error), form.delimiter.join(cells))


def _body_of(names: Cells, form: Csv) -> Callable[[Cells], Body]:
    """How the cells of one row become an object. Raises UnreadableFileError."""
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise UnreadableFileError(f"the header row names {', '.join(twice)} twice")
    missing = [name for name in form.columns if name not in names]
    if missing:
        raise UnreadableFileError(
            f"the header row has no {', '.join(missing)}; it has {', '.join(names)}"
        )
    readers = readers_of(form)
    typed = [(at, name, readers[name]) for at, name in enumerate(names) if name in readers]
    renamed = [(form.columns[n].name or n) if n in form.columns else n for n in names]

    def body(cells: Cells) -> Body:
        if len(cells) != len(names):
            raise ValueFaultError(f"the row has {len(cells)} cells, the header {len(names)}")
        values: list[str | None] = list(cells)
        for at, name, read in typed:
            try:
                values[at] = read(cells[at])
            except ValueFaultError as error:
                raise ValueFaultError(f"{name}: {error}") from error
        return dict(zip(renamed, values, strict=True))

    return body


def _count(cells: Cells, form: Csv) -> int | None:
    at = form.trailer.count - 1 if form.trailer else 0
    cell = cells[at].strip() if 0 <= at < len(cells) else ""
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 19 else None
