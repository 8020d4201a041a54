"""Connections with their health and backlog."""

__all__ = ["connection_named", "connections"]

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from andon.visibility.reading import Asks
from andon.visibility.sql import statement
from andon.visibility.views import Backlog, ConnectionView


async def connections(db: Asks, *, sites: frozenset[str], now: datetime) -> list[ConnectionView]:
    """All that the caller may see, by name."""
    rows = await db.fetch(statement("connections"), sorted(sites), None, now)
    return [_view(row) for row in rows]


async def connection_named(
    db: Asks, name: str, *, sites: frozenset[str], now: datetime
) -> ConnectionView | None:
    """One connection; None where there is none that the caller may see."""
    if "\0" in name:
        return None
    row = await db.fetchrow(statement("connections"), sorted(sites), name, now)
    return None if row is None else _view(row)


def _view(row: Mapping[str, Any]) -> ConnectionView:
    fields = dict(row)
    backlog = Backlog(**{name: fields.pop(name) for name in Backlog.__struct_fields__})
    return ConnectionView(**fields, backlog=backlog)
