"""Which AMQP brokers, who we are to them, what is read and how we publish."""

__all__ = ["AmqpSettings", "Messages"]

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from andon.connectors._access import Tls
from andon.connectors._messages import Mode
from andon.core.connector import SecretStr, Settings


class Messages(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages of one kind."""

    queue: str
    """The queue they lie in. It belongs to somebody: we neither make nor change it."""
    routing: str | None = None
    """Only those with such a routing key, `acme.{site}.{machine}.state`: named words come with the
    item. None: all of the queue that no other kind takes."""
    format: Literal["json", "text", "bytes", "cloudevents"] = "json"
    """What a message is; bytes come as base64, the kind of a CloudEvent is its type."""
    key: str | None = None
    """What tells one fact from another: a JSON pointer, `/id`, or the name of a header. None: its
    `message-id`, and without one its words, so the same words twice are one fact."""
    at: str | None = None
    """JSON pointer to when it happened, with its zone. None: the message's `timestamp`."""


class AmqpSettings(Settings, frozen=True, kw_only=True):
    """One virtual host of a broker that speaks AMQP 0-9-1."""

    servers: tuple[str, ...]
    """`amqp://a.example:5672`, or `amqps://a.example:5671` with TLS. Several of one cluster are
    tried in turn."""
    vhost: str = "/"
    """The virtual host."""
    username: str
    """Account name."""
    password: SecretStr
    """Its password."""
    tls: Tls | None = None
    """Certificates; none: the usual authorities."""
    heartbeat: timedelta = timedelta(seconds=30)
    """A connection silent for three times as long is dead."""
    messages: Mapping[str, Messages] = {}
    """Kind of item -> messages; the first that fits takes a message."""
    in_flight: int = 1000
    """Messages of one queue on their way to us or to the log before the broker waits."""
    mode: Mode = "plain"
    """How we publish: the body alone, or CloudEvents, structured or binary. A body that is a
    CloudEvent, as those of a `Publication` are, leaves binary where this says plain."""
    source: str = "andon"
    """Who our CloudEvents come from: a URI."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong: list[str] = []
        if not self.servers:
            wrong.append("servers is empty")
        for address in self.servers:
            parts = urlsplit(address)
            if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
                wrong.append("a server is written amqp://host:port or amqps://host:port")
            if parts.username or parts.password:
                wrong.append("a server's address holds no password; set username and password")
            if parts.path not in ("", "/") or parts.query:
                wrong.append("a server's address ends with its port; set vhost and heartbeat")
        if not 1 <= self.in_flight <= 65_535:
            wrong.append("in_flight must be between 1 and 65535")
        if self.heartbeat < timedelta(seconds=1):
            wrong.append("heartbeat must be at least a second")
        if wrong:
            raise ValueError("; ".join(dict.fromkeys(wrong)))
