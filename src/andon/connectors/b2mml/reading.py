"""Reading a document from its first byte to its last, with no more memory than one fact."""

__all__ = ["LARGEST_FACT", "begun_with", "facts_in", "looked_through", "nouns_in"]

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, BinaryIO, cast

from lxml import etree

from andon.connectors._xml import HARDENED, Element, has_document_type, local, tree_of
from andon.connectors.b2mml.document import About, Fact, about_of
from andon.connectors.b2mml.shape import Json, json_of, object_of
from andon.connectors.b2mml.words import NOUNS, VERBS, earlier, modern, parts_of, split
from andon.core.errors import Fault, MappingError

_CHUNK = 65_536
_BEGINNING = 1_024
LARGEST_FACT = 8_000_000
"""Bytes of one fact; larger ones are refused."""


def looked_through(document: BinaryIO) -> About:
    """Its envelope, once it is read to its end: half a document says nothing. Raises MappingError
    with the place of the fault."""
    about: About | None = None
    for fact in _Walk(keeps=False).facts(document):
        about = about or fact.about
    if about is None:
        raise MappingError("The document says nothing", [Fault("DataArea", "no noun is in it")])
    return about


def begun_with(document: BinaryIO) -> About | None:
    """Its envelope, as soon as that is known: with its first fact; None when it has none. Raises
    MappingError where it cannot be read so far."""
    walk = _Walk(keeps=False).facts(document)
    return next((fact.about for fact in walk), None)


def facts_in(document: BinaryIO) -> Iterator[Fact]:
    """Its facts, in order. Raises MappingError where it cannot be read on."""
    return _Walk(keeps=True).facts(document)


class _Walk:
    """Events come for the elements that matter alone: the parser passes over the others."""

    def __init__(self, *, keeps: bool) -> None:
        self._keeps = keeps
        """Whether bodies are wanted, or only the envelope."""
        self._about = About(verb="", noun="")
        self._area: Json = {}
        self._root = ""
        self._parts: tuple[str, ...] = ()
        self._whole = False
        self._noun_at = 3
        self._fact: Element | None = None
        """What is under way."""
        self._fed = 0
        """Bytes since it began."""
        self._headers: list[tuple[Element, Json]] = []
        """Of the elements around the last fact."""
        self._empty: Element | None = None
        """The noun under way, as long as it has had no part."""

    def facts(self, document: BinaryIO) -> Iterator[Fact]:
        try:
            begun = self._begun(document)
            parser = etree.XMLPullParser(
                events=("start", "end"),
                tag=self._tags(),
                remove_comments=True,
                remove_pis=True,
                **HARDENED,
            )
            for chunk in chain(begun, iter(lambda: document.read(_CHUNK), b"")):
                parser.feed(chunk)
                self._fed += len(chunk)
                yield from self._events(parser)
                if self._fact is not None and self._fed > LARGEST_FACT + _CHUNK:
                    name = _called(self._fact)
                    raise MappingError(f"One {name} is longer than {LARGEST_FACT} bytes")
            parser.close()
            yield from self._events(parser)
        except etree.XMLSyntaxError as error:
            line, column = error.position
            place = Fault(f"line {line}, column {column}", str(error.msg))
            raise MappingError("The document is no XML to its end", [place]) from error

    def _begun(self, document: BinaryIO) -> list[bytes]:
        """What was read until the root was there, which says what else matters."""
        begun: list[bytes] = []
        parser = etree.XMLPullParser(events=("start",), **HARDENED)
        while chunk := document.read(_BEGINNING):
            begun.append(chunk)
            parser.feed(chunk)
            for _, root in cast("Iterator[tuple[str, Any]]", parser.read_events()):
                self._open(root)
                return begun
        parser.close()
        return begun

    def _open(self, root: Element) -> None:
        name = self._root = local(root)
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

    def _tags(self) -> list[str]:
        about = self._about
        wanted = {"ApplicationArea", "DataArea", about.verb, about.noun, *self._parts}
        return [f"{{*}}{name}" for name in {self._root, *earlier(wanted)} if name]

    def _events(self, parser: "etree.XMLPullParser") -> Iterator[Fact]:
        for event, element in cast("Iterator[tuple[str, Any]]", parser.read_events()):
            if event == "start":
                if self._fact is None:
                    self._begin(element)
            elif element is self._fact:
                yield self._answer(element) if self._whole else self._part(element)
                self._fact = None
                _let_go(element)
            elif self._fact is None:
                yield from self._end(element)

    def _begin(self, element: Element) -> None:
        name, depth = _called(element), _depth(element)
        if self._whole and depth == 1:
            self._fact, self._fed = element, 0
        elif depth == 2 and name == "DataArea":
            self._about = about_of(self._about, self._area, {})
        elif depth >= self._noun_at and name in self._parts:
            self._fact, self._fed, self._empty = element, 0, None
        elif depth == self._noun_at and name == self._about.noun:
            self._empty = element
        if depth == self._noun_at:
            self._same_verb(element.getprevious())

    def _same_verb(self, before: Element | None) -> None:
        """What stands before a noun is its verb: with another one it would say two things."""
        said = "" if before is None else local(before)
        if said in VERBS and self._about.verb not in ("", said):
            raise MappingError(
                f"{self._root} holds the verb {said}. Have its sender write one of the two.",
                [Fault(f"DataArea/{said}", f"expected {self._about.verb}")],
            )

    def _end(self, element: Element) -> Iterator[Fact]:
        name, depth = _called(element), _depth(element)
        if depth == 2 and name == "ApplicationArea":
            self._area = object_of(element, name)
        elif depth == 3 and name == self._about.verb:
            self._about = about_of(self._about, self._area, object_of(element, name))
        elif element is self._empty:
            yield self._part(element)
            self._empty = None

    def _part(self, element: Element) -> Fact:
        name, line = _called(element), element.sourceline or 0
        if not self._keeps:
            return Fact(name, line, self._about, {}, {})
        return Fact(name, line, self._about, self._header(element), object_of(element, name))

    def _header(self, element: Element) -> Json:
        """What the noun around it says; of what was let go it is remembered."""
        around = element.getparent()
        if around is None or _depth(around) < self._noun_at:
            return {}
        if not self._headers or self._headers[-1][0] is not around:
            above = list(element.iterancestors())
            self._headers = [one for one in self._headers if one[0] in above]
            if not self._headers or self._headers[-1][0] is not around:
                self._headers.append((around, _header(element, _called(around), self._parts)))
        return self._headers[-1][1]

    def _answer(self, root: Element) -> Fact:
        for data in root.iterfind("{*}DataArea"):
            self._same_verb(next(iter(data), None))
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


def _called(element: Element) -> str:
    """None of those that matter is among the few whose name depends on where they stand."""
    return _modern(str(element.tag))


@lru_cache(32)  # a document has few, and asks thrice for each fact
def _modern(tag: str) -> str:
    return modern(tag.rpartition("}")[2], "")


def _depth(element: Element) -> int:
    return 1 + len(list(element.iterancestors()))


def _let_go(element: Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del cast(Any, element.getparent())[0]


def _foreign(root: Element, says: str) -> MappingError:
    return MappingError(
        f"{says}. Expected a document such as ProcessOperationsSchedule.",
        [Fault(f"line {root.sourceline}", says)],
    )
