"""Rows of all entity sets: never changed in place, so the past can be put back."""

__all__ = ["Books", "Key", "RefusedCallError", "Row"]

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

Key = tuple[str, ...]
Row = Mapping[str, Any]
Fields = tuple[str, ...]
_Index = defaultdict[tuple[Any, ...], dict[Key, Row]]


class RefusedCallError(Exception):
    """The system will not do it: HTTP status, code and sentence, and further messages."""

    target = ""
    """Where in what was asked, `_MaterialDocumentItem/1/EntryUnit`, where one place is to blame."""
    item: int | None = None
    """Which of the items, where a rule of the company refused one; the first is 0."""

    def __init__(
        self, code: str, text: str, *, status: int = 400, details: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(text)
        self.code = code
        self.status = status
        self.details = tuple(details)


class Books:
    """Sets of rows by their keys. `~version` and `~at` of a row are its own bookkeeping."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.sets: dict[str, dict[Key, Row]] = {}
        self.log: list[tuple[str, Key]] = []
        """Every change in order; a delta token is a place in it."""
        self.changes: Counter[str] = Counter()
        """Of each set: grows with all that happens to a row of it, also when it is put back."""
        self._indexes: dict[str, dict[Fields, _Index]] = defaultdict(dict)
        self._numbers: dict[str, int] = {}
        self._undo: list[tuple[str, Key, Row | None]] = []
        self._depth = 0

    def rows(self, name: str) -> dict[Key, Row]:
        """One set."""
        return self.sets.setdefault(name, {})

    def by(self, name: str, fields: Fields) -> Mapping[tuple[Any, ...], Mapping[Key, Row]]:
        """All rows of a set by what stands in these fields. Made with the first question, and kept
        as rows change: who asks for one does not look at all."""
        indexes = self._indexes[name]
        if (index := indexes.get(fields)) is None:
            index = indexes[fields] = defaultdict(dict)
            for key, row in self.rows(name).items():
                index[_at(row, fields)][key] = row
        return index

    def row(self, name: str, *key: str) -> Row:
        """One row, or the gateway's words that there is none."""
        row = self.rows(name).get(key)
        if row is None:
            raise RefusedCallError(
                "/IWBEP/CM_MGW_RT/020", f"Resource not found for segment '{name}'", status=404
            )
        return row

    def put(self, name: str, key: Key, values: Row) -> Row:
        """A new row, or a new state of one."""
        before = self.rows(name).get(key)
        version = 1 if before is None else before["~version"] + 1
        row = {**(before or {}), **values, "~version": version, "~at": self.now()}
        self._remember(name, key, before)
        self._set(name, key, row)
        self.log.append((name, key))
        return row

    def drop(self, name: str, key: Key) -> None:
        """The row is gone."""
        self._remember(name, key, self.rows(name)[key])
        self._set(name, key, None)
        self.log.append((name, key))

    def _set(self, name: str, key: Key, row: Row | None) -> None:
        """What there is of the key from now on: this, or nothing."""
        rows = self.rows(name)
        before = rows.get(key)
        for fields, index in self._indexes[name].items():
            if before is not None and (row is None or _at(row, fields) != _at(before, fields)):
                del index[_at(before, fields)][key]
            if row is not None:
                index[_at(row, fields)][key] = row
        if row is None:
            del rows[key]
        else:
            rows[key] = row
        self.changes[name] += 1

    def _remember(self, name: str, key: Key, before: Row | None) -> None:
        if self._depth:
            self._undo.append((name, key, before))

    def number(self, series: str, first: int) -> str:
        """The next number of a series."""
        self._numbers[series] = self._numbers.get(series, first - 1) + 1
        return str(self._numbers[series])

    @contextmanager
    def together(self) -> Generator[None]:
        """All that happens inside, or nothing; only the numbers drawn stay drawn."""
        mark, length = len(self._undo), len(self.log)
        self._depth += 1
        try:
            yield
        except RefusedCallError:
            while len(self._undo) > mark:
                name, key, before = self._undo.pop()
                self._set(name, key, before)
            del self.log[length:]
            raise
        finally:
            self._depth -= 1
            if not self._depth:
                self._undo.clear()


def _at(row: Row, fields: Fields) -> tuple[Any, ...]:
    return tuple(row.get(field) for field in fields)
