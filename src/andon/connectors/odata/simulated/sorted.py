"""Rows as a question wants them, sorted once for all pages of it."""

__all__ = ["Sorted"]

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime

from andon.connectors.odata.metadata import EntityType
from andon.connectors.odata.simulated.books import Books, Row
from andon.connectors.odata.simulated.filters import condition, ordered, place_of
from andon.connectors.odata.values import instant_of

_SINCE = re.compile(r"(\w+) ge (?:(datetimeoffset|datetime)?'([^']*)'|(\d{4}-[\d:.T-]+Z?))")
_IS = re.compile(r"(\w+) eq '([^']+)'")
_MOST = 8


class Sorted:
    """What was found holds until its set changes. A page of many would else cost a look at all."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._found: dict[tuple[str, str, str], tuple[int, list[Row]]] = {}

    def rows(self, table: str, kept: str, order: str, kind: EntityType) -> Sequence[Row]:
        """Rows of a table that a filter keeps, in the order asked for."""
        since = _since(kept, order)
        if since is None:
            return self._rows(table, kept, order, kind)
        name, at = since
        rows = self._rows(table, "", order, kind)
        return rows[bisect_left(rows, place_of(at), key=lambda row: place_of(row.get(name))) :]

    def _rows(self, table: str, kept: str, order: str, kind: EntityType) -> list[Row]:
        asked, changes = (table, kept, order), self._books.changes[table]
        known, found = self._found.get(asked, (-1, []))
        if known != changes:
            holds = condition(kept, kind)
            rows = self._among(table, kept, kind)
            found = ordered((row for row in rows if holds(row)), order, kind)
            self._found.pop(asked, None)
            if len(self._found) == _MOST:
                self._found.pop(next(iter(self._found)))  # what was found longest ago
            self._found[asked] = (changes, found)
        return found

    def _among(self, table: str, kept: str, kind: EntityType) -> Iterable[Row]:
        """Those that may be kept: by the texts that fields must have, if the filter names some."""
        if "(" in kept or " or " in kept:
            return self._books.rows(table).values()
        said = [_IS.fullmatch(part.strip()) for part in kept.split(" and ")]
        wanted = {
            one[1]: one[2]
            for one in said
            if one is not None and one[1] in kind.properties
            and kind.properties[one[1]].type == "Edm.String"
        }  # fmt: skip
        if not wanted:
            return self._books.rows(table).values()
        fields = tuple(sorted(wanted))
        of = self._books.by(table, fields)
        return of.get(tuple(wanted[field] for field in fields), {}).values()


def _since(kept: str, order: str) -> tuple[str, str | datetime] | None:
    """Field and value of a filter that does nothing but begin in the midst of the order."""
    said = _SINCE.fullmatch(kept.strip())
    first = order.partition(",")[0].split()
    if said is None or not first or first[0] != said[1] or first[1:] not in ([], ["asc"]):
        return None
    at = said[3] if said[4] is None and said[2] is None else instant_of(said[3] or said[4])
    return None if at is None else (said[1], at)
