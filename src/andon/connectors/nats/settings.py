"""Which NATS servers, who we are to them, what is read and how we publish."""

__all__ = ["NatsSettings", "Subject"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from andon.connectors._access import Tls
from andon.connectors._messages import Mode
from andon.core.connector import SecretStr, Settings


class Subject(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages of one kind."""

    template: str
    """`acme.{site}.orders.{word...}`: named tokens come with the item."""
    format: Literal["json", "text", "bytes", "cloudevents"] = "json"
    """What a message is; bytes come as base64, the kind of a CloudEvent is its type."""
    key: str | None = None
    """What tells one fact from another: a JSON pointer, `/id`, or the name of a header,
    `Nats-Msg-Id`. None: its place in the stream."""
    at: str | None = None
    """JSON pointer to when it happened, with its zone. None: when the stream stored it."""


class NatsSettings(Settings, frozen=True, kw_only=True):
    """One NATS account with JetStream, and what we read and write there."""

    servers: tuple[str, ...]
    """`nats://a.example:4222`, or `tls://a.example:4222`: then nothing is said before TLS stands.
    Several of one cluster are tried in turn."""
    username: str | None = None
    """Account name, where the server asks for one."""
    password: SecretStr | None = None
    """Its password."""
    token: SecretStr | None = None
    """Instead of a name: a token."""
    nkey: SecretStr | None = None
    """Instead of a name: the seed of an nkey, `SU...`; it signs and is never sent."""
    credentials: SecretStr | None = None
    """Instead of a name: the text of a `.creds` file, `{ file = "andon.creds" }`."""
    tls: Tls | None = None
    """Certificates; none: the usual authorities."""
    domain: str | None = None
    """JetStream domain, on leaf nodes that have one."""
    stream: str | None = None
    """The stream we read."""
    subjects: Mapping[str, Subject] = {}
    """Kind of item -> subject, read in the order written here."""
    consumer: str | None = None
    """Name of our durable consumer; none: `andon-<connection>`. A second Andon needs another."""
    in_flight: int = 1000
    """Messages on their way to us or to the log before the server waits."""
    ack_wait: timedelta = timedelta(minutes=1)
    """A message that is not in the log after this long comes again."""
    expected: str | None = None
    """The stream that must take what we publish; else it is refused."""
    mode: Mode = "plain"
    """How we publish: the body alone, or CloudEvents, structured or binary. A body that is a
    CloudEvent, as those of a `Publication` are, leaves binary where this says plain."""
    source: str = "andon"
    """Who our CloudEvents come from: a URI."""
    looks_back: timedelta = timedelta(days=7)
    """`find` says that a command never arrived only where the stream keeps messages this long;
    longer than any command of yours waits to be found out."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong: list[str] = []
        if not self.servers:
            wrong.append("servers is empty")
        for address in self.servers:
            parts = urlsplit(address)
            if parts.scheme not in ("nats", "tls") or not parts.hostname:
                wrong.append(
                    f"{parts.hostname or 'a server'} is written nats://host:port or tls://"
                )
            if parts.username or parts.password:
                wrong.append("a server's address holds no password; set username and password")
        ways = [self.username or self.password, self.token, self.nkey, self.credentials]
        if sum(way is not None for way in ways) > 1:
            wrong.append("username, token, nkey and credentials exclude each other")
        if self.subjects and self.stream is None:
            wrong.append("subjects are read from a stream; set stream")
        if self.in_flight < 1:
            wrong.append("in_flight must be at least 1")
        if wrong:
            raise ValueError("; ".join(wrong))
