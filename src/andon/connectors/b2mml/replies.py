"""What comes back from a post in the same breath: a verdict, or what they hold. Pure."""

__all__ = ["holds", "shown_in", "verdict_in"]

from collections.abc import Iterator
from io import BytesIO
from typing import cast

from andon.connectors._xml import local, tree_of
from andon.connectors.b2mml.reading import looked_through, nouns_in
from andon.connectors.b2mml.shape import Json, many
from andon.connectors.b2mml.verdict import Verdict, differences, verdict_of
from andon.connectors.b2mml.words import parts_of
from andon.core.errors import MappingError, OutcomeUnknownError


def verdict_in(said: bytes, document: bytes) -> Verdict | None:
    """Of an answer to this document; None where nothing but a status came back."""
    if not _is_xml(said):
        return None
    try:
        about = looked_through(BytesIO(said))
        if about.verb not in ("Acknowledge", "Respond", "Confirm"):
            return None
        return verdict_of(about, nouns_in(said), nouns_in(document))
    except MappingError as error:
        raise OutcomeUnknownError(f"The answer cannot be read: {error}") from error


def shown_in(said: bytes, noun: str) -> Json | None:
    """All they hold of a noun, as a Show says it; None where this is none."""
    if not _is_xml(said):
        return None
    try:
        root = tree_of(said, "the answer")
        return nouns_in(said) if local(root) == f"Show{noun}" else None
    except MappingError:
        return None


def holds(shown: Json, sent: Json) -> bool:
    """Whether each part that was sent is there under its id, with the values that were sent."""
    held = {part.get("ID"): part for part in _parts(shown)}
    ours = list(_parts(sent))
    return bool(ours) and all(
        (there := held.get(part.get("ID"))) is not None and not list(differences(there, part))
        for part in ours
    )


def _parts(nouns: Json) -> Iterator[Json]:
    for noun, several in nouns.items():
        inside = parts_of(noun)
        for one in many(several):
            if inside == (noun,):
                yield one
                continue
            for name in inside:
                yield from cast("list[Json]", one.get(name, []))


def _is_xml(said: bytes) -> bool:
    return said.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
