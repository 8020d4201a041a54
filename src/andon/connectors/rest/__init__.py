"""JSON over HTTP, described by settings."""

__all__ = ["Call", "Feed", "Rest", "RestSettings"]

from andon.connectors.rest.connector import Rest
from andon.connectors.rest.settings import Call, Feed, RestSettings
