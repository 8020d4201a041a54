"""Reading a document from its first byte to its last, with no more memory than one fact."""

__all__ = ["facts_in", "looked_through", "nouns_in"]

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from lxml import etree

from andon.connectors._xml import HARDENED, Element, has_document_type, local, tree_of
from andon.connectors.b2mml.document import About, Fact, about_of
from andon.connectors.b2mml.shape import Json, json_of, object_of
from andon.connectors.b2mml.words import NOUNS, modern, parts_of, split
from andon.core.errors import Fault, MappingError

_CHUNK = 65_536
_MOST_FACT = 8_000_000


def looked_through(document: BinaryIO) -> About:
    """Its envelope, once it is read to its end: half a document says nothing. Raises MappingError
    with the place of the fault."""
    about: About | None = None
    for fact in _Walk(keeps=False).facts(document):
        about = about or fact.about
    if about is None:
        raise MappingError("The document says nothing", [Fault("DataArea", "no noun is in it")])
    return about


def facts_in(document: BinaryIO) -> Iterator[Fact]:
    """Its facts, in order. Raises MappingError where it cannot be read on."""
    return _Walk(keeps=True).facts(document)


class _Walk:
    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        """Whether bodies are wanted, or only the envelope."""
        self._path: list[str] = []
        self._about = About(verb="", noun="")
        self._area: Json = {}
        self._parts: tuple[str, ...] = ()
        self._whole = False
        self._noun_at = 3
        self._inside = 0
        """The depth at which the fact under way began; 0 outside."""
        self._fed = 0
        """Bytes since it began."""
        self._headers: dict[int, Json] = {}
        self._empty = True
        """Whether the noun under way has had no part yet."""

    def facts(self, document: BinaryIO) -> Iterator[Fact]:
        parser = etree.XMLPullParser(
            events=("start", "end"), remove_comments=True, remove_pis=True, **HARDENED
        )
        try:
            while chunk := document.read(_CHUNK):
                parser.feed(chunk)
                self._fed += len(chunk)
                yield from self._events(parser)
                if self._inside and self._fed > _MOST_FACT + _CHUNK:
                    name = self._path[self._inside - 1]
                    raise MappingError(f"One {name} is longer than {_MOST_FACT} bytes")
            parser.close()
            yield from self._events(parser)
        except etree.XMLSyntaxError as error:
            line, column = error.position
            place = Fault(f"line {line}, column {column}", str(error.msg))
            raise MappingError("The document is no XML to its end", [place]) from error

    def _events(self, parser: "etree.XMLPullParser") -> Iterator[Fact]:
        for event, element in cast("Iterator[tuple[str, Any]]", parser.read_events()):
            if event == "start":
                self._begin(element)
            else:
                yield from self._end(element)

    def _begin(self, element: Element) -> None:
        name = local(element)
        if not self._path:
            self._open(element, name)
        self._path.append(modern(name, self._path[-1] if self._path else ""))
        depth, name = len(self._path), self._path[-1]
        if self._inside:
            return
        if self._whole and depth == 1:
            self._inside, self._fed = 1, 0
        elif depth == 2 and name == "DataArea":
            self._about = about_of(self._about, self._area, {})
        elif depth >= self._noun_at and name in self._parts:
            self._inside, self._fed, self._empty = depth, 0, False
        elif depth == self._noun_at:
            self._empty = name == self._about.noun

    def _open(self, root: Element, name: str) -> None:
        if has_document_type(root):
            place = Fault(f"line {root.sourceline}", "DOCTYPE")
            raise MappingError("The document has a document type, which is refused", [place])
        namespace = str(root.tag).rpartition("}")[0].removeprefix("{")
        if "/xml/B2MML" not in namespace:
            raise _foreign(root, f"{name} is of the namespace {namespace!r}, not of B2MML")
        verb, noun = ("Confirm", "BOD") if name == "ConfirmBOD" else split(name) or ("", name)
        noun = modern(noun, "")
        if noun not in NOUNS and verb != "Confirm":
            raise _foreign(root, f"{name} is neither a noun of B2MML nor one behind a verb")
        release = namespace.partition("B2MML")[2].strip("-") or "V0700"
        self._about = About(verb=verb, noun=noun, release=release)
        self._noun_at = 3 if verb else 1
        self._parts = parts_of(noun)
        self._whole = verb in ("Get", "Acknowledge", "Respond", "Confirm")

    def _end(self, element: Element) -> Iterator[Fact]:
        depth, name = len(self._path), self._path[-1]
        if depth == self._inside:
            yield self._answer(element) if self._whole else self._fact(element, name)
            self._inside = 0
            _let_go(element)
        elif not self._inside:
            if depth == 2 and name == "ApplicationArea":
                self._area = object_of(element, name)
            elif depth == 3 and name == self._about.verb:
                self._about = about_of(self._about, self._area, object_of(element, name))
            elif depth == self._noun_at and self._empty:
                yield self._fact(element, name)
                self._empty = False
            self._headers.pop(depth, None)
        self._path.pop()

    def _fact(self, element: Element, name: str) -> Fact:
        above = len(self._path) - 1
        if above >= self._noun_at and above not in self._headers:
            self._headers[above] = _header(element, self._path[-2], self._parts)
        body = object_of(element, name) if self._keeps else {}
        header = self._headers.get(above, {})
        return Fact(name, element.sourceline or 0, self._about, header, body)

    def _answer(self, root: Element) -> Fact:
        areas, nouns = _whole(root, self._about.verb)
        about = about_of(self._about, *areas)
        kind = "ConfirmBOD" if about.verb == "Confirm" else about.verb
        return Fact(kind, root.sourceline or 0, about, {}, nouns)


def nouns_in(document: bytes) -> Json:
    """All nouns of a document, whole, by name: lists. Raises MappingError."""
    root = tree_of(document, "the document")
    verb, _ = split(local(root)) or ("", "")
    return _whole(root, verb)[1]


def _whole(root: Element, verb: str) -> tuple[tuple[Json, Json], Json]:
    area: Json = {}
    said: Json = {}
    nouns: Json = {}
    for child in root:
        if local(child) == "ApplicationArea":
            area = object_of(child, "ApplicationArea")
            continue
        for one in child:
            name = modern(local(one), "DataArea")
            if name == verb:
                said = object_of(one, name)
            else:
                nouns.setdefault(name, []).append(object_of(one, name))
    return (area, said), nouns


def _header(part: Element, noun: str, parts: tuple[str, ...]) -> Json:
    """What stands before the first part of a noun."""
    header: Json = {}
    for child in part.itersiblings(preceding=True):
        name = modern(local(child), noun)
        if name not in parts and name not in header:
            header[name] = json_of(child, name)
    return dict(reversed(header.items()))


def _let_go(element: Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del cast(Any, element.getparent())[0]


def _foreign(root: Element, says: str) -> MappingError:
    return MappingError(
        f"{says}. Expected a document such as ProcessOperationsSchedule.",
        [Fault(f"line {root.sourceline}", says)],
    )
