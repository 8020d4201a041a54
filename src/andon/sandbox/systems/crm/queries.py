"""Its query language, as far as its users need it: SELECT, FROM, WHERE with AND, texts."""

__all__ = ["QueryError", "answered"]

import re
from collections.abc import Mapping
from typing import Any

_QUERY = re.compile(
    r"SELECT\s+(?P<fields>\w+(?:\s*,\s*\w+)*)\s+FROM\s+(?P<object>\w+)(?:\s+WHERE\s+(?P<where>.+))?",
    re.IGNORECASE,
)
_TERM = re.compile(r"(\w+)\s*(=|!=)\s*(?:'((?:[^'\\]|\\.)*)'|(null))", re.IGNORECASE)

Row = Mapping[str, Any]


class QueryError(Exception):
    """MALFORMED_QUERY, and why."""


def answered(query: str, tables: Mapping[str, Mapping[str, Row]]) -> list[dict[str, Any]]:
    """The rows that a query asks for, each with the fields it names. Raises QueryError."""
    read = _QUERY.fullmatch(query.strip())
    if read is None or read["object"] not in tables:
        raise QueryError(f"unexpected token in {query[:80]!r}")
    terms = [_term(text) for text in re.split(r"\s+AND\s+", read["where"] or "") if text]
    fields = [name.strip() for name in read["fields"].split(",")]
    return [
        {name: row.get(name) for name in fields}
        for row in tables[read["object"]].values()
        if all((row.get(name) == value) == same for name, value, same in terms)
    ]


def _term(text: str) -> tuple[str, str | None, bool]:
    read = _TERM.fullmatch(text.strip())
    if read is None:
        raise QueryError(f"unexpected condition {text[:80]!r}")
    value = None if read[4] else re.sub(r"\\(.)", r"\1", read[3])
    return read[1], value, read[2] == "="
