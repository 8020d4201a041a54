"""Where reading stands, in the words of this connector."""

__all__ = ["Place", "row_place"]

import re

import msgspec

from andon.core.errors import SettingsError

_WRITTEN = re.compile(r"(\d+)(?:\.(\d+))?(?:#(\d+))?", re.ASCII)


def row_place(number: int, row: int, sequence: int | None) -> str:
    """What `Place(number, row, sequence)` is when written; every row asks for it."""
    return f"{number}.{row}{_behind(sequence)}"


def _behind(sequence: int | None) -> str:
    return "" if sequence is None else f"#{sequence}"


class Place(msgspec.Struct, frozen=True):
    """File number, how many of its rows are read (None: all), the last sequence number seen."""

    number: int = 0
    rows: int | None = None
    sequence: int | None = None

    @classmethod
    def read(cls, position: str) -> "Place":
        """A position as it was written; empty is the beginning."""
        if not position:
            return cls()
        match = _WRITTEN.fullmatch(position)
        if match is None:
            raise SettingsError(
                f"The position {position!r} is none of this connector: it looks like 42.1200#789."
                " Was the connection of another kind before? Give it a new name."
            )
        number, rows, sequence = match.groups()
        return cls(
            int(number),
            None if rows is None else int(rows),
            None if sequence is None else int(sequence),
        )

    def written(self) -> str:
        """`42.1200#789`: 1,200 rows of file 42; `42#789`: all of it."""
        rows = "" if self.rows is None else f".{self.rows}"
        return f"{self.number}{rows}{_behind(self.sequence)}"

    def covers(self, number: int) -> bool:
        """Whether every row of this file lies before."""
        return number < self.number or (number == self.number and self.rows is None)

    def skips(self, number: int) -> int:
        """How many rows of this file lie before."""
        return self.rows or 0 if number == self.number else 0
