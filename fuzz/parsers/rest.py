"""Rows of a feed, and pages they come in."""

from andon.connectors.rest import Feed
from andon.connectors.rest.rows import row_of
from fuzz import Parser

_BY_TIME = Feed(kind="row", path="/rows", time="/at", since="since")

PARSERS = (
    Parser("row", lambda raw: row_of(_BY_TIME, raw), [b'{"id":1,"at":"2026-05-01T10:00:00Z"}']),
)
