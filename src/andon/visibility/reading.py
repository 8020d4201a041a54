"""What reading needs: something to ask, and rows whose JSON columns come as text."""

__all__ = ["Asks", "from_json", "maybe_json", "row_with"]

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

T = TypeVar("T")


class Asks(Protocol):
    """A pool or a connection of asyncpg; reading needs no more than this."""

    async def fetch(self, query: str, /, *args: Any) -> Sequence[Mapping[str, Any]]:
        """All rows."""
        ...

    async def fetchrow(self, query: str, /, *args: Any) -> Mapping[str, Any] | None:
        """The first row."""
        ...


def from_json(text: str, shape: type[T]) -> T:
    """A JSON column; the query casts it to text, so no codec of the pool can change it."""
    return msgspec.json.decode(text, type=shape)


def row_with(row: Mapping[str, Any], **decoded: Any) -> dict[str, Any]:
    """A row's fields with its JSON columns replaced by what they mean."""
    return {**row, **decoded}


def maybe_json(text: str | None) -> Any:
    """A JSON column that may be null."""
    return None if text is None else msgspec.json.decode(text)
