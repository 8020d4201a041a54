"""Rows of a file in the format that settings name."""

__all__ = ["layout_of", "rows_of"]

from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from andon.connectors._folders.layout import Layout
from andon.connectors._folders.rows import Row, Yielded, guarded
from andon.connectors.files.delimited import csv_rows
from andon.connectors.files.fixed import fixed_rows
from andon.connectors.files.jsonlines import json_rows
from andon.connectors.files.lines import foreign_mark
from andon.connectors.files.markup import xml_rows
from andon.connectors.files.settings import FilesSettings
from andon.connectors.files.shapes import Csv, Fixed, Format, JsonLines, Xml
from andon.core.errors import MappingError


def layout_of(settings: FilesSettings) -> Layout:
    """How the settings say that files are read."""
    form = settings.format
    trailer = form.trailer if isinstance(form, Csv | Fixed) else None
    fields = settings.key_fields
    return Layout(
        kind=settings.kind,
        rows=partial(rows_of, form=form),
        unfit=partial(_unfit, form=form),
        trailer=trailer.first if trailer else "",
        key=partial(_key, fields=fields) if fields else lambda _: "",
        identity="content" if settings.identity == "fields" else settings.identity,
    )


def rows_of(stream: BinaryIO, form: Format) -> Iterator[Yielded]:
    """Rows in any format. Whatever the file holds, this raises nothing but OSError."""
    return guarded(_rows(stream, form))


def _rows(stream: BinaryIO, form: Format) -> Iterator[Yielded]:
    match form:
        case Csv():
            return csv_rows(stream, form)
        case JsonLines():
            return json_rows(stream, form)
        case Fixed():
            return fixed_rows(stream, form)
        case Xml():
            return xml_rows(stream, form)


def _unfit(head: bytes, form: Format) -> str | None:
    if isinstance(form, Xml):  # XML says its encoding itself
        return None
    other = foreign_mark(head, form.encoding)
    return f"it is {other} by its first bytes, not {form.encoding}" if other else None


def _key(row: Row, fields: tuple[str, ...]) -> str:
    values = [row.body.get(name) for name in fields]
    if not all(isinstance(value, str | int) and value != "" for value in values):
        raise MappingError(f"a field of its key ({', '.join(fields)}) is missing or empty")
    return "/".join(str(value).replace("/", "%2F") for value in values)
