"""XML, element by element: no entities, no network, no more memory than one record."""

__all__ = ["xml_rows"]

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, cast

from lxml import etree

from andon.connectors._folders.rows import (
    Bad,
    Body,
    Broken,
    Row,
    UnreadableFileError,
    Yielded,
    longest,
)
from andon.connectors._xml import HARDENED, has_document_type
from andon.connectors.files.shapes import Xml
from andon.connectors.files.values import Reader, ValueFaultError, readers_of

_CHUNK = 65_536
_MOST_RECORD = 8 * longest


def xml_rows(stream: BinaryIO, form: Xml) -> Iterator[Yielded]:
    """Each element called `record`, or the whole document."""
    walk = _Walk(form)
    try:
        yield from walk.rows(stream)
    except (etree.XMLSyntaxError, UnreadableFileError) as error:
        line = (error.lineno or 0) if isinstance(error, etree.XMLSyntaxError) else walk.line
        yield Broken(line, f"the document cannot be read: {error}")


class _Walk:
    def __init__(self, form: Xml) -> None:
        self._form = form
        self._shape = _Shape(form)
        self._number = 0
        self._depth = 0
        self._inside = 0
        """The depth at which the record under way began; 0 outside of records."""
        self._fed = 0
        """Bytes since it began."""
        self.line = 0

    def rows(self, stream: BinaryIO) -> Iterator[Yielded]:
        # Without a DTD there are no entities but the five of XML itself; see _look_at_root.
        parser = etree.XMLPullParser(
            events=("start", "end"), remove_comments=True, remove_pis=True, **HARDENED
        )
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            self._fed += len(chunk)
            yield from self._events(parser)
            if self._inside and self._fed > _MOST_RECORD + _CHUNK:
                raise UnreadableFileError(
                    f"the record that begins at line {self.line} is longer than"
                    f" {_MOST_RECORD} bytes"
                )
        parser.close()
        yield from self._events(parser)

    def _events(self, parser: "etree.XMLPullParser") -> Iterator[Yielded]:
        for event, element in cast("Iterator[tuple[str, Any]]", parser.read_events()):
            self.line = element.sourceline or self.line
            if event == "start":
                self._begin(element)
            else:
                yield from self._end(element)

    def _begin(self, element: Any) -> None:
        self._depth += 1
        if self._depth == 1:
            _look_at_root(element)
        if not self._inside and _is_record(element, self._form.record, self._depth):
            self._inside, self._fed = self._depth, 0

    def _end(self, element: Any) -> Iterator[Yielded]:
        if self._depth == self._inside:
            self._number += 1
            self._inside = 0
            yield self._row(element)
        if not self._inside:  # what was read, and what lies between records, is let go
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        self._depth -= 1

    def _row(self, element: Any) -> Row | Bad:
        line = element.sourceline or 0
        try:
            value = self._shape.value(element)
        except ValueFaultError as error:
            text = etree.tostring(element, encoding="unicode", with_tail=False)
            return Bad(self._number, line, str(error), text)
        body = cast("Body", value if isinstance(value, dict) else {"#text": value})
        return Row(self._number, line, body)


def _look_at_root(root: Any) -> None:
    if has_document_type(root):
        raise UnreadableFileError("it has a document type (DOCTYPE), which is not allowed here")


def _is_record(element: Any, record: str, depth: int) -> bool:
    return depth == 1 if not record else _local(element.tag) == record


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Shape:
    """Elements as JSON values."""

    def __init__(self, form: Xml) -> None:
        self._lists = frozenset(form.lists)
        self._readers: Mapping[str, Reader] = readers_of(form)
        self._names = {name: column.name or name for name, column in form.columns.items()}

    def value(self, element: Any) -> Any:
        """Text for a leaf, else an object; repeated elements become a list."""
        body: Body = {}
        for name, text in element.attrib.items():
            body[f"@{_local(name)}"] = self._text(_local(name), text)
        for child in element:
            if not isinstance(child.tag, str):
                raise ValueFaultError(f"line {child.sourceline}: an entity that is not defined")
            self._add(body, _local(child.tag), self.value(child))
        text = "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
        if not body:
            return self._text(_local(element.tag), text)
        if text:
            body["#text"] = text
        return body

    def _add(self, body: Body, name: str, value: Any) -> None:
        name_in_item = self._names.get(name, name)
        if name_in_item not in body:
            body[name_in_item] = [value] if name in self._lists else value
        elif isinstance(body[name_in_item], list):
            body[name_in_item].append(value)
        else:
            body[name_in_item] = [body[name_in_item], value]

    def _text(self, name: str, text: str) -> str | None:
        read = self._readers.get(name)
        if read is None:
            return text
        try:
            return read(text)
        except ValueFaultError as error:
            raise ValueFaultError(f"{name}: {error}") from error
