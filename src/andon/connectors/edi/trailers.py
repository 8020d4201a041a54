"""What trailers say against what came. Pure."""

__all__ = ["decoded", "number_in", "trailer_flaws"]

from collections.abc import Iterator

from andon.connectors.edi.segments import Flaw, Segment


def trailer_flaws(trailer: Segment, came: int, control: str, of: str, at: int) -> Iterator[Flaw]:
    """A count or a control number that disagrees; leading zeros are no difference."""
    said, number = trailer.text(1), trailer.text(2)
    if number_in(said) != came:
        yield Flaw("count", f"it says {said!r} {of}, there are {came}", at, trailer.tag, 1, 0, said)
    if number.strip() != control and not _is_same(number, control):
        says = f"control number {number!r} is not {control!r}, by which it began"
        yield Flaw("control-number", says, at, trailer.tag, 2, 0, number)


def _is_same(one: str, other: str) -> bool:
    return number_in(one) is not None and number_in(one) == number_in(other)


def number_in(text: str) -> int | None:
    """Digits as a number; None for anything else."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def decoded(raw: bytes, encoding: str) -> tuple[str, bool]:
    """The text, and whether some of its bytes are none of the encoding."""
    try:
        return raw.decode(encoding), False
    except UnicodeDecodeError:
        return raw.decode(encoding, "replace"), True
