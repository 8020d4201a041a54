"""JSON over HTTP, described by settings."""

__all__ = ["Rest", "RestSettings"]

from andon.connectors.rest.connector import Rest, RestSettings
