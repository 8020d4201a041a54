"""One Kafka cluster: how we come in, what we read, and as whom we write."""

__all__ = ["TOPIC", "KafkaSettings", "Sasl", "Topic"]

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec

from andon.connectors._access import Tls
from andon.core.connector import SecretStr, Settings

TOPIC = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}")
"""What brokers take as the name of a topic."""
_SERVER = re.compile(r"(?:[^\s/@:\[\]]+|\[[0-9a-fA-F:]+\]):\d{1,5}")


class Sasl(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Account and password at the brokers."""

    username: str
    password: SecretStr
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """PLAIN sends the password itself, so it needs TLS."""


class Topic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Records of one kind."""

    topic: str
    """Its name, in full."""
    format: Literal["json", "text", "bytes", "cloudevents"] = "json"
    """What a value is; bytes come as base64. A CloudEvent's kind is its type, its key its source
    and id."""
    key: str | None = None
    """JSON pointer to what tells one fact from another, `/event_id`. None: topic, partition and
    offset, so whoever writes a fact twice makes two of it."""
    at: str | None = None
    """JSON pointer to when it happened, with its zone. None: the record's own time."""
    begin: Literal["beginning", "end"] = "beginning"
    """Where to read from when nothing was read yet."""

    def __post_init__(self) -> None:
        """Raises ValueError with every mistake."""
        wrong: list[str] = []
        if not TOPIC.fullmatch(self.topic):
            wrong.append(f"topic {self.topic!r} is no name of a topic")
        if self.format in ("text", "bytes") and (self.key or self.at):
            wrong.append(f"key and at lead into JSON, and the format is {self.format}")
        if self.format == "cloudevents" and (self.key or self.at):
            wrong.append("a CloudEvent says its key and time itself")
        for name, pointer in (("key", self.key), ("at", self.at)):
            if pointer is not None and not pointer.startswith("/"):
                wrong.append(f"{name} {pointer!r} is no JSON pointer")
        if wrong:
            raise ValueError("; ".join(wrong))


class KafkaSettings(Settings, frozen=True, kw_only=True):
    """One cluster, and what we read and write there."""

    servers: tuple[str, ...]
    """Some of its brokers, `broker-1.example:9092`; they name the others."""
    encrypted: bool = True
    """TLS to every broker. False only where the network itself is trusted."""
    tls: Tls | None = None
    """Certificates, where the usual authorities do not do."""
    sasl: Sasl | None = None
    """Who we are, if the brokers ask."""
    plain_password: bool = False
    """Whether PLAIN may send the password without TLS, for everybody on the way to read."""
    topics: Mapping[str, Topic] = {}
    """Kind of item -> topic. All partitions are read by us; no group shares them out."""
    group: str | None = None
    """Consumer group under which offsets of what is in the log are committed, for tools that show
    lag. We read on from our own log, whatever stands there. None: nothing is committed."""
    look_every: timedelta = timedelta(seconds=30)
    """How often we look for new partitions and for brokers that went away silently."""
    fetch_bytes: int = 1_048_576
    """About so much of a partition is fetched at once, and held while nobody consumes it."""
    source: str = "andon"
    """Who our CloudEvents come from: a URI."""
    mode: Literal["binary", "structured"] = "binary"
    """How our CloudEvents are written: attributes as headers, or all in one JSON."""
    clocks_agree: timedelta = timedelta(minutes=5)
    """How far apart our clock and a broker's may be when a lost answer is looked for."""

    def __post_init__(self) -> None:
        """Raises ValueError with everything that does not fit together."""
        wrong: list[str] = []
        if not self.servers:
            wrong.append("servers is empty")
        wrong += [
            f"servers: {server!r} is not host:port"
            for server in self.servers
            if not _SERVER.fullmatch(server)
        ]
        if not self.encrypted and self.tls is not None:
            wrong.append("tls is set, and encrypted is false")
        plain = self.sasl is not None and self.sasl.mechanism == "PLAIN"
        if plain and not self.encrypted and not self.plain_password:
            wrong.append(
                "PLAIN would show the password to everybody on the way. Use TLS or SCRAM, or set"
                " plain_password"
            )
        names = [topic.topic for topic in self.topics.values()]
        wrong += [f"topic {name} stands twice" for name in set(names) if names.count(name) > 1]
        if self.fetch_bytes < 1024:
            wrong.append("fetch_bytes must be 1024 at least")
        if wrong:
            raise ValueError("; ".join(wrong))
