"""Numbers that senders count up in file names: gaps, late files, a new beginning. Pure."""

__all__ = ["doubt_about", "sequence_after"]

import re

from andon.connectors._folders.names import sequence_in
from andon.connectors._folders.place import Place

_LATE = 1000
"""A number further back than this is no late file: the sender counts from the beginning again."""


def sequence_after(pattern: re.Pattern[str] | None, name: str, place: Place) -> int | None:
    """The last number seen once this file is read."""
    number, last = sequence_in(name, pattern), place.sequence
    if number is None or last is None:
        return last if number is None else number
    return last if number <= last < number + _LATE else number


def doubt_about(pattern: re.Pattern[str] | None, name: str, place: Place) -> tuple[str, str] | None:
    """Code and words, when this is not the number that was next."""
    number, last = sequence_in(name, pattern), place.sequence
    if number is None:
        return None if pattern is None else ("no-sequence", "its name holds no number in sequence.")
    if last is None or number == last + 1:
        return None
    if number > last:
        missing = str(last + 1) if number == last + 2 else f"{last + 1} to {number - 1}"
        return (
            "gap",
            f"number {missing} did not come before it. Ask its sender for what is missing.",
        )
    if last < number + _LATE:
        return (
            "late-file",
            f"number {last} was read before it. What it says is recorded all the same.",
        )
    return (
        "sequence-begins-again",
        f"number {last} was the one before. Counting goes on from here.",
    )
