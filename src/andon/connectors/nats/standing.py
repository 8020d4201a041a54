"""Where reading goes on: what our log holds against what the stream still has."""

__all__ = ["Standing", "let_go", "standing"]

from typing import NamedTuple

from nats.js.api import RetentionPolicy, StreamInfo

from andon.connectors.nats.items import Place, gap
from andon.core.connector import Item, Position


class Standing(NamedTuple):
    """From where on to read, and what to say first."""

    place: Place
    """Read on after this."""
    missing: Item | None
    keeps: bool
    """Whether the stream keeps what was acknowledged, so that any place can be returned to."""


def standing(stream: str, info: StreamInfo, after: Position) -> Standing:
    """The log leads: reading resumes after its position, wherever a consumer of ours may stand. A
    position that means nothing in this stream any more is said, and all of it is read."""
    made = int(info.created.timestamp() * 1e6) if info.created else 0
    keeps = info.config.retention in (None, RetentionPolicy.LIMITS)
    first, last = info.state.first_seq, info.state.last_seq
    if not after:
        return Standing(Place(stream, made, 0), None, keeps)
    life, _, number = after.partition(".")
    read = int(number) if number.isdecimal() else 0
    beginning = Place(stream, made, 0)
    if life != str(made):
        says = f"the stream was made anew; it was read up to {read} before, and is read whole"
        return Standing(beginning, gap(beginning, 0, read, says), keeps)
    if read > last:
        says = f"the stream went back to {last}, {read} was read before; it is read whole"
        return Standing(beginning, gap(beginning, last + 1, read, says), keeps)
    if keeps and first > read + 1:
        place = Place(stream, made, first - 1)
        return Standing(place, let_go(place, read + 1), keeps)
    return Standing(Place(stream, made, read), None, keeps)


def let_go(place: Place, first: int) -> Item:
    """What retention or a purge took up to `place` before it was read."""
    count = place.sequence - first + 1
    says = (
        f"{count} messages were let go by the stream before they were read. Ask their sender for"
        " them, and give the stream limits that outlast the longest stop"
    )
    return gap(place, first, place.sequence, says)
