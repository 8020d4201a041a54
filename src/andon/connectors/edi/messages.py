"""What an interchange holds: messages with their flaws, and at its end what became of them all."""

__all__ = ["GroupReport", "Message", "Refused", "Report"]

import msgspec

from andon.connectors.edi.segments import Flaw, Heading, Segment


class Message(msgspec.Struct):
    """One ST..SE or UNH..UNT as it came, with what is wrong about it."""

    heading: Heading
    group: str
    """Control number of its group; empty where EDIFACT has none."""
    code: str
    """Of its group, `SH`."""
    document: str
    """`856`, `DESADV`."""
    version: str
    control: str
    number: int
    """Where it begins: segment of the file, from 1."""
    segments: list[Segment] = []
    """Between its header and its trailer."""
    flaws: list[Flaw] = []
    count: int = 0
    """How many segments came between them, also where they are too many to be kept."""
    size: int = 0
    """Bytes of its segments."""


class Refused(msgspec.Struct, frozen=True):
    """One message that is not taken, and why."""

    document: str
    control: str
    flaws: list[Flaw]
    version: str = ""


class GroupReport(msgspec.Struct):
    """What became of one group; EDIFACT without groups has one without number."""

    code: str
    control: str
    version: str
    said: int | None = None
    """How many messages its trailer says; None without a trailer."""
    came: int = 0
    accepted: int = 0
    acks: int = 0
    """How many of them are acknowledgments."""
    refused: list[Refused] = []
    """Never more than 500 of them; `came` and `accepted` count all."""
    flaws: list[Flaw] = []


class Report(msgspec.Struct):
    """What became of one interchange: the ground of its acknowledgment."""

    heading: Heading
    digest: str
    """Of its bytes: tells a repeat from another one under the same number."""
    groups: list[GroupReport] = []
    flaws: list[Flaw] = []
    oddities: list[str] = []
    """What was read all the same."""
