"""IDocs as JSON: every field as it is written, every segment in its place, nothing left out."""

__all__ = ["Idoc", "Segment", "Unread", "idocs_in"]

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import count
from typing import Any, BinaryIO, cast

import msgspec
from lxml import etree

from andon.connectors._xml import HARDENED, Element, has_document_type, local
from andon.core.errors import Fault, MappingError

Segment = dict[str, Any]
"""Fields by name, lists of segments by name, and `@`: which segment of the document it is."""

_MOST_BYTES = 8_000_000
_CONTROL = "EDI_DC40"
_NEEDED = ("DOCNUM", "IDOCTYP", "MESTYP")


class Idoc(msgspec.Struct, frozen=True):
    """One IDoc that could be read."""

    line: int
    control: dict[str, str]
    body: Segment
    """Control record and top segments by name."""

    @property
    def raw(self) -> bytes:
        """The whole of it as JSON."""
        return msgspec.json.encode(self.body)

    @property
    def name(self) -> str:
        """Who sent it, and under which number: `100.S4HCLNT100/0000000000012345`."""
        said = (self.control.get(field, "") for field in ("MANDT", "SNDPRN"))
        client, partner = (text.replace("/", "%2F") for text in said)
        return f"{client}.{partner}/{self.control['DOCNUM']}"

    @property
    def key(self) -> str:
        """The same document sent again has the same key; one of the same number and another
        content has another, so that it cannot hide behind the first."""
        content = {name: part for name, part in self.body.items() if name != _CONTROL}
        told = {name: self.control.get(name, "") for name in ("MESTYP", "IDOCTYP")}
        digest = blake2b(msgspec.json.encode([told, content]), digest_size=6).hexdigest()
        return f"{self.name}/{digest}"


class Unread(msgspec.Struct, frozen=True):
    """One IDoc whose control record does not say what it is; the next one goes on."""

    line: int
    says: str
    text: str


def idocs_in(stream: BinaryIO) -> Iterator[Idoc | Unread]:
    """One after the other, however many there are. Raises MappingError where the file breaks."""
    found = 0
    try:
        for node in _nodes(stream):
            found += 1
            yield _idoc(node)
            _forget(node)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise MappingError(
            "It is no XML", [Fault(f"line {line}, column {column}", str(error.msg))]
        ) from error
    except (ValueError, LookupError) as error:  # an encoding nobody knows, or not its own
        raise MappingError(f"It is no XML: {error}", [Fault("", str(error))]) from error
    if not found:
        raise MappingError("It holds no IDOC", [Fault("", "expected <TYPE><IDOC BEGIN='1'>")])


class _Bounded:
    """A stream that ends in an error where an IDoc does not."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.read_on = 0
        """Bytes since the last IDoc."""

    def read(self, size: int = -1) -> bytes:
        if self.read_on > _MOST_BYTES:
            place = Fault("", "no end in sight")
            raise MappingError(f"One IDoc has more than {_MOST_BYTES} bytes", [place])
        content = self._stream.read(size)
        self.read_on += len(content)
        return content


def _nodes(stream: BinaryIO) -> Iterator[Element]:
    """Whole IDocs; the parser passes over what stands in them, and they are checked as trees."""
    bounded = _Bounded(stream)
    events: Any = etree.iterparse(
        cast("BinaryIO", bounded),
        events=("start", "end"),
        tag="{*}IDOC",
        remove_comments=True,
        remove_pis=True,
        **HARDENED,
    )
    for event, node in events:
        root = node.getparent()
        if root is None or root.getparent() is not None:
            continue
        if event == "start":
            _require_idocs(root, reversed([*node.itersiblings(preceding=True)]))
        else:
            bounded.read_on = 0
            yield node
    if events.root is not None:
        _require_idocs(events.root, events.root)


def _require_idocs(root: Element, nodes: Iterable[Element]) -> None:
    if has_document_type(root):
        raise MappingError("It has a document type, which is refused", [Fault("", "DOCTYPE")])
    for node in nodes:
        if local(node) != "IDOC":
            place = Fault(f"line {node.sourceline}", f"<{local(node)}> where IDOC stands")
            raise MappingError("It is no file of IDocs", [place])


def _forget(node: Element) -> None:
    """What was read need not stay in memory."""
    parent = node.getparent()
    node.clear()
    if parent is not None:
        while parent[0] is not node:
            del parent[0]


def _idoc(node: Element) -> Idoc | Unread:
    numbers = count(1)
    controls = [child for child in node if local(child).startswith("EDI_DC")]
    body: Segment = {}
    for child in node:
        if child not in controls:
            body.setdefault(local(child), []).append(_segment(child, numbers))
    line = node.sourceline or 0
    if len(controls) != 1 or local(controls[0]) != _CONTROL:
        said = ", ".join(map(local, controls)) or "none"
        return _unread(node, f"it needs one control record EDI_DC40, it has {said}")
    control = {local(field): (field.text or "").strip() for field in controls[0]}
    lacking = [name for name in _NEEDED if not control.get(name)]
    if lacking:
        return _unread(node, f"its control record has no {', '.join(lacking)}")
    number = control["DOCNUM"]
    if not (number.isascii() and number.isdigit() and len(number) <= 16):
        return _unread(node, f"its DOCNUM {number[:40]!r} is no number of 16 digits")
    control["DOCNUM"] = number.zfill(16)
    return Idoc(line, control, {_CONTROL: control, **body})


def _unread(node: Element, says: str) -> Unread:
    return Unread(node.sourceline or 0, says, etree.tostring(node, encoding="unicode"))


def _segment(node: Element, numbers: Iterator[int]) -> Segment:
    made: Segment = {"@": next(numbers)}
    for name, value in cast("list[tuple[str, str]]", node.items()):
        if name != "SEGMENT":
            made[f"@{name}"] = value
    for child in node:
        name = local(child)
        if len(child) or child.get("SEGMENT") is not None:
            _listed(made, name).append(_segment(child, numbers))
        elif name not in made:
            made[name] = child.text or ""
        else:  # a field that stands twice is no IDoc of SAP's, and yet nothing is lost
            _listed(made, name).append(child.text or "")
    own = (node.text or "").strip()
    if own:
        made["@text"] = own
    return made


def _listed(made: Segment, name: str) -> list[Any]:
    found = made.get(name)
    if not isinstance(found, list):
        made[name] = [] if found is None else [found]
    return made[name]
