"""Rows as the content of a file. Pure. What cannot be written as declared is refused."""

__all__ = ["content_for"]

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
from lxml import etree

from andon.connectors._folders.rows import Body
from andon.connectors.files.shapes import Column, Csv, Fixed, Format, JsonLines, Text, Xml
from andon.core.errors import RejectedError


def content_for(body: Any, form: Format) -> bytes:
    """The bytes of a file: a list of rows, one row, or text as it is. Raises RejectedError."""
    if isinstance(body, str):
        return _encoded(body, form)
    rows = _rows(body)
    match form:
        case Csv():
            mark = "\ufeff" if form.bom else ""
            return _encoded(mark + _csv(rows, form), form)
        case JsonLines():
            lines = (msgspec.json.encode(row).decode() + form.newline for row in rows)
            return _encoded("".join(lines), form)
        case Fixed():
            return _encoded("".join(_fixed(row, form) + form.newline for row in rows), form)
        case Xml():
            return _xml(rows, form)


def _rows(body: Any) -> list[Body]:
    plain = msgspec.to_builtins(body, str_keys=True)
    rows = cast("list[Any]", plain if isinstance(plain, list) else [plain])
    for row in rows:
        if not isinstance(row, dict):
            raise RejectedError(f"{type(row).__name__} is no row: an object is needed", "no-row")
    return rows


def _encoded(text: str, form: Text) -> bytes:
    try:
        return text.encode(form.encoding)
    except UnicodeEncodeError as error:
        raise RejectedError(
            f"{text[error.start]!r} cannot be written in {form.encoding}", "encoding"
        ) from error


def _csv(rows: Sequence[Body], form: Csv) -> str:
    columns = form.columns or {name: Column() for name in (rows[0] if rows else ())}
    names = form.names or tuple(columns)
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=form.delimiter,
        quotechar=form.quote or None,
        quoting=csv.QUOTE_MINIMAL if form.quote else csv.QUOTE_NONE,
        lineterminator=form.newline,
    )
    try:
        if not form.names:
            writer.writerow(names)
        for row in rows:
            _refuse_unknown(row, names, columns)
            writer.writerow([_cell(row, name, columns, form) for name in names])
    except csv.Error as error:
        raise RejectedError(f"a value cannot be written without quotes: {error}", "csv") from error
    if form.trailer:
        cells = [form.trailer.first, *[""] * (form.trailer.count - 1)]
        cells[form.trailer.count - 1] = str(len(rows))
        writer.writerow(cells)
    return out.getvalue()


def _refuse_unknown(row: Body, names: Sequence[str], columns: Mapping[str, Column]) -> None:
    """A value that no column takes would be lost in silence."""
    known = {(columns[n].name or n) if n in columns else n for n in names}
    if left := sorted(row.keys() - known - {"@record"}):
        raise RejectedError(f"no column takes {', '.join(left)}", "unknown-field")


def _cell(row: Body, name: str, columns: Mapping[str, Column], form: Text) -> str:
    column = columns.get(name, Column())
    value = row.get(column.name or name)
    return _written(value, name, column, form)


def _written(value: Any, name: str, column: Column, form: Text) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise RejectedError(f"{name}: a list or object fits in no cell", "value")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    try:
        match column.type:
            case "text":
                return text
            case "number":
                return _number(Decimal(text), column, form)
            case "date":
                day = date.fromisoformat(text)
                return day.strftime(column.format) if column.format else day.isoformat()
            case "time":
                moment = datetime.fromisoformat(text)
                if moment.tzinfo is None:
                    raise RejectedError(f"{name}: {text} has no zone", "value")
                here = moment.astimezone(ZoneInfo(form.zone))
                return here.strftime(column.format) if column.format else here.isoformat()
    except (ValueError, InvalidOperation) as error:
        raise RejectedError(f"{name}: {text!r} is no {column.type}", "value") from error


def _number(amount: Decimal, column: Column, form: Text) -> str:
    if not amount.is_finite() or abs(amount.adjusted()) > 60:
        raise ValueError(amount)
    if column.implied:
        scaled = amount.scaleb(column.implied)
        if scaled != scaled.to_integral_value():
            raise ValueError(amount)
        return f"{scaled.to_integral_value():f}"
    text = f"{amount:,f}" if form.thousands else f"{amount:f}"
    return text.translate({ord(","): form.thousands, ord("."): form.decimal})


def _fixed(row: Body, form: Fixed) -> str:
    code = str(row.get("@record", ""))
    fields = form.records.get(code)
    if fields is None:
        known = ", ".join(sorted(map(repr, form.records)))
        raise RejectedError(f"@record is {code!r}; there are {known}", "no-record")
    _refuse_unknown(row, tuple(fields), form.columns)
    places = {name: (place, _cell(row, name, form.columns, form)) for name, place in fields.items()}
    if form.code is not None:
        places["@record"] = (form.code, code)
    line = [" "] * max(first + length - 1 for (first, length), _ in places.values())
    for name, ((first, length), text) in places.items():
        if len(text) > length or "\n" in text or "\r" in text:
            raise RejectedError(f"{name}: {text!r} does not fit into {length} places", "too-long")
        number = name in form.columns and form.columns[name].type == "number"
        line[first - 1 : first - 1 + length] = text.rjust(length) if number else text.ljust(length)
    return "".join(line)


def _xml(rows: Sequence[Body], form: Xml) -> bytes:
    try:
        if not form.record:
            if len(rows) != 1:
                raise RejectedError("a document without `record` is one object", "no-row")
            root = _element(form.root, rows[0], form)
        else:
            root = etree.Element(form.root)
            root.extend(_element(form.record, row, form) for row in rows)
        return cast(bytes, etree.tostring(root, encoding=form.encoding, xml_declaration=True))
    except ValueError as error:  # a name or a character that XML does not have
        raise RejectedError(f"it cannot be written as XML: {error}", "xml") from error


def _element(name: str, value: Any, form: Xml) -> Any:
    element = etree.Element(name)
    if not isinstance(value, dict):
        element.text = _written(value, name, form.columns.get(name, Column()), form) or None
        return element
    for key, part in cast("Body", value).items():
        if key == "#text":
            element.text = _written(part, name, Column(), form)
        elif key.startswith("@"):
            column = form.columns.get(key[1:], Column())
            element.set(key[1:], _written(part, key, column, form))
        else:
            parts = cast("list[Any]", part if isinstance(part, list) else [part])
            element.extend(_element(key, one, form) for one in parts)
    return element
