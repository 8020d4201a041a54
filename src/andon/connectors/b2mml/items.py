"""Facts of a document as items: from a file row by row, from a post all at once."""

__all__ = ["KINDS_OF_ANSWER", "items_of", "key_of", "layout_of", "rows_of"]

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from hashlib import blake2b
from io import BytesIO
from typing import BinaryIO

from andon.connectors._folders.layout import Layout
from andon.connectors._folders.rows import Asks, Broken, Row, Yielded, guarded, longest
from andon.connectors._xml import Element, tree_of
from andon.connectors.b2mml.document import About, Fact
from andon.connectors.b2mml.reading import LARGEST_FACT, begun_with, facts_in, looked_through
from andon.connectors.b2mml.schema import schema_faults
from andon.connectors.b2mml.settings import B2mmlSettings
from andon.core.connector import Item
from andon.core.errors import Fault, MappingError

KINDS_OF_ANSWER = ("Acknowledge", "Respond", "ConfirmBOD")
"""Kinds of items that answer a document of ours."""
_JUDGED = "V0700"
"""The release whose schema we have."""


def layout_of(settings: B2mmlSettings) -> Layout:
    """A document is all or nothing: it is looked through before its first fact counts."""
    judged = settings.incoming_schema == "refuse"
    return Layout(kind="document", rows=partial(rows_of, judged=judged))


def rows_of(stream: BinaryIO, *, judged: bool = False) -> Iterator[Yielded]:
    """One row for each fact. Whatever the file holds, this raises nothing but OSError."""
    return guarded(_rows(stream, judged))


def _rows(stream: BinaryIO, judged: bool) -> Iterator[Yielded]:
    try:
        about, whole = _looked_through(stream, judged)
        if about.wants:
            yield Asks()
        if judged and about.release == _JUDGED:
            _judge(_tree(stream) if whole is None else whole)
        whole = None
        stream.seek(0)
        for number, fact in enumerate(facts_in(stream), 1):
            yield Row(
                number,
                fact.line,
                {},
                fact.raw(),
                kind=fact.kind,
                key=key_of(fact, number),
                mirror=_mirror(fact),
                occurred_at=_moment(fact.about),
            )
    except MappingError as error:
        yield Broken(0, _words(error))


def items_of(body: bytes, *, judged: bool = False) -> Sequence[Item]:
    """What one post holds. Raises MappingError with every fault and its place."""
    about, whole = _looked_through(BytesIO(body), judged)
    if judged and about.release == _JUDGED:
        _judge(_tree(BytesIO(body)) if whole is None else whole)
    whole = None
    digest = blake2b(body, digest_size=16).hexdigest()
    items: list[Item] = []
    for number, fact in enumerate(facts_in(BytesIO(body)), 1):
        raw = fact.raw()
        if len(raw) > longest:
            raise MappingError(
                f"One {fact.kind} has {len(raw)} bytes as JSON; {longest} are recorded at most",
                [Fault(f"line {fact.line}", "too long")],
            )
        items.append(
            Item(
                kind=fact.kind,
                key=key_of(fact, number) or f"{digest}/{number}",
                raw=raw,
                mirror=_mirror(fact) or None,
                occurred_at=_moment(about),
            )
        )
    return items


def _looked_through(stream: BinaryIO, judged: bool) -> tuple[About, Element | None]:
    """The envelope of a document that is whole, and its tree where it is to be judged and small
    enough to be one fact: what makes the tree need not be looked through besides."""
    content = stream.read(LARGEST_FACT + 1) if judged else b""
    if content and len(content) <= LARGEST_FACT:
        about = begun_with(BytesIO(content))
        if about is not None and about.release == _JUDGED:
            with suppress(MappingError):  # what is wrong is said below, with its place
                return about, tree_of(content, "the document")
    stream.seek(0)
    return looked_through(stream), None


def _tree(stream: BinaryIO) -> Element:
    stream.seek(0)
    return tree_of(stream.read(), "the document")


def _judge(root: Element) -> None:
    """Raises MappingError with every place where a document of V0700 breaks the schema."""
    if faults := schema_faults(root):
        raise MappingError("The document breaks the schema of V0700", faults)


def key_of(fact: Fact, number: int) -> str:
    """By the document's own id; empty where it has none, and its content is what names it."""
    about = fact.about
    if not about.bod:
        return ""
    sender, bod = (text.replace("/", "%2F") for text in (about.sender, about.bod))
    return f"{sender}/{bod}/{number}"


def _mirror(fact: Fact) -> str:
    """What is said of one thing again and again is compared with what was said before."""
    name = fact.body.get("ID")
    again = fact.kind in ("OperationsRequest", "WorkRequest", "JobOrder", "MaterialLot")
    return f"{fact.kind}/{name}" if again and isinstance(name, str) and name else ""


def _moment(about: About) -> datetime | None:
    """When they wrote it, where they say it with a zone."""
    try:
        at = datetime.fromisoformat(about.created_at)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _words(error: MappingError) -> str:
    return "; ".join([str(error), *map(str, error.faults)])
