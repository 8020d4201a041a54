"""Holds and concessions as systems and commands say them, in the transaction of the record that
does."""

__all__ = ["Executes", "hold_said", "note_concessions", "note_holds"]

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from andon.store.sql import query

Said = tuple[str, str, str, bool, str, datetime]
"""Kind, who says it, its id of the lot, held or not, why, when."""
Conceded = tuple[str, str, str, str, datetime]
"""Kind, who says it, its ids of the lot and of the held one that it passes, when."""


class Executes(Protocol):
    """A session, or one lent by a pool."""

    async def execute(self, query: str, /, *args: Any) -> Any:
        """Runs one statement."""
        ...


def hold_said(claims: str | None, data: str) -> tuple[bool, str] | None:
    """Whether a record's claims speak of a hold, and the reason it gives."""
    if claims is None or '"hold":' not in claims:
        return None
    held = msgspec.json.decode(claims).get("hold")
    reason = msgspec.json.decode(data).get("reason")
    return (held, str(reason or "no reason was said")) if isinstance(held, bool) else None


async def note_holds(db: Executes, said: Sequence[Said]) -> None:
    """Binds or frees lots; costs nothing when nothing is said of a hold."""
    if said:
        await db.execute(query("hold"), *map(list, zip(*said, strict=True)))


async def note_concessions(db: Executes, said: Sequence[Conceded]) -> None:
    """Lets lots pass; costs nothing when nothing is said of a concession."""
    if said:
        await db.execute(query("concession"), *map(list, zip(*said, strict=True)))
