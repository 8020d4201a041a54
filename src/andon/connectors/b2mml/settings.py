"""How documents come and go, and what is asked of their receivers."""

__all__ = ["B2mmlSettings", "setting_faults"]

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from andon.connectors._access import ApiKey, Basic, ClientCredentials, Tls
from andon.connectors._folders.settings import FolderSettings
from andon.connectors._folders.soundness import folder_faults
from andon.core.errors import Fault


class B2mmlSettings(FolderSettings, frozen=True, kw_only=True):
    """One system that speaks B2MML, by files, by HTTP, or by both."""

    folder: str = ""
    """`/srv/exchange/mes`, or `sftp://mes@files.example:22/exchange`; empty where none is used."""
    names: str = "*.xml"
    """Which files are ours."""
    most_bytes: int = 200_000_000
    """Larger documents are rejected."""
    out_name: str = "{target}-{sequence:06}.xml"
    """Name of an outgoing file. `{target}` is verb and noun, `{sequence}` counts up per target,
    `{stamp}` is the document's id."""

    url: str | None = None
    """Where documents are posted; then none are written into the folder."""
    auth: Basic | ApiKey | ClientCredentials | None = None
    """Who we are there."""
    tls: Tls | None = None
    """Certificates for it, where the usual authorities do not know them."""
    posted: str = ""
    """Path of the door at which they post: `/documents`; empty where they do not."""
    fetched: str = ""
    """Path of the door at which they fetch what is for them: `/schedules`. Then nothing is sent."""

    sender: str = "andon"
    """Who we say we are: the LogicalID in our documents."""
    receiver: str = ""
    """Who they are, where they look for their name."""
    acknowledge: Literal["Always", "OnError", "Never"] = "Always"
    """When we ask for an answer to what we send."""
    answers: Literal["awaited", "read"] = "read"
    """`awaited`: a command sent by file is done once its Acknowledge says Accepted, and refused
    where it says Modified or Rejected. `read`: it is done once its file is there; the answer is
    an item of its own."""
    outgoing_schema: Literal["refuse", "send"] = "refuse"
    """What becomes of a document of ours that breaks the schema of V0700."""
    incoming_schema: Literal["refuse", "read"] = "read"
    """What becomes of a document of theirs that breaks it. Older releases are not judged."""

    nouns: Literal["operations", "work"] = "operations"
    """In which nouns orders and reports go out: `operations`: OperationsSchedule and
    OperationsPerformance; `work`: WorkSchedule and WorkPerformance. Both are read."""
    segment: str = "MAKE"
    """Process and operations segment, or work master, of an order that is sent without
    operations."""
    ordered: str = "OrderedQuantity"
    """SegmentData or JobResponseData by which they say how much was ordered."""
    scrap: str = "Scrap"
    """`OtherValue` of MaterialUse `Other`, or SegmentData, by which they say what was spoiled."""
    passed: tuple[str, ...] = ("Pass", "Passed", "Accept", "Accepted", "OK", "true")
    """What a test's EvaluatedCriterionResult says of a good lot."""
    failed: tuple[str, ...] = ("Fail", "Failed", "Reject", "Rejected", "NOK", "false")
    """What it says of a bad one."""


def setting_faults(settings: B2mmlSettings) -> list[Fault]:
    """Every mistake that types alone do not show."""
    return [*(folder_faults(settings) if settings.folder else ()), *_way_faults(settings)]


def _way_faults(settings: B2mmlSettings) -> Iterator[Fault]:
    if not (settings.folder or settings.url or settings.posted or settings.fetched):
        yield Fault("folder", "is empty, and so are `url`, `posted` and `fetched`; name one")
    if settings.url is not None and not settings.url.startswith(("http://", "https://")):
        yield Fault("url", f"{settings.url!r} does not begin with http:// or https://")
    if settings.url is not None and settings.fetched:
        yield Fault("fetched", "goes without `url`: a command is posted or fetched, not both")
    for name in ("posted", "fetched"):
        path: str = getattr(settings, name)
        if path and (not path.startswith("/") or path != path.rstrip("/") or " " in path):
            yield Fault(name, f"{path!r} is no path such as /documents")
    if settings.posted and settings.posted == settings.fetched:
        yield Fault("posted", "is the path of `fetched` too; each needs one of its own")
    if settings.answers == "awaited":
        if not settings.folder or not settings.incoming:
            yield Fault("answers", "are awaited in a folder; name `folder` and `incoming`")
        if settings.acknowledge != "Always":
            yield Fault("acknowledge", 'must be "Always" where answers are awaited')
        if settings.timeout < timedelta(seconds=1):
            yield Fault("timeout", "is too short to await an answer")
