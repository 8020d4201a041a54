"""IDocs as items: from a file one after the other, from a post all at once."""

__all__ = ["items_of", "layout_of", "mirror_of", "rows_of"]

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, BinaryIO, cast

import msgspec

from andon.connectors._folders.layout import Answers, Layout
from andon.connectors._folders.rows import Asks, Bad, Broken, Row, Yielded, guarded, longest
from andon.connectors.idoc.deliveries import DELIVERY_MESSAGES
from andon.connectors.idoc.document import Idoc, Unread, idocs_in
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError

_FLAT = (
    "It is a flat IDoc, not XML. In SAP choose a port of the kind XML file or XML HTTP (WE21),"
    " with content type text/xml."
)


def rows_of(stream: BinaryIO) -> Iterator[Yielded]:
    """Rows of a file. Whatever it holds, this raises nothing but OSError."""
    return guarded(_rows(stream))


def layout_of(answers: Answers | None) -> Layout:
    """A file holds any number of IDocs, each a fact of its own; SAP may ask to be told of them."""

    def rows(stream: BinaryIO) -> Iterator[Yielded]:
        if answers is not None:
            yield Asks()
        yield from rows_of(stream)

    return Layout(kind="IDOC", rows=rows, answers=answers)


def _rows(stream: BinaryIO) -> Iterator[Yielded]:
    number = line = 0
    try:
        _refuse_flat(stream.read(16))
        stream.seek(0)
        for one in idocs_in(stream):
            line = one.line
            if isinstance(one, Unread):
                number += 1
                yield Bad(number, line, one.says, one.text)
                continue
            for item in _items(one):
                number += 1
                yield Row(
                    number,
                    line,
                    {},
                    item.raw,
                    kind=item.kind,
                    key=item.key,
                    mirror=mirror_of(item.key),
                )
    except MappingError as error:
        yield Broken(line, "; ".join([str(error), *map(str, error.faults)]))


def items_of(body: bytes) -> Sequence[Item]:
    """What one post holds, all of it or nothing. Raises MappingError with every fault."""
    _refuse_flat(body[:16])
    items: list[Item] = []
    faults: list[Fault] = []
    for one in idocs_in(BytesIO(body)):
        if isinstance(one, Unread):
            faults.append(Fault(f"line {one.line}", one.says))
            continue
        for item in _items(one):
            if len(item.raw) > longest:
                says = f"{item.kind} has {len(item.raw)} bytes as JSON, more than {longest}"
                faults.append(Fault(f"line {one.line}", says))
            items.append(msgspec.structs.replace(item, mirror=mirror_of(item.key)))
    if faults:
        raise MappingError("Not every IDoc of this post can be taken, so none is", faults)
    return items


def mirror_of(key: str) -> str:
    """What is compared with what was said before: a number's document, or what is one
    order or delivery in it."""
    who, number, *rest = key.split("/")
    return f"{who}/{rest[1]}/{rest[2]}" if len(rest) == 3 else f"{who}/{number}"


def _items(one: Idoc) -> Iterator[Item]:
    """The document; then each order or delivery in it, to be compared with the one before."""
    yield Item(kind=one.control["MESTYP"], key=one.key, raw=one.raw)
    part = _part_of(one)
    if part is None:
        return
    for header in cast("list[Any]", one.body.get(part.segment, [])):
        named = str(header.get(part.field, "")).strip().replace("/", "%2F")
        raw = msgspec.json.encode({"EDI_DC40": one.control, part.segment: [header]})
        yield Item(kind=part.kind, key=f"{one.key}/{part.noun}/{named or '-'}", raw=raw)


class _Part(msgspec.Struct, frozen=True):
    """What stands in a document as a fact of its own."""

    kind: str
    noun: str
    segment: str
    field: str
    """Holds its number."""


_ORDER = _Part("LOIPRO.order", "order", "E1AFKOL", "AUFNR")
_DELIVERY = _Part("DELVRY.delivery", "delivery", "E1EDL20", "VBELN")


def _part_of(one: Idoc) -> _Part | None:
    kind = one.control["MESTYP"]
    if kind == "LOIPRO":
        return _ORDER
    if kind in DELIVERY_MESSAGES and one.control["IDOCTYP"].startswith("DELVRY"):
        return _DELIVERY
    return None


def _refuse_flat(head: bytes) -> None:
    if head.lstrip(b"\xef\xbb\xbf").startswith(b"EDI_DC"):
        raise MappingError(_FLAT, [Fault("line 1", "EDI_DC")])
