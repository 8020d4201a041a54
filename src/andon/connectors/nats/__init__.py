"""NATS JetStream: streams as items, commands as messages, kept and counted by the server."""

__all__ = [
    "CloudEvent",
    "Nats",
    "NatsSettings",
    "Publication",
    "Subject",
    "event_of",
    "mappings",
]

from andon.connectors._messages import CloudEvent, event_of
from andon.connectors.nats.connector import Nats
from andon.connectors.nats.mapping import Publication, mappings
from andon.connectors.nats.settings import NatsSettings, Subject
