"""How the two standards wrap messages: header, trailer, and where numbers and counts stand."""

__all__ = ["EDIFACT", "X12", "Envelope", "Wrap", "charset_of", "heading_of"]

import msgspec

from andon.connectors.edi.delimiters import Delimiters
from andon.connectors.edi.segments import Heading, Segment


class Wrap(msgspec.Struct, frozen=True):
    """One level: where its number stands in the header. Trailers hold count, then number."""

    begins: str
    ends: str
    control: int


class Envelope(msgspec.Struct, frozen=True):
    """The three levels of one standard."""

    interchange: Wrap
    group: Wrap
    message: Wrap


X12 = Envelope(Wrap("ISA", "IEA", 13), Wrap("GS", "GE", 6), Wrap("ST", "SE", 2))
EDIFACT = Envelope(Wrap("UNB", "UNZ", 5), Wrap("UNG", "UNE", 5), Wrap("UNH", "UNT", 1))

_CHARSETS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "UNOC": "latin-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOW": "utf-8",
    "UNOX": "iso2022_jp",
    "UNOY": "utf-8",
}


def charset_of(identifier: str) -> str | None:
    """The encoding that UNB's syntax identifier means; None for one that there is not."""
    return _CHARSETS.get(identifier)


def heading_of(segment: Segment, raw: str, signs: Delimiters) -> Heading:
    """What ISA or UNB says. ISA is read as it is written, since it holds its separators."""
    if segment.tag == "ISA":
        return _isa(raw.split(signs.element))
    asked = segment.text(9)
    return Heading(
        standard="edifact",
        sender=_party(segment.text(2, 2), segment.text(2)),
        receiver=_party(segment.text(3, 2), segment.text(3)),
        control=segment.text(5),
        mode="test" if segment.text(11) == "1" else "production",
        prepared=" ".join(filter(None, (segment.text(4), segment.text(4, 2)))),
        version=f"{segment.text(1)}:{segment.text(1, 2)}",
        asks=asked == "1",
    )


def _isa(parts: list[str]) -> Heading:
    texts = [part.strip() for part in parts] + [""] * (17 - len(parts))
    return Heading(
        standard="x12",
        sender=_party(texts[5], texts[6]),
        receiver=_party(texts[7], texts[8]),
        control=texts[13],
        mode="test" if texts[15] == "T" else "production",
        prepared=f"{texts[9]} {texts[10]}",
        version=texts[12],
        asks=texts[14] == "1",
    )


def _party(qualifier: str, identity: str) -> str:
    return f"{qualifier}:{identity}" if qualifier else identity
