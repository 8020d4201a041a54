"""Who we are, who our partners are, and what is agreed with each of them."""

__all__ = ["EdiSettings", "Partner"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from andon.connectors._folders.settings import FolderSettings


class Partner(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One trading partner: its profile."""

    standard: Literal["x12", "edifact"]
    """In which standard we speak."""
    id: str
    """Its id in ISA or UNB."""
    qualifier: str = ""
    """What kind of id that is: `ZZ`, `01` (DUNS), `14` (GLN in EDIFACT)."""
    group_id: str = ""
    """Its id in GS or UNG; empty: `id`."""
    our_id: str
    """Our id, as this partner knows us."""
    our_qualifier: str = ""
    """What kind of id ours is."""
    our_group_id: str = ""
    """Our id in GS or UNG; empty: `our_id`."""

    mode: Literal["production", "test"] = "production"
    """What is written as test indicator. What comes with the other one is refused."""
    reads: tuple[str, ...] = ()
    """Documents we take from it, `856`, `DESADV`; none: all that this connector knows."""
    writes: tuple[str, ...] = ()
    """Documents we send to it; none: all that this connector knows."""
    accepts: tuple[str, ...] = ()
    """Versions we take, by how they begin: `004010`, `D:96A`; none: any."""
    versions: Mapping[str, str] = {}
    """Document -> the version we write: `004010VICS`, `D:96A:UN:EAN008`."""

    acknowledges: Literal["always", "asked", "never"] = "always"
    """When we acknowledge what it sends by 997 or CONTRL; `asked`: where its envelope says so."""
    ack_within: timedelta | None = timedelta(days=1)
    """How soon it acknowledges what we send. Later is a finding; none: it never does."""

    element: str = ""
    """Separator of elements; empty: `*`, in EDIFACT `+`."""
    component: str = ""
    """Separator of components; empty: `>`, in EDIFACT `:`."""
    segment: str = ""
    """End of a segment; empty: `~`, in EDIFACT `'`."""
    repetition: str = ""
    """Separator of repetitions. Empty: `^` from X12 00402 on, `*` from EDIFACT syntax 4 on."""
    line_end: Literal["", "\n", "\r\n"] = "\n"
    """What follows each segment, for the eyes of people."""
    interchange_version: str = ""
    """Of ISA (`00401`, `00501`), or UNB's identifier and version; empty: `00401`, `UNOC:3`."""
    encoding: str = "utf-8"
    """Of X12 texts. EDIFACT says it itself."""
    time_zone: str = "UTC"
    """Of the times in envelopes we write, and of those mapped from documents that say no zone."""
    delivery_zone: str = ""
    """Where goods of orders between us are delivered: a day that is asked for or promised is one
    there, whatever the day is where the partner is. Empty: in `time_zone`."""
    counted: str = ""
    """Write another word here when this partner begins to count its interchanges again."""

    @property
    def days(self) -> ZoneInfo:
        """Of the days of deliveries."""
        return ZoneInfo(self.delivery_zone or self.time_zone)


class EdiSettings(FolderSettings, frozen=True, kw_only=True):
    """One mailbox: a folder or SFTP, and the partners whose interchanges lie in it."""

    partners: Mapping[str, Partner]
    """By the name we give them; a request's target is one of these."""
    out_name: str = "{target}-{sequence:09}.edi"
    """Name of an outgoing file. `{target}` is the partner, `{sequence}` the control number."""
    most_bytes: int = 100_000_000
    """Larger files, or such as unpack to more, are rejected."""
