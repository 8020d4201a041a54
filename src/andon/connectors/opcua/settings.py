"""What the connector must be told: one server, how to be let in, what to read there."""

__all__ = ["NodeGroup", "OpcUaSettings", "faults_of"]

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from andon.core.connector import SecretStr, Settings
from andon.core.errors import Fault


class NodeGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Variables of one kind, and how closely to look at them."""

    ids: tuple[str, ...]
    """`nsu=http://acme.example/press;s=state`, or `ns=2;s=state` where indexes never change."""
    history: Literal["gaps", "every", "none"] = "gaps"
    """When the server's history is read: where changes may have been missed; for every value, also
    those between two samples; never."""
    since: datetime | None = None
    """How far back the first reading goes into a history. None: as far as it reaches."""
    sample_every: timedelta | None = None
    """How often the server looks at the variable. None: as often as it publishes. It may revise."""
    report: Literal["value", "timestamp"] = "value"
    """What makes a reading new: another value, or also the same value at another time."""
    queue: int = 100
    """Values the server keeps for us between two publications. It may revise."""
    deadband: float = 0
    """A change of this much or less is no change, in the variable's own unit."""
    deadband_percent: float = 0
    """The same in percent of the variable's range (EURange), where the server can do that."""
    remember: bool = False
    """Whether mappings are given the reading before, as counters need it."""


class OpcUaSettings(Settings, frozen=True, kw_only=True):
    """One server, and which of its variables and job lists we read."""

    url: str
    """`opc.tcp://press-2:4840/`."""
    security: Literal["None", "Sign", "SignAndEncrypt"] = "SignAndEncrypt"
    """How messages travel. None: anyone on the wire can read and change them."""
    policy: Literal["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"] = (
        "Basic256Sha256"
    )
    """With which algorithms."""
    certificate: str | None = None
    """File with our certificate, PEM or DER."""
    key: SecretStr | None = None
    """Our private key, PEM."""
    trusted: tuple[str, ...] = ()
    """Files with server certificates we trust, or with authorities that sign them."""
    username: str | None = None
    """Who we are."""
    password: SecretStr | None = None
    """The user's password."""
    readable_password: bool = False
    """Whether the password may travel so that anyone on the wire can read it."""
    user_certificate: str | None = None
    """File with a user's certificate, instead of name and password."""
    user_key: SecretStr | None = None
    """The private key of that certificate, PEM."""
    anonymous: bool = False
    """Whether to come without a name."""
    nodes: Mapping[str, NodeGroup] = {}
    """Kind of item -> variables."""
    jobs: Mapping[str, str] = {}
    """Kind of item -> a job order receiver or job response provider (OPC 10031-4, version 2): each
    of its jobs is an item."""
    gaps: str | None = None
    """Kind of the item that says what may have been missed. None: it is not said."""
    says_lost: bool = False
    """Whether a server that is lost is a reading of each of its variables, of status
    BadNoCommunication; all are then read anew once it is back."""
    publish_every: timedelta = timedelta(milliseconds=200)
    """How soon the server tells of changes."""
    keep_for: timedelta = timedelta(minutes=10)
    """How long the server shall hold changes for us while we are away. 0: not at all."""


def faults_of(settings: OpcUaSettings) -> list[Fault]:
    """Every mistake that can be seen without the server."""
    return [*_of_access(settings), *_of_nodes(settings)]


def _of_access(settings: OpcUaSettings) -> Iterator[Fault]:
    if not settings.url.startswith("opc.tcp://"):
        yield Fault("url", f"is {settings.url!r}; write opc.tcp://host:4840")
    elif "@" in settings.url:
        yield Fault("url", "holds a user; addresses are shown, so name it in username and password")
    if settings.security != "None":
        for key in ("certificate", "key", "trusted"):
            if not getattr(settings, key):
                yield Fault(
                    key,
                    "is needed to sign. `python -m andon.connectors.opcua certificate FOLDER` makes"
                    " certificate and key, `... trust URL FILE` fetches the server's certificate",
                )
    named = [settings.username is not None, settings.user_certificate is not None]
    if settings.anonymous + sum(named) != 1:
        yield Fault(
            "username", "say one of username, user_certificate, anonymous = true: who are we?"
        )
    if settings.username is not None and settings.password is None:
        yield Fault("password", "is missing")
    if settings.user_certificate is not None and settings.user_key is None:
        yield Fault("user_key", "is missing")


def _of_nodes(settings: OpcUaSettings) -> Iterator[Fault]:
    for kind, group in settings.nodes.items():
        at = f"nodes.{kind}"
        for number, text in enumerate(group.ids):
            if (fault := _of_node(f"{at}.ids.{number}", text)) is not None:
                yield fault
        if group.since is not None and group.since.utcoffset() is None:
            yield Fault(f"{at}.since", "says no zone; write 2026-07-01T00:00:00Z")
        if group.queue < 1:
            yield Fault(f"{at}.queue", "must be 1 or more")
        if group.deadband < 0 or not 0 <= group.deadband_percent <= 100:
            yield Fault(f"{at}.deadband", "must be 0 or more, in percent at most 100")
        if group.deadband and group.deadband_percent:
            yield Fault(f"{at}.deadband", "is either in the variable's unit or in percent")
    for kind, text in settings.jobs.items():
        if (fault := _of_node(f"jobs.{kind}", text)) is not None:
            yield fault
        if kind in settings.nodes:
            yield Fault(f"jobs.{kind}", "is also a kind of nodes")


def _of_node(at: str, text: str) -> Fault | None:
    from andon.connectors.opcua.library import ua  # slow to load, and only needed here

    try:
        ua.NodeId.from_string(text)
    except (ua.UaError, ValueError):
        return Fault(at, f"{text!r} is no node id; write nsu=http://acme.example/press;s=state")
    return None
