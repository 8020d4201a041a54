"""SQL databases, described by settings."""

__all__ = [
    "ByKey",
    "ByTime",
    "Outbox",
    "Read",
    "Sql",
    "SqlSettings",
    "Whole",
    "Write",
]

from andon.connectors.sql.connector import Sql
from andon.connectors.sql.settings import (
    ByKey,
    ByTime,
    Outbox,
    Read,
    SqlSettings,
    Whole,
    Write,
)
