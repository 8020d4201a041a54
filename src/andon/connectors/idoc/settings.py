"""How IDocs come and go, who we are to SAP and who SAP is to us."""

__all__ = ["IdocSettings", "Partner", "setting_faults"]

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from andon.connectors._access import ApiKey, Basic, ClientCredentials, Tls
from andon.connectors._folders.settings import FolderSettings
from andon.connectors._folders.soundness import folder_faults
from andon.core.errors import Fault


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One side, as its partner profile (WE20) and its port (WE21) are called in SAP."""

    port: str
    """`SAPS4H`, or the port that stands for us: `ANDON`."""
    number: str
    """Logical system: `S4HCLNT100`, `ANDON`."""
    kind: str = "LS"
    """Partner type; LS is a logical system."""

    def fields(self, side: Literal["SND", "RCV"]) -> Mapping[str, str]:
        """As the control record says it."""
        return {f"{side}POR": self.port, f"{side}PRT": self.kind, f"{side}PRN": self.number}


class IdocSettings(FolderSettings, frozen=True, kw_only=True):
    """One SAP system that sends and takes IDocs as XML, by files, by HTTP, or by both."""

    folder: str = ""
    """`/srv/exchange/sap`, or `sftp://sap@files.example:22/exchange`; empty where none is used."""
    names: str = "*.xml"
    """Which files are ours."""
    most_bytes: int = 64_000_000
    """Larger files are rejected."""
    out_name: str = "{target}-{sequence:06}.xml"
    """Name of an outgoing file. `{target}` is the basic type, `{sequence}` counts up per target,
    `{stamp}` is our key."""

    url: str | None = None
    """Where IDocs are posted, `https://s4.example/sap/bc/idoc_xml?sap-client=100`; then none are
    written into the folder, which keeps notes of them and what SAP says of them."""
    auth: Basic | ApiKey | ClientCredentials | None = None
    """Who we are there."""
    tls: Tls | None = None
    """Certificates, where the usual authorities are not enough or SAP asks for ours."""
    posted: str = ""
    """Path below `/in/<connection>` where SAP posts IDocs: `/idocs`; empty where it does not."""

    client: str = ""
    """SAP's client, `100`, said in what we send; where it is empty, SAP takes its own."""
    sender: Partner | None = None
    """We, as SAP knows us; needed to send."""
    receiver: Partner | None = None
    """SAP; needed to send."""
    audit: Literal["none", "await"] = "none"
    """Whether what was sent counts as done only once an ALEAUD in the folder says so."""
    acknowledge: Literal["none", "ALEAUD", "STATUS"] = "none"
    """Whether SAP is told of each IDoc from the folder that it is recorded here: by ALEAUD with
    status 50, or by STATUS with 39."""

    plant: str = ""
    """Plant of the postings that the ready mappings write."""
    storage_location: str = ""
    """Where those postings take from and put to; the order's own where empty."""
    movements: Literal["MBGMCR", "WMMBXY"] = "MBGMCR"
    """Message type of goods movements: by BAPI, or the older one of warehouse management."""
    verification: Literal["WHSCON", "SHPCON"] = "WHSCON"
    """Message type of a delivery's goods issue: of one's own warehouse, or of a contractor's."""
    time_zone: str = "UTC"
    """Zone of the plant: SAP's days and times of day say none."""


def setting_faults(settings: IdocSettings) -> list[Fault]:
    """Every mistake that types alone do not show."""
    places = folder_faults(settings) if settings.folder else []
    return [*places, *_sending_faults(settings), *_other_faults(settings)]


def _sending_faults(settings: IdocSettings) -> Iterator[Fault]:
    both = {"sender": settings.sender, "receiver": settings.receiver}
    for name, partner in both.items():
        if partner is None:
            if settings.url or any(both.values()):
                yield Fault(name, "is missing; whoever sends says both sides")
            continue
        lengths = {"port": (partner.port, 10), "number": (partner.number, 10)}
        for field, (text, most) in {**lengths, "kind": (partner.kind, 2)}.items():
            if not 0 < len(text) <= most or not text.isprintable():
                yield Fault(f"{name}.{field}", f"{text!r} must have 1 to {most} characters")
    if settings.acknowledge != "none" and not all(both.values()):
        yield Fault("acknowledge", "needs `sender` and `receiver`")
    if settings.url is not None:
        parts = urlsplit(settings.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield Fault("url", "is no http address")
        if parts.username or parts.password:
            yield Fault("url", "holds a password; say it as auth with kind = basic")
    if settings.audit == "await":
        if not settings.folder or not settings.incoming:
            yield Fault("audit", "needs the folder where ALEAUD comes: folder and incoming")
        if settings.timeout < timedelta(seconds=1):
            yield Fault("timeout", "is too short to await an ALEAUD")


def _other_faults(settings: IdocSettings) -> Iterator[Fault]:
    if settings.client and not (len(settings.client) == 3 and settings.client.isdigit()):
        yield Fault("client", f"{settings.client!r} is no client: 100")
    if settings.posted and not settings.posted.startswith("/"):
        yield Fault("posted", f"{settings.posted!r} must begin with /")
    if not (settings.folder or settings.url or settings.posted):
        yield Fault("folder", "is missing, and so are `url` and `posted`: nothing comes or goes")
    try:
        ZoneInfo(settings.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield Fault("time_zone", f"there is no time zone {settings.time_zone!r}")
