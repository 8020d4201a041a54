"""Rows as a question wants them, sorted once for all pages of it."""

__all__ = ["Sorted"]

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from andon.connectors.odata.metadata import EntityType
from andon.connectors.odata.simulated.books import Books, Row
from andon.connectors.odata.simulated.filters import condition, ordered, place_of
from andon.connectors.odata.values import instant_of

_SINCE = re.compile(r"(\w+) ge (?:(datetimeoffset|datetime)?'([^']*)'|(\d{4}-[\d:.T-]+Z?))")
_MOST = 8


class Sorted:
    """What was found holds until the books change. A page of many would else cost a look at all."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._changes = -1
        self._found: dict[tuple[str, str, str], list[Row]] = {}

    def rows(self, table: str, kept: str, order: str, kind: EntityType) -> Sequence[Row]:
        """Rows of a table that a filter keeps, in the order asked for."""
        since = _since(kept, order)
        if since is None:
            return self._rows(table, kept, order, kind)
        name, at = since
        rows = self._rows(table, "", order, kind)
        return rows[bisect_left(rows, place_of(at), key=lambda row: place_of(row.get(name))) :]

    def _rows(self, table: str, kept: str, order: str, kind: EntityType) -> list[Row]:
        if self._changes != self._books.changes or len(self._found) == _MOST:
            self._found, self._changes = {}, self._books.changes
        asked = (table, kept, order)
        if (found := self._found.get(asked)) is None:
            holds = condition(kept, kind)
            rows = (row for row in self._books.rows(table).values() if holds(row))
            found = self._found[asked] = ordered(rows, order, kind)
        return found


def _since(kept: str, order: str) -> tuple[str, str | datetime] | None:
    """Field and value of a filter that does nothing but begin in the midst of the order."""
    said = _SINCE.fullmatch(kept.strip())
    first = order.partition(",")[0].split()
    if said is None or not first or first[0] != said[1] or first[1:] not in ([], ["asc"]):
        return None
    at = said[3] if said[4] is None and said[2] is None else instant_of(said[3] or said[4])
    return None if at is None else (said[1], at)
